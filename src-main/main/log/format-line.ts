import type { LogLine } from '../../threads/thread-log.ts'
import type { LogLevel } from '#shared/log.ts'

const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Whether `level` is at least as severe as `least`. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return order.indexOf(level) >= order.indexOf(least)
}

/** One event on one line: `2026-11-24T10:15:30.123Z WARN kafka: broker unreachable host=10.0.0.1:9092 attempt=3` */
export function formatLine(line: LogLine, at: number): string {
  const { part, ...fields } = line.fields
  const head = `${new Date(at).toISOString()} ${line.level.toUpperCase()} ${String(part ?? 'main')}: ${plain(line.message)}`
  const pairs = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${text(value)}`]))
  return [head, ...pairs].join(' ')
}

/** The line for a terminal, with error messages only. The stacks are in the file. */
export function withoutStacks(line: LogLine): LogLine {
  const fields = Object.entries(line.fields).map(
    ([key, value]) => [key, isError(value) ? messagesOf(value) : value] as const,
  )
  return { ...line, fields: Object.fromEntries(fields) }
}

interface PlainError {
  readonly message: string
  readonly stack: unknown
  readonly cause?: unknown
}

/** Errors in log lines are plain objects, because they cross threads. */
function isError(value: unknown): value is PlainError {
  return typeof value === 'object' && value !== null && 'stack' in value && 'message' in value
}

function messagesOf({ message, cause }: PlainError): string {
  return isError(cause) ? `${message}: ${messagesOf(cause)}` : message
}

/** Text without spaces, quotes and control characters is unchanged. Anything else becomes JSON, without newlines. */
function text(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value)
  if (typeof value === 'bigint') return String(value)
  return JSON.stringify(value) ?? String(value)
}

function plain(message: string): string {
  return message.replace(/\p{Cc}+/gu, ' ')
}
