import type { LogFormat } from '#shared/log-line.ts'
import { logLine } from '#shared/log-line.ts'
import type { Log, LogFields, LogLevel } from '#shared/log.ts'

/**
 * One line per event: RFC 3339 time, level, message, `key=value` (quoted if it contains blanks). Debug lines are
 * dropped.
 */
export function lineLog(write: (line: string) => void, now: () => number, common: LogFields = {}): Log {
  return infoLog((level, message, fields) => {
    const values = Object.entries(fields).map(([key, value]) => ` ${key}=${shown(value)}`)
    write(`${new Date(now()).toISOString()} ${level} ${message}${values.join('')}\n`)
  }, common)
}

/** One JSON object per event and line, without debug. */
function jsonLog(write: (line: string) => void, now: () => number): Log {
  return infoLog((level, message, fields) => {
    const time = new Date(now()).toISOString()
    write(`${logLine('json', { time, level, part: 'producer', message, fields })}\n`)
  }, {})
}

export function producerLog(format: LogFormat, write: (line: string) => void, now: () => number): Log {
  return format === 'json' ? jsonLog(write, now) : lineLog(write, now)
}

function infoLog(event: (level: LogLevel, message: string, fields: LogFields) => void, common: LogFields): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      event(level, message, { ...common, ...fields })
  return {
    debug: () => undefined,
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => infoLog(event, { ...common, ...fields }),
  }
}

function shown(value: unknown): string {
  const text = String(value)
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}
