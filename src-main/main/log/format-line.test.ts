import { expect, test } from 'vitest'
import { isAtLeast } from '#shared/log.ts'
import { logTo } from '../../threads/thread-log.ts'
import type { LogLine } from '../../threads/thread-log.ts'
import { formatLine, withoutStacks } from './format-line.ts'

const at = Date.UTC(2026, 10, 24, 10, 15, 30, 123)

test('a line carries time, level, part, message and fields', () => {
  const line: LogLine = {
    level: 'warn',
    message: 'broker unreachable',
    fields: { part: 'kafka', host: 'a:9092', attempt: 3 },
  }
  expect(formatLine(line, at)).toBe('2026-11-24T10:15:30.123Z WARN kafka: broker unreachable host=a:9092 attempt=3')
})

test('text with spaces or newlines cannot forge a second line or a second field', () => {
  const line: LogLine = { level: 'info', message: 'a\nb', fields: { reason: 'x y=1\nERROR z', empty: '' } }
  expect(formatLine(line, at)).toBe('2026-11-24T10:15:30.123Z INFO main: a b reason="x y=1\\nERROR z" empty=""')
})

test('an error is written with its stack and its cause on the same line', () => {
  const lines: string[] = []
  logTo((line) => lines.push(formatLine(line, at))).error('broken', {
    cause: new Error('outer', { cause: new Error('inner') }),
  })
  expect(lines[0]).toMatch(/ERROR main: broken cause=\{"name":"Error","message":"outer","stack":.*"message":"inner"/)
  expect(lines[0]).not.toContain('\n')
})

test('a level passes itself and more severe ones', () => {
  expect((['debug', 'info', 'warn', 'error'] as const).map((level) => isAtLeast(level, 'warn'))).toEqual([
    false,
    false,
    true,
    true,
  ])
})

test('for a terminal an error is its messages, including those of its causes', () => {
  const lines: LogLine[] = []
  const log = logTo((line) => lines.push(line))
  log.warn('kafka is lost', { cause: new Error('no broker', { cause: new Error('refused') }), attempt: 2 })
  const [line] = lines
  expect(line && formatLine(withoutStacks(line), at)).toBe(
    '2026-11-24T10:15:30.123Z WARN main: kafka is lost cause="no broker: refused" attempt=2',
  )
})
