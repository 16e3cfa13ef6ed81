import { JsonMessage } from './otlp/json-message.ts'
import { OtlpParts } from './otlp/otlp-parts.ts'
import { isJsonObject, passed, rejectedJson } from './readings.ts'
import type { FormatReader, RecordReading } from './record-part.ts'

const format = 'otlp-json'
const parts = new OtlpParts(format)
const message = new JsonMessage(parts)

/** How a message begins, by what it has. */
const metricsHead = /^\s*\{\s*"resourceMetrics"\s*:/
const spansHead = /^\s*\{\s*"resourceSpans"\s*:/
const logsHead = /^\s*\{\s*"resourceLogs"\s*:/

/**
 * OTLP in JSON: what the Kafka exporter of the OpenTelemetry Collector writes with `encoding: otlp_json`. Metrics are
 * read; traces and logs are passed over.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export const otlpJson: FormatReader = {
  name: format,
  detect(value) {
    if (value.family === 'broken-json') return [metricsHead, spansHead, logsHead].some((head) => head.test(value.text))
    if (value.family !== 'json' || !isJsonObject(value.json)) return false
    return 'resourceMetrics' in value.json || 'resourceSpans' in value.json || 'resourceLogs' in value.json
  },
  read(record, value) {
    if (value.family === 'broken-json') return readBroken(value.text)
    const json = value.family === 'json' && isJsonObject(value.json) ? value.json : {}
    if (!('resourceMetrics' in json)) return passed('resourceSpans' in json ? 'otlp-traces' : 'otlp-logs')
    parts.begin(record)
    try {
      message.read(json)
      return parts.finish()
    } finally {
      parts.close()
    }
  },
}

function readBroken(text: string): RecordReading {
  if (spansHead.test(text)) return passed('otlp-traces')
  return logsHead.test(text) ? passed('otlp-logs') : rejectedJson(format, text)
}
