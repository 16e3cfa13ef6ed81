import { logLine, type LogFormat } from '#shared/log-line.ts'
import { isAtLeast, type Log, type LogFields, type LogLevel } from '#shared/log.ts'
import pino from 'pino'

export interface ProcessLogSettings {
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}

/** Writes to standard output, one line per event; errors with stack and cause. No field contains a secret. */
export function createProcessLog({ logLevel, logFormat }: ProcessLogSettings): Log {
  return logFormat === 'json' ? jsonLog(logLevel) : textLog(logLevel)
}

function jsonLog(level: LogLevel): Log {
  const write = (logger: pino.Logger): Log =>
    wrap(
      (at, message, fields) => logger[at](fields, message),
      (fields) => write(logger.child(fields)),
    )
  return write(
    pino({
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { cause: pino.stdSerializers.errWithCause },
    }),
  )
}

function textLog(least: LogLevel): Log {
  // As pino writes JSON: a line is out before the process exits.
  const out = pino.destination(1)
  const write = (common: LogFields): Log =>
    wrap(
      (level, message, fields) => {
        if (!isAtLeast(level, least)) return
        const { part = 'backend', ...rest } = { ...common, ...fields }
        out.write(
          `${logLine('text', { time: new Date().toISOString(), level, part: String(part), message, fields: rest })}\n`,
        )
      },
      (fields) => write({ ...common, ...fields }),
    )
  return write({})
}

function wrap(event: (level: LogLevel, message: string, fields: LogFields) => void, child: Log['child']): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      event(level, message, fields)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child }
}
