import type { LogLine } from '../../threads/thread-log.ts'
import { logLine, type LogFormat } from '#shared/log-line.ts'

/** One event on one line. `at`: epoch ms. */
export function formatLine({ level, message, fields }: LogLine, at: number, format: LogFormat = 'text'): string {
  const { part, ...rest } = fields
  const time = new Date(at).toISOString()
  return logLine(format, { time, level, part: String(part ?? 'main'), message, fields: rest })
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
