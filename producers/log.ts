/** Values of one event. Secrets are never among them. */
type Fields = Readonly<Record<string, string | number>>

export interface Log {
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}

/** One event a line: RFC 3339 time, level, message, `key=value` (quoted where it holds blanks). */
export function lineLog(write: (line: string) => void, now: () => number): Log {
  const at =
    (level: string) =>
    (message: string, fields: Fields = {}) => {
      const values = Object.entries(fields).map(([key, value]) => ` ${key}=${shown(value)}`)
      write(`${new Date(now()).toISOString()} ${level} ${message}${values.join('')}\n`)
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

function shown(value: string | number): string {
  const text = String(value)
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}
