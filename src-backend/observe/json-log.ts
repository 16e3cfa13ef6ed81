import type { Log, LogFields, LogLevel } from '#shared/log.ts'
import pino from 'pino'

/** Writes JSON lines to standard output, one per event; errors with stack and cause. No field contains a secret. */
export function createJsonLog(level: LogLevel): Log {
  return wrap(
    pino({
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { cause: pino.stdSerializers.errWithCause },
    }),
  )
}

function wrap(logger: pino.Logger): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      logger[level](fields, message)
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(logger.child(fields)),
  }
}
