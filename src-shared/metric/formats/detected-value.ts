import { withoutNotNumbers } from '../not-numbers.ts'
import { textOf } from '../utf8.ts'
import type { DetectedValue } from './record-part.ts'

const brace = 0x7b
const bracket = 0x5b
/** Bytes in which a control is looked for before the value is decoded as text. */
const headLength = 64
/** Controls that no text has: all but tab, line feed and carriage return. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/

/**
 * What kind of value the bytes are. The first byte that is no white space decides between JSON and text. Python's NaN
 * and Infinity in JSON become texts, as in ReMo's own format.
 */
export function detectedValue(bytes: Uint8Array): DetectedValue {
  const first = firstByte(bytes)
  if (first !== brace && first !== bracket && hasEarlyControl(bytes)) return { family: 'binary', bytes }
  const text = textIn(bytes)
  if (text === undefined) return { family: 'binary', bytes }
  if (first !== brace && first !== bracket) {
    return controls.test(text) ? { family: 'binary', bytes } : { family: 'text', text }
  }
  const parsed = parsedJson(text) ?? parsedJson(withoutNotNumbers(text))
  return parsed ? { family: 'json', json: parsed.value } : { family: 'broken-json', text }
}

function textIn(bytes: Uint8Array): string | undefined {
  try {
    return textOf(bytes)
  } catch {
    return undefined
  }
}

/** Saves decoding a message in protobuf as text, which fails at a time in it and costs more than reading it. */
function hasEarlyControl(bytes: Uint8Array): boolean {
  const length = Math.min(headLength, bytes.length)
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] as number
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return true
  }
  return false
}

function firstByte(bytes: Uint8Array): number | undefined {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return byte
  }
  return undefined
}

/** The value of a JSON text, or `undefined` if it is none. */
export function parsedJson(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined) return undefined
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** JSON values of which each has a line of its own; `undefined` for one line, or if not all of them are JSON. */
export function jsonLines(text: string): unknown[] | undefined {
  if (!text.trimEnd().includes('\n')) return undefined
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const values: unknown[] = []
  for (const line of lines) {
    const parsed = parsedJson(line)
    if (!parsed) return undefined
    values.push(parsed.value)
  }
  return values
}
