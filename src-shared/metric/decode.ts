import { messageLimits } from './message.ts'
import type { Decoded, RejectionCode, Sample } from './sample.ts'
import { parseTimestamp } from './timestamp.ts'
import { textOf } from './utf8.ts'

/** Larger values are rejected without decoding: no known producer comes near this size. */
export const maxMessageBytes = 1_048_576

type Rejected = Extract<Decoded, { ok: false }>

const futureToleranceMs = 300_000

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
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch (error) {
    return reject('not-json', `value: expected JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  return sampleOf(message)
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
  if (!isText(nodeId, messageLimits.nodeId)) return wrong('node_id', decodeUtf8(messageLimits.nodeId), nodeId)
  const nodeName = message['node_name']
  if (!isText(nodeName, messageLimits.nodeName)) return wrong('node_name', decodeUtf8(messageLimits.nodeName), nodeName)
  const timestamp = message['timestamp']
  const at = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined
  if (at === undefined) return badTimestamp(timestamp)
  const metrics = message['metrics']
  if (!isObject(metrics)) return wrong('metrics', 'an object with numeric values', metrics)
  const names = namesIn(metrics)
  const values = names.map((name) => metrics[name] as number)
  const problem = metricsProblem(names, values)
  if (problem !== undefined) return problem
  const units = message['units']
  if (units === undefined) return { ok: true, sample: { nodeId, nodeName, at, names, values } }
  const checked = unitsOf(units)
  return checked.ok ? { ok: true, sample: { nodeId, nodeName, at, names, values, units: checked.units } } : checked
}

/** Every key is a name: JSON.parse makes `__proto__` an ordinary one. */
function namesIn(object: Record<string, unknown>): readonly string[] {
  return Object.keys(object)
}

function metricsProblem(names: readonly string[], values: readonly unknown[]): Rejected | undefined {
  if (names.length === 0) return reject('wrong-shape', 'metrics: expected at least one metric, got none')
  if (names.length > messageLimits.metricsPerMessage) {
    return reject(
      'wrong-shape',
      `metrics: expected at most ${messageLimits.metricsPerMessage} metrics, got ${names.length}`,
    )
  }
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    if (!isText(name, messageLimits.metricName))
      return wrong('metrics', `names of ${decodeUtf8(messageLimits.metricName)}`, name)
    // JSON.parse reads 1e400 as Infinity.
    if (!Number.isFinite(values[i])) return wrong(`metrics.${name}`, 'a number', values[i])
  }
  return undefined
}

/** A copy without a prototype: a metric named `constructor` must not find a function. */
function unitsOf(units: unknown): { ok: true; units: Record<string, string> } | Rejected {
  if (!isObject(units)) return wrong('units', 'an object with string values', units)
  const checked = Object.create(null) as Record<string, string>
  for (const name of namesIn(units)) {
    if (!isText(name, messageLimits.metricName))
      return wrong('units', `names of ${decodeUtf8(messageLimits.metricName)}`, name)
    const unit = units[name]
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
  return typeof value === 'string' && value.length > 0 && value.length <= max
}

function decodeUtf8(max: number): string {
  return `text of 1 to ${max} characters`
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
  return value.length <= 40
    ? JSON.stringify(value)
    : `${JSON.stringify(value.slice(0, 40))}… (${value.length} characters)`
}
