import { isCleanText, messageLimits } from './message.ts'
import { withoutNotNumbers, spelledNotNumber } from './not-numbers.ts'
import type { Decoded, Rejection, RejectionCode, Sample } from './sample.ts'
import { parseTimestamp } from './timestamp.ts'
import { textOf } from './utf8.ts'

/** Larger values are rejected without decoding: no known producer comes near this size. */
export const maxMessageBytes = 1_048_576

type Rejected = Extract<Decoded, { ok: false }>

const futureToleranceMs = 300_000

/** Refused metrics that a reason names. */
const toldAtMost = 3

/**
 * Decodes one record value: same result as `MetricMessage`, with plain checks, because zod would cost more than the
 * rest of the hot path. A property test compares both. Never throws.
 */
export function decode(bytes: Uint8Array | null): Decoded {
  if (bytes === null) return reject('tombstone', 'value: expected a JSON message, got none (a tombstone)')
  if (bytes.length === 0) return reject('empty', 'value: expected a JSON message, got 0 bytes')
  if (bytes.length > maxMessageBytes) {
    return reject('too-large', `value: expected at most ${maxMessageBytes} bytes, got ${bytes.length}`)
  }
  let text: string
  try {
    text = textOf(bytes)
  } catch {
    return reject('not-utf8', 'value: expected UTF-8 text, got invalid bytes')
  }
  const message = parsed(text) ?? parsed(withoutNotNumbers(text))
  if (message === undefined) return reject('not-json', `value: expected JSON: ${parseError(text)}`)
  return sampleOf(message.value)
}

function parsed(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined) return undefined
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function parseError(text: string): string {
  try {
    JSON.parse(text)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}

/**
 * Whether the sample is more than five minutes ahead of `recordTimestamp` (epoch ms, set by the broker). It is compared
 * with the record, not with a clock, so every reader rejects the same records.
 */
export function isFuture({ at }: Pick<Sample, 'at'>, recordTimestamp: number): boolean {
  return at > recordTimestamp + futureToleranceMs
}

function sampleOf(message: unknown): Decoded {
  if (!isObject(message)) return wrong('value', 'an object', message)
  const nodeId = message['node_id']
  if (!isText(nodeId, messageLimits.nodeId)) return wrongText('node_id', messageLimits.nodeId, nodeId)
  const nodeName = message['node_name']
  if (!isText(nodeName, messageLimits.nodeName)) return wrongText('node_name', messageLimits.nodeName, nodeName)
  const timestamp = message['timestamp']
  const at = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined
  if (at === undefined) return badTimestamp(timestamp)
  const metrics = message['metrics']
  if (!isObject(metrics)) return wrong('metrics', 'an object with numeric values', metrics)
  const read = valuesOf(metrics)
  if (!read.ok) return read
  const { names, values, refused } = read
  return withUnits({ nodeId, nodeName, at, names, values }, message['units'], refused)
}

function withUnits(sample: Sample, units: unknown, refused: Rejection | undefined): Decoded {
  const more = refused === undefined ? {} : { refused }
  if (units === undefined) return { ok: true, sample, ...more }
  const checked = unitsOf(units)
  return checked.ok ? { ok: true, sample: { ...sample, units: checked.units }, ...more } : checked
}

/** JSON.parse makes `__proto__` an ordinary key. Skipped, as zod does. */
function namesIn(object: Record<string, unknown>): readonly string[] {
  const names = Object.keys(object)
  return names.includes('__proto__') ? names.filter((name) => name !== '__proto__') : names
}

interface Values {
  readonly ok: true
  readonly names: readonly string[]
  readonly values: readonly number[]
  readonly refused: Rejection | undefined
}

/** The metrics that have a number. `null` means "no value"; anything else is refused, and the others stay. */
function valuesOf(metrics: Record<string, unknown>): Values | Rejected {
  const all = namesIn(metrics)
  const most = messageLimits.metricsPerMessage
  if (all.length === 0) return reject('wrong-shape', 'metrics: expected at least one metric, got none')
  if (all.length > most) return reject('wrong-shape', `metrics: expected at most ${most} metrics, got ${all.length}`)
  const odd = all.find((name) => !isText(name, messageLimits.metricName))
  if (odd !== undefined) return wrongText('metrics', messageLimits.metricName, odd, 'names of ')
  // JSON.parse reads 1e400 as Infinity.
  const names = all.filter((name) => Number.isFinite(metrics[name]))
  const refused = names.length === all.length ? undefined : refusalOf(metrics, all)
  if (names.length === 0) {
    return refused === undefined
      ? reject('wrong-shape', 'metrics: expected at least one metric with a value, got none')
      : reject('wrong-shape', refused.reason)
  }
  return { ok: true, names, values: names.map((name) => metrics[name] as number), refused }
}

function refusalOf(metrics: Record<string, unknown>, names: readonly string[]): Rejection | undefined {
  const refused = names.filter((name) => metrics[name] !== null && !Number.isFinite(metrics[name]))
  if (refused.length === 0) return undefined
  const told = refused
    .slice(0, toldAtMost)
    .map((name) => `metrics.${name}: expected a number, got ${shown(metrics[name])}`)
  const rest = refused.length > toldAtMost ? `; and ${refused.length - toldAtMost} more` : ''
  return { code: 'bad-metric', reason: `${told.join('; ')}${rest}` }
}

/** A copy without a prototype: a metric named `constructor` must not find a function. */
function unitsOf(units: unknown): { ok: true; units: Record<string, string> } | Rejected {
  if (!isObject(units)) return wrong('units', 'an object with string values', units)
  const checked = Object.create(null) as Record<string, string>
  for (const name of namesIn(units)) {
    if (!isText(name, messageLimits.metricName)) return wrongText('units', messageLimits.metricName, name, 'names of ')
    const unit = units[name]
    if (typeof unit === 'string' && !isCleanText(unit)) return brokenText(`units.${name}`, unit)
    if (typeof unit !== 'string' || unit.length > messageLimits.unit) {
      return wrong(`units.${name}`, `text of at most ${messageLimits.unit} characters`, unit)
    }
    checked[name] = unit
  }
  return { ok: true, units: checked }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= max && isCleanText(value)
}

// eslint-disable-next-line max-params -- the parts of one sentence
function wrongText(path: string, max: number, found: unknown, prefix = ''): Rejected {
  if (typeof found === 'string' && !isCleanText(found)) return brokenText(path, found)
  return wrong(path, `${prefix}text of 1 to ${max} characters`, found)
}

function brokenText(path: string, found: string): Rejected {
  return reject('bad-text', `${path}: expected well-formed Unicode without NUL, got ${shown(found)}`)
}

function badTimestamp(found: unknown): Rejected {
  const code = typeof found === 'string' || typeof found === 'number' ? 'bad-timestamp' : 'wrong-shape'
  const got = typeof found === 'number' ? 'a number' : shown(found)
  return reject(code, `timestamp: expected RFC 3339 text such as 2026-11-24T10:15:30Z, got ${got}`)
}

function wrong(path: string, expected: string, found: unknown): Rejected {
  return reject('wrong-shape', `${path}: expected ${expected}, got ${shown(found)}`)
}

function reject(code: RejectionCode, reason: string): Rejected {
  return { ok: false, reject: { code, reason } }
}

/** The value found, in a few words for a one-line reason. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return String(value)
  const notNumber = spelledNotNumber(value)
  if (notNumber !== undefined) return notNumber
  return value.length <= 40
    ? JSON.stringify(value)
    : `${JSON.stringify(value.slice(0, 40))}… (${value.length} characters)`
}
