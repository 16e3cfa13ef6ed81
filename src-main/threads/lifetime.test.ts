import { expect, it } from 'vitest'
import { Lifetime } from './lifetime.ts'
import type { LogLine } from './log.ts'
import { logTo } from './log.ts'

it('gives back what it owns in reverse order, once, even when one of them fails', async () => {
  const lines: LogLine[] = []
  const ended: string[] = []
  const life = new Lifetime(logTo((line) => lines.push(line)))
  expect(life.own('first', 1, (one) => void ended.push(`first ${one}`))).toBe(1)
  life.own('second', 2, async () => {
    await Promise.resolve()
    ended.push('second')
  })
  life.own('third', 3, () => {
    throw new Error('stuck')
  })
  await life.end()
  await life.end()
  expect(ended).toEqual(['second', 'first 1'])
  expect(lines).toMatchObject([
    { level: 'error', message: 'stop failed', fields: { service: 'third', cause: { message: 'stuck' } } },
  ])
})

it('logs only plain data, so that a line can always cross to another thread', () => {
  const lines: LogLine[] = []
  const ring: { self?: unknown } = {}
  ring.self = ring
  const log = logTo((line) => lines.push(line), { part: 'a' }).child({ part: 'b' })
  log.warn('odd', { list: [1, new Error('e')], fn: () => 1, ring, missing: undefined })
  expect(() => structuredClone(lines)).not.toThrow()
  expect(lines[0]).toMatchObject({ level: 'warn', fields: { part: 'b', list: [1, { message: 'e' }], fn: '() => 1' } })
})
