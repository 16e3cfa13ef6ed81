import { expect, test } from 'vitest'
import { logLine, type LogEntry } from './log-line.ts'

const entry: LogEntry = {
  time: '2026-11-24T10:15:30.123Z',
  level: 'warn',
  part: 'kafka',
  message: 'broker unreachable',
  fields: { host: 'a:9092', attempt: 3, absent: undefined },
}

test('text has time, level, part, message and fields', () => {
  expect(logLine('text', entry)).toBe('2026-11-24T10:15:30.123Z WARN kafka: broker unreachable host=a:9092 attempt=3')
})

test('JSON has the same as one object', () => {
  expect(logLine('json', entry)).toBe(
    '{"time":"2026-11-24T10:15:30.123Z","level":"warn","part":"kafka","msg":"broker unreachable","host":"a:9092","attempt":3}',
  )
})

test('no text makes a second line, and no field replaces the time or the level', () => {
  const message = 'a\nb'
  const fields = { reason: 'x\r\ny\u2028z', level: 'forged', time: 0, msg: 'forged', part: 'forged' }
  const line = logLine('json', { ...entry, message, fields })
  expect(line).not.toMatch(/[\r\n]/)
  expect(JSON.parse(line)).toEqual({
    time: entry.time,
    level: 'warn',
    part: 'kafka',
    msg: message,
    reason: fields.reason,
    level_: 'forged',
    time_: 0,
    msg_: 'forged',
    part_: 'forged',
  })
})

test('an error is an object with its stack and its causes', () => {
  const cause = new Error('outer', { cause: new TypeError('inner') })
  expect(JSON.parse(logLine('json', { ...entry, fields: { cause } }))).toMatchObject({
    cause: { name: 'Error', message: 'outer', stack: cause.stack, cause: { name: 'TypeError', message: 'inner' } },
  })
})

test('a value that JSON cannot write does not throw, and the event stays readable', () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  for (const format of ['text', 'json'] as const) {
    for (const value of [12n, () => 1, Symbol('s'), NaN, circle]) {
      expect(logLine(format, { ...entry, fields: { value } })).toContain('broker unreachable')
    }
  }
})
