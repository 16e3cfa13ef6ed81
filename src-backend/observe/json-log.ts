import type { Log, LogFields, LogLevel } from '#shared/log.ts'
import pino from 'pino'

/** Lines of JSON on standard output, one event each; errors with stack and cause. Secrets are no fields of anything. */
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
