import { detectedValue, jsonLines } from '../formats/detected-value.ts'
import { confluentFrame, isBatchOfEvents, unwrapped } from '../formats/envelopes.ts'
import { formatLimits } from '../formats/limits.ts'

/**
 * The JSON values that a mapping would read of a record, as `readRecord` finds them: envelopes (Kafka Connect,
 * CloudEvents, the Confluent frame) are taken off, JSON lines are one value each. Empty if the record is no JSON, or too
 * large. Never throws.
 * @param value of the record; `null`: a tombstone
 */
export function jsonContents(value: Uint8Array | null): readonly unknown[] {
  return value === null || value.length > formatLimits.recordBytes ? [] : inBytes(value, 0)
}

function inBytes(bytes: Uint8Array, depth: number): readonly unknown[] {
  const value = detectedValue(bytes)
  if (value.family === 'json') return inJson(value.json, depth)
  const lines = value.family === 'broken-json' ? jsonLines(value.text) : undefined
  if (lines) return lines.flatMap((json) => inJson(json, depth + 1))
  const frame = depth < formatLimits.envelopes ? confluentFrame(bytes) : undefined
  return frame ? inBytes(frame.content, depth + 1) : []
}

function inJson(json: unknown, depth: number): readonly unknown[] {
  const content = depth < formatLimits.envelopes ? unwrapped(json) : undefined
  if (content === null) return []
  if (content) return 'bytes' in content ? inBytes(content.bytes, depth + 1) : inJson(content.json, depth + 1)
  const isBatch = depth < formatLimits.envelopes && isBatchOfEvents(json)
  return isBatch ? json.flatMap((event) => inJson(event, depth + 1)) : [json]
}
