import type { LogFields, LogLevel } from './log.ts'

export type LogFormat = 'text' | 'json'

/** One event. `time`: RFC 3339. `part`: the part of the program that writes it. */
export interface LogEntry {
  readonly time: string
  readonly level: LogLevel
  readonly part: string
  readonly message: string
  readonly fields: LogFields
}

/** One event on one line, without its end. No value can forge a second line or a second field. */
export function logLine(format: LogFormat, entry: LogEntry): string {
  return format === 'json' ? jsonLine(entry) : textLine(entry)
}

/** `2026-11-24T10:15:30.123Z WARN kafka: broker unreachable host=10.0.0.1:9092 attempt=3` */
function textLine({ time, level, part, message, fields }: LogEntry): string {
  const head = `${time} ${level.toUpperCase()} ${part}: ${message.replace(/\p{Cc}+/gu, ' ')}`
  const pairs = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${text(value)}`]))
  return [head, ...pairs].join(' ')
}

const reserved = new Set(['time', 'level', 'part', 'msg'])

/** `{"time":"…","level":"warn","part":"kafka","msg":"broker unreachable","host":"10.0.0.1:9092","attempt":3}` */
function jsonLine({ time, level, part, message, fields }: LogEntry): string {
  const head = { time, level, part, msg: message }
  const own = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`${JSON.stringify(reserved.has(key) ? `${key}_` : key)}:${json(value)}`],
  )
  return `${[JSON.stringify(head).slice(0, -1), ...own].join(',')}}`
}

/** Text without spaces, quotes and control characters is unchanged. Anything else becomes JSON, without newlines. */
function text(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value)
  if (typeof value === 'bigint') return String(value)
  return json(value)
}

function json(value: unknown): string {
  try {
    const text = JSON.stringify(value, plain) as string | undefined
    if (text !== undefined) return text
  } catch {
    // a circle, or a `toJSON` that throws: a log never throws
  }
  return JSON.stringify(String(value))
}

/** For JSON: an error with its stack and its causes, and a bigint as text. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause } = value
  return { name, message, stack, ...(cause === undefined ? {} : { cause }) }
}
