import { isCleanText, messageLimits } from '../message.ts'
import type { RejectionCode } from '../sample.ts'
import { textOf } from '../utf8.ts'
import { formatLabel, type FormatName } from './format-name.ts'
import type { FormatRecord, LeftOut, PartShape, PassedOver, RecordPart, RecordReading } from './record-part.ts'
import type { PlannedPart } from './part-plan.ts'

/** A JSON object, and neither `null` nor an array. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function passed(why: PassedOver, detail?: string): RecordReading {
  return detail === undefined ? { kind: 'passed', why } : { kind: 'passed', why, detail }
}

/** A reason that names the format and the field: `Telegraf JSON, timestamp: expected …`. */
export function formatReason(format: FormatName, field: string, what: string): string {
  return `${formatLabel(format)}, ${field}: ${what}`
}

/** @param what what was expected and found, such as `expected a number, got "x"` */
export function rejected(
  format: FormatName,
  { code, field, what }: { readonly code: RejectionCode; readonly field: string; readonly what: string },
): RecordReading {
  return { kind: 'rejected', reject: { code, reason: formatReason(format, field, what) } }
}

/** The reading of a text that begins like JSON of the format and is none. Names the last key before the damage. */
export function rejectedJson(format: FormatName, text: string): RecordReading {
  return rejected(format, { code: 'not-json', field: lastKey(text), what: `expected JSON: ${parseError(text)}` })
}

/** The last key of the text that has a colon behind it; `value` without one. Looks at its last 4 KB. */
function lastKey(text: string): string {
  const keys = text.slice(-4_096).matchAll(/"([A-Za-z_@][\w@.-]{0,63})"\s*:/g)
  let last = 'value'
  for (const [, key] of keys) last = key as string
  return last
}

function parseError(text: string): string {
  try {
    JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return message.length > 200 ? `${message.slice(0, 200)}…` : message
  }
  return ''
}

/** A value in a few words for a reason. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
}

/** Whether the text can be a node's id. */
export function isNodeId(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && text.length <= messageLimits.nodeId && isCleanText(text)
}

/** The node of a record that names none: its key if that is text, otherwise its topic. */
export function nodeOfRecord({ key, topic }: FormatRecord): string {
  if (key === null || key.length === 0 || key.length > 4 * messageLimits.nodeId) return topic.slice(0, 128)
  let text: string
  try {
    text = textOf(key)
  } catch {
    return topic.slice(0, 128)
  }
  return isNodeId(text) && !hasControl(text) ? text : topic.slice(0, 128)
}

/** Binary keys may be UTF-8 by chance. */
function hasControl(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text)
}

/** The series that a planned part leaves out, of one node. */
export function leftOutOf({ leftOut }: PlannedPart, nodeId: string): LeftOut[] {
  return leftOut.map((left) => ({ ...left, nodeId }))
}

/** Parts and what is left out, as one reading. Without either, the record is passed over. */
export function readingOf(
  parts: readonly RecordPart[],
  leftOut: readonly LeftOut[],
  otherwise: PassedOver,
): RecordReading {
  if (parts.length === 0 && leftOut.length === 0) return passed(otherwise)
  return leftOut.length === 0 ? { kind: 'parts', parts } : { kind: 'parts', parts, leftOut }
}

/** The shape of the one part of a reading; `null` without numbers; `undefined` if the reading is another one. */
export function shapeIn(reading: RecordReading): PartShape | null | undefined {
  if (reading.kind === 'passed') return reading.why === 'no-numbers' ? null : undefined
  if (reading.kind !== 'parts' || reading.refused || reading.leftOut) return undefined
  return reading.parts.length === 1 ? reading.parts[0]?.shape : undefined
}
