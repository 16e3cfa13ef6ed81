import { OtlpParts } from './otlp/otlp-parts.ts'
import { OtlpProbe } from './otlp/otlp-probe.ts'
import { WireMessage } from './otlp/wire-message.ts'
import { WireError } from './otlp/wire-reader.ts'
import { passed, rejected } from './readings.ts'
import type { FormatReader, FormatRecord, RecordReading } from './record-part.ts'

const format = 'otlp-proto'
const probe = new OtlpProbe()
const parts = new OtlpParts(format)
const message = new WireMessage(parts)

/**
 * OTLP in protobuf: what the Kafka exporter of the OpenTelemetry Collector writes by default (`otlp_proto`). Metrics are
 * read; traces and logs are passed over.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
export const otlpProto: FormatReader = {
  name: format,
  detect(value) {
    return value.family === 'binary' && probe.signalOf(value.bytes) !== undefined
  },
  read(record, value) {
    const signal = value.family === 'binary' ? probe.signalOf(value.bytes) : undefined
    if (signal === 'traces') return passed('otlp-traces')
    if (signal === 'logs') return passed('otlp-logs')
    return readMetrics(record)
  },
}

function readMetrics(record: FormatRecord): RecordReading {
  parts.begin(record)
  try {
    message.read(record)
    return parts.finish()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return rejected(format, { code: 'wrong-shape', field: error.field, what: error.message })
  } finally {
    parts.close()
    message.close()
  }
}
