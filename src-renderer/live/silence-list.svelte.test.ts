import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aMatcher, aSilence } from '#shared/silence/silence-builders.ts'
import { failureReply, FakeBridge, okReply } from '../bridge/fake-bridge.ts'
import { TestClock } from './test-clock.svelte.ts'
import { SilenceList } from './silence-list.svelte.ts'

const once = (id: number, startsAt: number, endsAt: number, node = 'node-1') =>
  aSilence({ id: anId(id), matchers: [aMatcher('node', '=', node)], schedule: { kind: 'once', startsAt, endsAt } })

function aList(alerts: readonly Alert[], bridge = new FakeBridge()) {
  const clock = new TestClock(5000)
  const list = new SilenceList({ bridge: bridge.api, clock, alerts: () => alerts })
  return { list, bridge, at: (next: number) => (clock.at = next) }
}

const firing = anAlert({ id: anId(1) })
const other = anAlert({ id: anId(2), nodeId: 'node-2' })
const ended = anAlert({ id: anId(3), phase: 'resolved', resolvedAt: 9, resolveReason: 'cleared' })

test('only firing alerts that a silence matches now are silenced', () => {
  const { list } = aList([firing, other, ended])
  list.items = [once(10, 0, 10_000)]
  expect(list.alerts).toEqual([firing])
  expect([list.isSilenced(firing), list.isSilenced(other), list.isSilenced(ended)]).toEqual([true, false, false])
  expect([list.of(firing.id)?.id, list.ends.get(anId(10)), list.counts.get(anId(10))]).toEqual([anId(10), 10_000, 1])
})

test('of several silences, the one that ends last is shown', () => {
  const { list } = aList([firing])
  list.items = [once(10, 0, 10_000), once(11, 0, 20_000), once(12, 6000, 90_000)]
  expect(list.of(firing.id)?.id).toBe(anId(11))
  expect(list.active.map(({ id }) => id)).toEqual([anId(10), anId(11)])
})

test('a silence begins and ends with the clock, also with one that was set back', () => {
  const { list, at } = aList([firing])
  list.items = [once(10, 6000, 10_000)]
  expect(list.alerts).toEqual([])
  at(6000)
  expect(list.alerts).toEqual([firing])
  at(10_000)
  expect(list.alerts).toEqual([])
  at(9000)
  expect(list.alerts).toEqual([firing])
})

test('reads the list once, then replaces it with each push', async () => {
  const bridge = new FakeBridge({ 'silences.list': () => okReply([once(10, 0, 10_000)]) })
  const { list } = aList([firing], bridge)
  const stop = list.follow()
  await Promise.resolve().then(() => undefined)
  await Promise.resolve()
  expect(list.loaded).toBe(true)
  expect(list.alerts).toEqual([firing])
  bridge.push('silences.changed', [])
  expect([list.items, list.alerts]).toEqual([[], []])
  stop()
  bridge.push('silences.changed', [once(10, 0, 10_000)])
  expect(list.items).toEqual([])
})

test('a push before the reply is not replaced by it', async () => {
  const bridge = new FakeBridge({ 'silences.list': () => okReply([]) })
  const { list } = aList([firing], bridge)
  const stop = list.follow()
  bridge.push('silences.changed', [once(10, 0, 10_000)])
  await Promise.resolve().then(() => undefined)
  expect(list.items).toHaveLength(1)
  stop()
})

test('says why there is no list', async () => {
  const { list } = aList([], new FakeBridge({ 'silences.list': () => failureReply('failed', 'The cache is locked.') }))
  const stop = list.follow()
  await Promise.resolve().then(() => undefined)
  expect([list.loaded, list.problem?.message]).toEqual([false, 'The cache is locked.'])
  stop()
})

test('an older version never replaces a newer one', () => {
  const { list } = aList([])
  list.take({ ...once(10, 0, 10_000), version: 3 })
  list.take({ ...once(10, 0, 99_000), version: 2 })
  expect(list.items).toEqual([{ ...once(10, 0, 10_000), version: 3 }])
})
