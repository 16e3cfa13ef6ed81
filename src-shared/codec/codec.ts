import { flatIssues, schemaMessage } from '../format/schema-message.ts'
import type { z } from 'zod'
import { type Needs, needsOf, readerLevel, withNeeds } from './needs.ts'
import { tolerant } from './tolerant.ts'

/** Why a value was not read. `reason` is one sentence: path, and what was expected. */
export type Unread =
  | { readonly kind: 'unreadable'; readonly code: 'not-json' | 'wrong-shape'; readonly reason: string }
  | { readonly kind: 'needs-newer'; readonly needs: Needs }

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly unread: Unread }

/**
 * Reads and writes one kind of value that travels or is stored as JSON. Keeps keys that this version does not know: the
 * value may be written back, and a newer version finds them after an upgrade. Never throws on content.
 */
export interface Codec<T> {
  /** @param level the level of the reader; only tests pass another one than `readerLevel` */
  decode(content: unknown, level?: number): Decoded<T>
  /** `decode` of JSON text. */
  parse(text: string, level?: number): Decoded<T>
  /** As a JSON value, with the key names that version 0.1.0 reads. */
  encode(value: T): unknown
  /** `encode` as JSON text. */
  stringify(value: T): string
}

/**
 * A key that has another name in JSON (`wire`) than in memory. Both are read; `wire` wins, and only `wire` is written.
 */
export interface WireName {
  readonly key: string
  readonly wire: string
}

export interface CodecParts<T> {
  /** Checks content with the key names of this version. Returns the value, or why it is invalid. */
  readonly check: (content: object) => Decoded<T>
  readonly names?: readonly WireName[]
  /** The level that a reader of the value needs; default 1. Above 1, it is written with the value. */
  readonly needs?: (value: T) => number
  /** For keys that older writers omit. */
  readonly defaults?: Readonly<Record<string, unknown>>
}

export function jsonCodec<T extends object>({ check, names = [], defaults, needs: levelOf }: CodecParts<T>): Codec<T> {
  const decode = (content: unknown, level = readerLevel): Decoded<T> => {
    if (!isObject(content)) return wrongShape('expected an object')
    const needs = needsOf(content)
    if (needs === undefined) return wrongShape('needs: expected a whole number')
    if (needs.level > level) return { ok: false, unread: { kind: 'needs-newer', needs } }
    const named = namesInMemory(content, names)
    const checked = check(defaults === undefined ? named : withDefaults(named, defaults))
    if (!checked.ok || needs.level === 1 || needs.level !== levelOf?.(checked.value)) return checked
    return { ok: true, value: withoutNeeds(checked.value) }
  }
  const encode = (value: T): unknown => withNeeds(namesOnWire(value, names), levelOf?.(value) ?? 1)
  return {
    decode,
    parse: (text, level) => {
      const content = parsedJson(text)
      return content.ok ? decode(content.value, level) : content
    },
    encode,
    stringify: (value) => JSON.stringify(encode(value)),
  }
}

/** Checks with a zod schema that is tolerant at every depth. */
export function checkedBy<T>(schema: z.ZodType<T>): (content: object) => Decoded<T> {
  const open = tolerant(schema, 'keep')
  return (content) => {
    const parsed = open.safeParse(content, { error: schemaMessage })
    if (parsed.success) return { ok: true, value: parsed.data }
    const [issue] = flatIssues(parsed.error.issues)
    return wrongShape(issue?.message ?? 'not as expected', issue?.path.join('.'))
  }
}

export function wrongShape(reason: string, path = ''): { readonly ok: false; readonly unread: Unread } {
  return { ok: false, unread: { kind: 'unreadable', code: 'wrong-shape', reason: `${path || 'value'}: ${reason}` } }
}

export function parsedJson(text: string): Decoded<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) as unknown }
  } catch (error) {
    const reason = `value: expected JSON: ${error instanceof Error ? error.message : String(error)}`
    return { ok: false, unread: { kind: 'unreadable', code: 'not-json', reason } }
  }
}

export function isObject(content: unknown): content is object {
  return typeof content === 'object' && content !== null && !Array.isArray(content)
}

function namesInMemory(content: object, names: readonly WireName[]): object {
  return names.reduce((named, { key, wire }) => renamed(named, wire, key), content)
}

function namesOnWire(value: object, names: readonly WireName[]): object {
  return names.reduce((named, { key, wire }) => renamed(named, key, wire), value)
}

/** A level that the value itself tells is written again. In memory it would make equal values differ. */
function withoutNeeds<T extends object>(value: T): T {
  const { needs: _needs, needsVersion: _version, ...rest } = value as T & { needs?: unknown; needsVersion?: unknown }
  return rest as unknown as T
}

function renamed(value: object, from: string, to: string): object {
  if (!Object.hasOwn(value, from)) return value
  const { [from]: kept, ...rest } = value as Record<string, unknown>
  return { ...rest, [to]: kept }
}

function withDefaults(content: object, defaults: Readonly<Record<string, unknown>>): object {
  const missing = Object.keys(defaults).some((key) => !Object.hasOwn(content, key))
  return missing ? { ...defaults, ...content } : content
}
