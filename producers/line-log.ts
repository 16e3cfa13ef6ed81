import type { Log, LogFields } from '#shared/log.ts'

/**
 * One line per event: RFC 3339 time, level, message, `key=value` (quoted if it contains blanks). Debug lines are
 * dropped.
 */
export function lineLog(write: (line: string) => void, now: () => number, common: LogFields = {}): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const values = Object.entries({ ...common, ...fields }).map(([key, value]) => ` ${key}=${shown(value)}`)
      write(`${new Date(now()).toISOString()} ${level} ${message}${values.join('')}\n`)
    }
  return {
    debug: () => undefined,
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => lineLog(write, now, { ...common, ...fields }),
  }
}

function shown(value: unknown): string {
  const text = String(value)
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}
