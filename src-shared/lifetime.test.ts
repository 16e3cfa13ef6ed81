import { expect, test } from 'vitest'
import { Lifetime } from './lifetime.ts'
import type { Log } from './log.ts'

test('stops its services in reverse order, once, even if one of them fails', async () => {
  const said: unknown[] = []
  const say = (message: string, fields?: object) => void said.push({ message, ...fields })
  const log: Log = { debug: say, info: say, warn: say, error: say, child: () => log }
  const ended: string[] = []
  const life = new Lifetime(log)
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
  expect(said).toMatchObject([{ message: 'stop failed', service: 'third', cause: new Error('stuck') }])
})
