export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Fields of a message. An `Error` is written with its stack and its causes. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Constant messages, values in fields. error: someone must act; warn: degraded, recovering; info: state changes. No
 * line per record. `child` adds fields to every line, such as `{ part: 'kafka' }`.
 */
export type Log = { readonly [L in LogLevel]: (message: string, fields?: LogFields) => void } & {
  readonly child: (fields: LogFields) => Log
}

const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Whether `level` is at least as severe as `least`. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return order.indexOf(level) >= order.indexOf(least)
}
