import { OtlpParts } from './otlp/otlp-parts.ts'
import { OtlpProbe, type OtlpSignal } from './otlp/otlp-probe.ts'
import { WireMessage } from './otlp/wire-message.ts'
import { WireError, WireReader } from './otlp/wire-reader.ts'
import { passed, rejected } from './readings.ts'
import type { FormatReader, FormatRecord, RecordReading } from './record-part.ts'

const format = 'otlp-proto'
/** Of `resource_metrics`, and of what traces and logs have in its place. */
const firstKey = 0x0a
const reader = new WireReader()
const probe = new OtlpProbe(reader)
const parts = new OtlpParts(format)
const message = new WireMessage(reader, parts)
/** Of the bytes that the reader has open. Who detects a message reads it next. */
let signal: OtlpSignal | undefined

/**
 * OTLP in protobuf: what the Kafka exporter of the OpenTelemetry Collector writes by default (`otlp_proto`). Metrics are
 * read; traces and logs are passed over.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
export const otlpProto: FormatReader = {
  name: format,
  detect(value) {
    if (value.family !== 'binary' || value.bytes[0] !== firstKey) return false
    reader.open(value.bytes)
    signal = probe.signal()
    if (signal === undefined) reader.close()
    return signal !== undefined
  },
  read(record, value) {
    if (value.family !== 'binary') return passed('not-metrics')
    if (reader.bytes !== value.bytes) {
      reader.open(value.bytes)
      signal = probe.signal()
    }
    try {
      return readSignal(record)
    } finally {
      reader.close()
    }
  },
}

function readSignal(record: FormatRecord): RecordReading {
  if (signal === 'traces') return passed('otlp-traces')
  if (signal === 'logs') return passed('otlp-logs')
  parts.begin(record)
  try {
    message.read()
    return parts.finish()
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return rejected(format, { code: 'wrong-shape', field: error.field, what: error.message })
  } finally {
    parts.close()
  }
}
