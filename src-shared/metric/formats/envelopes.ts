import { bytesOf } from '../utf8.ts'
import { isJsonObject } from './readings.ts'

/** Bytes of the Confluent frame: 0x00 and the number of the schema, big-endian. */
const frameLength = 5
const frameMark = 0x00
/** A greater number is no schema: a registry counts from 1. Media files also begin with 0x00. */
const greatestSchema = 100_000_000

/** What is in the Confluent frame of a record. */
export interface ConfluentFrame {
  readonly schema: number
  /** Behind the frame. */
  readonly content: Uint8Array
}

/**
 * The Confluent frame of a value: 0x00, then the number of the schema in four bytes.
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
export function confluentFrame(bytes: Uint8Array): ConfluentFrame | undefined {
  if (bytes[0] !== frameMark || bytes.length <= frameLength) return undefined
  const schema = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1)
  return schema >= 1 && schema <= greatestSchema ? { schema, content: bytes.subarray(frameLength) } : undefined
}

/**
 * The message behind the message indexes of Protobuf: zigzag numbers, their count first; one 0x00 stands for the first
 * message.
 * @returns `undefined` if the content does not begin with message indexes
 */
export function behindMessageIndexes(content: Uint8Array): Uint8Array | undefined {
  const count = zigzag(content, 0)
  if (!count || count.value < 0 || count.value > 8) return undefined
  let at = count.end
  for (let i = 0; i < count.value; i++) {
    const index = zigzag(content, at)
    if (!index || index.value < 0) return undefined
    at = index.end
  }
  return content.subarray(at)
}

function zigzag(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } | undefined {
  const raw = varint(bytes, from)
  return raw && { value: raw.value % 2 === 0 ? raw.value / 2 : -(raw.value + 1) / 2, end: raw.end }
}

function varint(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes[from + i]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, end: from + i + 1 }
  }
  return undefined
}

/** Whether the bytes are fields of Protobuf from begin to end. Avro and others rarely are. */
export function isProtobuf(bytes: Uint8Array): boolean {
  let at = 0
  while (at < bytes.length) {
    const tag = varint(bytes, at)
    if (!tag || tag.value < 8) return false
    const end = endOfField(bytes, tag.value & 7, tag.end)
    if (end === undefined || end > bytes.length) return false
    at = end
  }
  return bytes.length > 0
}

function endOfField(bytes: Uint8Array, wireType: number, from: number): number | undefined {
  if (wireType === 1) return from + 8
  if (wireType === 5) return from + 4
  if (wireType === 0) {
    let at = from
    while ((bytes[at] ?? 0) >= 0x80 && at < from + 10) at++
    return at + 1
  }
  const length = wireType === 2 ? varint(bytes, from) : undefined
  return length && length.end + length.value
}

/**
 * What is in a JSON envelope:
 * - of Kafka Connect: an object with exactly `schema` and `payload`
 * - of CloudEvents: an object with `specversion` and `data` or `data_base64`
 *
 * @returns `undefined` if it is no envelope; `null` for an envelope without content
 */
export function unwrapped(json: unknown): Content | null | undefined {
  if (!isJsonObject(json)) return undefined
  if (isConnect(json)) return contentOf(json['payload'])
  if (typeof json['specversion'] !== 'string' || typeof json['type'] !== 'string') return undefined
  if (typeof json['data_base64'] === 'string') return base64Content(json['data_base64'])
  return 'data' in json ? contentOf(json['data']) : undefined
}

/** CloudEvents in batches, as Telegraf writes them. */
export function isBatchOfEvents(json: unknown): json is unknown[] {
  return Array.isArray(json) && isJsonObject(json[0]) && 'specversion' in json[0] && unwrapped(json[0]) !== undefined
}

/** The content of an envelope: JSON, or a text or bytes that are to be detected. */
export type Content = { readonly json: unknown } | { readonly bytes: Uint8Array }

function isConnect(json: Readonly<Record<string, unknown>>): boolean {
  if (!('schema' in json && 'payload' in json) || Object.keys(json).length !== 2) return false
  return json['schema'] === null || isJsonObject(json['schema'])
}

function contentOf(payload: unknown): Content | null {
  if (payload === null || payload === undefined || payload === '') return null
  return typeof payload === 'string' ? { bytes: bytesOf(payload) } : { json: payload }
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const digitOf = new Map(Array.from(base64Digits, (digit, value) => [digit, value]))

/** The bytes of a Base64 text. Text that is none is content all the same, and nothing reads it. */
function base64Content(text: string): Content | null {
  const digits = text.replace(/={1,2}$/, '')
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let [bits, count, length] = [0, 0, 0]
  for (const digit of digits) {
    const value = digitOf.get(digit)
    if (value === undefined) return { bytes: bytesOf(text) }
    bits = ((bits << 6) | value) & 0xffff
    count += 6
    if (count < 8) continue
    count -= 8
    bytes[length++] = (bits >> count) & 0xff
  }
  return bytes.length === 0 ? null : { bytes }
}
