import { expect, test } from 'vitest'
import type { LogLine } from './thread-log.ts'
import { logTo } from './thread-log.ts'

test('logs only plain data, so that every line can be sent to another thread', () => {
  const lines: LogLine[] = []
  const ring: { self?: unknown } = {}
  ring.self = ring
  const log = logTo((line) => lines.push(line), { part: 'a' }).child({ part: 'b' })
  log.warn('odd', { list: [1, new Error('e')], fn: () => 1, ring, missing: undefined })
  expect(() => structuredClone(lines)).not.toThrow()
  expect(lines[0]).toMatchObject({ level: 'warn', fields: { part: 'b', list: [1, { message: 'e' }], fn: '() => 1' } })
})
