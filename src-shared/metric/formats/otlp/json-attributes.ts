import type { Tag } from '../../metric-name.ts'
import { isJsonObject, shownValue } from '../readings.ts'
import {
  listDepthAtMost,
  listText,
  mapText,
  noText,
  plainText,
  quotedText,
  tooDeep,
  type AttributeText,
} from './attribute-text.ts'

/** Attributes in JSON, or what is wrong with them. Also an attribute without a value is one. */
export type JsonAttributes =
  { readonly isFine: true; readonly tags: readonly Tag[] } | { readonly isFine: false; readonly what: string }

/** Reads the list `attributes` of a resource or a data point; `undefined` and `null` are none. */
export function jsonAttributes(list: unknown): JsonAttributes {
  if (list === undefined || list === null) return { isFine: true, tags: [] }
  if (!Array.isArray(list)) return { isFine: false, what: `expected an array, got ${shownValue(list)}` }
  const tags: Tag[] = []
  for (const item of list as readonly unknown[]) {
    const entry = jsonEntry(item, listDepthAtMost)
    if (typeof entry === 'string') return { isFine: false, what: entry }
    tags.push([entry[0], entry[1].text])
  }
  return { isFine: true, tags }
}

/** Key and value of `{"key": …, "value": {"stringValue": …}}`, or what is wrong. */
function jsonEntry(item: unknown, depth: number): readonly [string, AttributeText] | string {
  if (!isJsonObject(item)) return `expected an object with key and value, got ${shownValue(item)}`
  const key = item['key'] ?? ''
  if (typeof key !== 'string') return `expected a key of text, got ${shownValue(key)}`
  const value = jsonValue(item['value'], depth)
  if (value === undefined)
    return `${key.slice(0, 64)}: expected a value such as {"stringValue": "…"}, got ${shownValue(item['value'])}`
  return [key, value]
}

type ValueOf = (value: unknown, depth: number) => AttributeText | undefined

const kinds: ReadonlyMap<string, ValueOf> = new Map([
  ['stringValue', (value) => (typeof value === 'string' ? quotedText(value) : undefined)],
  ['boolValue', (value) => (typeof value === 'boolean' ? plainText(value) : undefined)],
  ['intValue', (value) => (isWhole(value) ? plainText(value) : undefined)],
  ['doubleValue', (value) => (isDouble(value) ? plainText(Number(value)) : undefined)],
  ['bytesValue', (value) => (typeof value === 'string' ? quotedText(value) : undefined)],
  ['arrayValue', arrayOf],
  ['kvlistValue', mapOf],
] satisfies ReadonlyArray<readonly [string, ValueOf]>)

function jsonValue(value: unknown, depth: number): AttributeText | undefined {
  if (value === undefined || value === null) return noText
  if (!isJsonObject(value)) return undefined
  const kind = Object.keys(value).find((key) => kinds.has(key) && value[key] !== null)
  return kind === undefined ? noText : kinds.get(kind)?.(value[kind], depth)
}

function isWhole(value: unknown): value is number | string {
  return Number.isInteger(value) || (typeof value === 'string' && /^-?\d{1,20}$/.test(value))
}

/** JSON of protobuf writes what no number can be as text. */
function isDouble(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    (typeof value === 'string' && value !== '' && (value === 'NaN' || !Number.isNaN(Number(value))))
  )
}

function listIn(value: unknown): readonly unknown[] | undefined {
  const values = isJsonObject(value) ? (value['values'] ?? []) : undefined
  return Array.isArray(values) ? (values as readonly unknown[]) : undefined
}

function arrayOf(value: unknown, depth: number): AttributeText | undefined {
  const list = listIn(value)
  if (list === undefined || depth <= 0) return list && tooDeep
  const texts = list.map((item) => jsonValue(item, depth - 1))
  return texts.some((text) => text === undefined) ? undefined : listText(texts as readonly AttributeText[])
}

function mapOf(value: unknown, depth: number): AttributeText | undefined {
  const list = listIn(value)
  if (list === undefined || depth <= 0) return list && tooDeep
  const entries: Array<readonly [string, AttributeText]> = []
  for (const item of list) {
    const entry = jsonEntry(item, depth - 1)
    if (typeof entry === 'string') return undefined
    entries.push(entry)
  }
  return mapText(entries)
}
