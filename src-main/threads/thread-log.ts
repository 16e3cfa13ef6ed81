import type { Log, LogFields, LogLevel } from '#shared/log.ts'
import type { ThreadPort } from './thread-port.ts'

export interface LogLine {
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** A log that passes each line to `write` as plain data. */
export function logTo(write: (line: LogLine) => void, fields: LogFields = {}): Log {
  const at =
    (level: LogLevel) =>
    (message: string, more: LogFields = {}): void =>
      write({ level, message, fields: plainFields({ ...fields, ...more }) })
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => logTo(write, { ...fields, ...more }),
  }
}

/** The log of a thread: sends each line to the other side of `port`, which writes it. */
export function portLog(port: ThreadPort, part: string): Log {
  return logTo((line) => port.postMessage({ log: line }), { part })
}

/** Errors become plain objects, and values that structured clone rejects become text: logging must never throw. */
function plainFields(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plainValue(value, 0)]))
}

const deepest = 4

function plainValue(value: unknown, depth: number): unknown {
  if (value instanceof Error) {
    const cause = value.cause === undefined || depth >= deepest ? {} : { cause: plainValue(value.cause, depth + 1) }
    return { name: value.name, message: value.message, stack: value.stack, ...cause }
  }
  if (typeof value === 'function' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepest) return String(value)
  if (Array.isArray(value)) return value.map((item) => plainValue(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item, depth + 1)]))
}
