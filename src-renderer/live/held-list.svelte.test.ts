import { expect, test } from 'vitest'
import type { HeldAlert } from '#shared/alert/held.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { FakeBridge, okReply } from '../bridge/fake-bridge.ts'
import { HeldList } from './held-list.svelte.ts'

const held = (n: number): HeldAlert => ({ alertId: anId(n), next: 'resolved', since: 1, endsAt: 2, at: 1 })

test('takes the list at the start, and each later one as a whole', async () => {
  const bridge = new FakeBridge({ 'held.list': () => okReply([held(1)]) })
  const list = new HeldList(bridge.api)
  const stop = list.follow()
  await expect.poll(() => list.of(anId(1))).toEqual(held(1))
  bridge.push('held.changed', [held(2)])
  expect([list.of(anId(1)), list.of(anId(2))]).toEqual([undefined, held(2)])
  stop()
  bridge.push('held.changed', [])
  expect(list.of(anId(2))).toEqual(held(2))
})

test('a list that comes after a change does not replace it', async () => {
  let answer: () => void = () => undefined
  const asked = new Promise<void>((resolve) => (answer = resolve))
  const bridge = new FakeBridge({ 'held.list': () => asked.then(() => okReply([held(1)])) })
  const list = new HeldList(bridge.api)
  list.follow()
  bridge.push('held.changed', [held(2)])
  answer()
  await asked
  await Promise.resolve()
  expect([list.of(anId(1)), list.of(anId(2))]).toEqual([undefined, held(2)])
})
