import { decode } from '../decode.ts'
import type { FieldMapping } from '../mapping/field-mapping.ts'
import { noMappings, type MappingIndex } from '../mapping/mapping-index.ts'
import { missedPlaces, readMapped, seemsMapped } from '../mapping/read-mapped.ts'
import { detectedValue, jsonLines } from './detected-value.ts'
import {
  behindMessageIndexes,
  confluentFrame,
  isBatchOfEvents,
  isProtobuf,
  unwrapped,
  type ConfluentFrame,
} from './envelopes.ts'
import { formatLimits } from './limits.ts'
import { mergedReading } from './merged-reading.ts'
import { isOwnMessage, isOwnTopic, looksOwn, readOwn, readOwnWithin } from './own-format.ts'
import { lastReader, readers } from './readers.ts'
import { formatReason, isJsonObject, passed, rejectedJson } from './readings.ts'
import type { DetectedValue, FormatReader, FormatRecord, RecordReading } from './record-part.ts'

/** A record as it comes from Kafka. */
export interface IncomingRecord extends Omit<FormatRecord, 'value'> {
  /** `null`: a tombstone. */
  readonly value: Uint8Array | null
}

/** A record with the mapping of its topic that is in effect at its timestamp. */
interface MappedRecord extends FormatRecord {
  readonly mapping: FieldMapping | undefined
}

/** Keys that the detail of an unknown object names. */
const shownKeys = 3
/** Bytes from which the format of a record beyond the limit is guessed. */
const headBytes = 1024

/**
 * Reads a record of any format. Envelopes are taken off first. Pure: the reading follows from the record, and from
 * the mapping of its topic at its timestamp. Never throws.
 *
 * | record                                                | reading                                      |
 * |-------------------------------------------------------|----------------------------------------------|
 * | ReMo's own format                                     | that of `decode`                             |
 * | node or values of the mapping of its topic are there  | that of the mapping                          |
 * | a reader accepts it                                   | that of the reader                           |
 * | broken JSON with a key of the mapping                 | rejected as JSON of the mapping              |
 * | JSON with a field of ReMo's own format                | rejected as `decode` does                    |
 * | anything else on a topic of ReMo's own producers      | rejected as `decode` does                    |
 * | in a Confluent frame, and only its schema can tell    | passed over: `needs-schema-registry`         |
 * | no value                                              | passed over: `empty`                         |
 * | anything else                                         | passed over: `not-metrics`                   |
 */
export function readRecord(record: IncomingRecord, mappings: MappingIndex = noMappings): RecordReading {
  const { value, topic, timestamp } = record
  if (value === null || value.length === 0) return nothingIn(record)
  const mapping = mappings.has(topic) ? mappings.at(topic, timestamp) : undefined
  const found: MappedRecord = { ...record, value, mapping }
  return value.length > formatLimits.recordBytes ? tooLarge(found) : readBytes(found, 0)
}

function nothingIn({ value, topic }: IncomingRecord): RecordReading {
  const decoded = isOwnTopic(topic) ? decode(value) : undefined
  return decoded && !decoded.ok ? { kind: 'rejected', reject: decoded.reject } : passed('empty')
}

/** Only its first bytes are looked at. */
function tooLarge(record: MappedRecord): RecordReading {
  const { value, topic, mapping } = record
  const size = `${value.length} bytes, more than ${formatLimits.recordBytes}`
  const head = detectedValue(value.subarray(0, headBytes))
  const reader = readers.find((one) => one.detect(head))
  if (isOwnTopic(topic) && !reader) return readOwn(record)
  const isMapped = mapping !== undefined && (head.family === 'json' || head.family === 'broken-json')
  const format = reader?.name ?? (isMapped ? 'mapping' : undefined)
  if (format === undefined) return passed('not-metrics', size)
  return { kind: 'rejected', reject: { code: 'too-large', reason: formatReason(format, 'value', size) } }
}

function readBytes(record: MappedRecord, depth: number): RecordReading {
  const value = detectedValue(record.value)
  if (value.family === 'json') return readJson(record, value.json, depth)
  const lines = value.family === 'broken-json' ? jsonLines(value.text) : undefined
  if (lines) return mergedReading(lines.map((json) => readJson(record, json, depth + 1, true)))
  const frame = confluentFrame(record.value)
  if (frame) return readFrame(record, frame, depth)
  const reader = readerOf(value)
  return reader ? reader.read(record, value) : undecided(record, value)
}

/** The content of a Confluent frame is JSON, Protobuf that says what it is, or unreadable without its schema. */
function readFrame(record: MappedRecord, { schema, content }: ConfluentFrame, depth: number): RecordReading {
  const inner = detectedValue(content)
  const isJson = inner.family === 'json' || inner.family === 'broken-json'
  if (isJson && depth < formatLimits.envelopes) return readBytes({ ...record, value: content }, depth + 1)
  const message = behindMessageIndexes(content)
  const isMessage = message !== undefined && isProtobuf(message)
  if (isMessage) {
    const value: DetectedValue = { family: 'binary', bytes: message }
    const reader = readerOf(value)
    if (reader) return reader.read({ ...record, value: message }, value)
  }
  return passed('needs-schema-registry', `${isMessage ? 'Protobuf' : 'Avro'}, schema ${schema}`)
}

/** @param isWithin the JSON is only a part of the record's value */
// eslint-disable-next-line max-params -- of a recursion
function readJson(record: MappedRecord, json: unknown, depth: number, isWithin = false): RecordReading {
  const content = depth < formatLimits.envelopes ? readContent(record, json, depth + 1) : undefined
  if (content) return content
  const value: DetectedValue = { family: 'json', json }
  const asOwn = (): RecordReading => (isWithin ? readOwnWithin(json) : readOwn(record))
  const own = isOwnMessage(json) ? asOwn() : undefined
  if (own?.kind === 'parts') return own
  const mapped = record.mapping && readMapped(record, json, record.mapping)
  if (mapped) return mapped
  const reader = readerOf(value)
  if (reader) return reader.read(record, value)
  return own ?? (looksOwn(json) ? asOwn() : undecided(record, value))
}

/** What is in an envelope; `undefined` if the JSON is none. */
function readContent(record: MappedRecord, json: unknown, depth: number): RecordReading | undefined {
  const content = unwrapped(json)
  if (content === null) return nothingIn({ ...record, value: null })
  if (content && 'bytes' in content) return readBytes({ ...record, value: content.bytes }, depth)
  if (content) return readJson(record, content.json, depth, true)
  return isBatchOfEvents(json) ? mergedReading(json.map((event) => readJson(record, event, depth, true))) : undefined
}

function readerOf(value: DetectedValue): FormatReader | undefined {
  return readers.find((reader) => reader.detect(value)) ?? (lastReader.detect(value) ? lastReader : undefined)
}

function undecided(record: MappedRecord, value: DetectedValue): RecordReading {
  const { topic, mapping } = record
  const isBroken = mapping && value.family === 'broken-json' && seemsMapped(value.text, mapping)
  if (isBroken) return rejectedJson('mapping', value.text)
  if (isOwnTopic(topic)) return readOwn(record)
  const isMissed = mapping && value.family === 'json' && typeof value.json === 'object' && value.json !== null
  return passed('not-metrics', isMissed ? missedPlaces(mapping) : detailOf(value))
}

/** A few words about a value that nobody reads. */
function detailOf(value: DetectedValue): string {
  if (value.family === 'binary') return `${value.bytes.length} bytes that are no text`
  if (value.family !== 'json') return `text: ${value.text.slice(0, 40).trim()}`
  const { json } = value
  if (!isJsonObject(json)) return Array.isArray(json) ? 'a JSON array' : 'JSON without fields'
  const keys = Object.keys(json)
  const first = keys.slice(0, shownKeys).map((key) => key.slice(0, 40))
  return keys.length === 0 ? 'JSON without fields' : `${first.join(', ')}${keys.length > shownKeys ? ', …' : ''}`
}
