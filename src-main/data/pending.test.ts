import { afterEach, expect, test } from 'vitest'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { pendingSentence } from '#shared/alert/pending-text.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
const second = 1000
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

const slow: RuleDraft = {
  scope: { kind: 'all' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 85,
  critical: 95,
  clear: 75,
  forSeconds: 120,
  enabled: true,
}

/** A live engine with the rule `slow`. `send` publishes one value a call, `seconds` after the start. */
function aLiveEngine() {
  const fixture = new TestEngine({ now: t0 - 3600 * second })
  fixtures.push(fixture)
  fixture.call('rules.save', { draft: slow })
  let offset = 0
  const connect = (): void => fixture.connect([{ topic, end: offset }])
  fixture.now = t0
  connect()
  const send = (seconds: number, value: number, eventSeconds = seconds): void => {
    fixture.now = t0 + seconds * second
    const message = aMessage({ node: 'node-1', at: t0 + eventSeconds * second, metrics: { cpu_usage: value } })
    fixture.engine.handlers.batches(aBatch([message], fixture.now, { from: offset++ }))
    fixture.engine.tick()
  }
  const sentence = (): string =>
    pendingSentence(only(fixture.call('pending.list', {})), fixture.now).replaceAll('\u202f', ' ')
  return { fixture, send, sentence, connect }
}

test('a breach is listed as pending from its first record until it fires, with the newest value', () => {
  const { fixture, send, sentence } = aLiveEngine()
  send(0, 50)
  expect(fixture.call('pending.list', {})).toEqual([])
  send(10, 97)
  send(82, 97.9)
  expect(only(fixture.call('pending.list', {}))).toMatchObject({
    nodeId: 'node-1',
    metric: 'cpu_usage',
    severity: 'critical',
    threshold: 95,
    value: 97.9,
    since: t0 + 10 * second,
    firesAt: t0 + 130 * second,
  })
  expect(sentence()).toBe('over 95 % for 1 m 12 s, fires in 48 s')
  const id = only(fixture.call('pending.list', {})).alertId
  send(131, 98)
  expect(fixture.call('pending.list', {})).toEqual([])
  expect(only(fixture.call('alerts.list', { open: true }))).toMatchObject({ id, severity: 'critical' })
  expect(fixture.emittedOf('pending.changed').at(-1)).toEqual([])
})

test('a pending episode fires as a warning unless every value since its start is critical', () => {
  const { fixture, send, sentence } = aLiveEngine()
  send(0, 90)
  expect(sentence()).toBe('over 85 % for 0 s, fires in 2 m')
  send(30, 99)
  expect(only(fixture.call('pending.list', {}))).toMatchObject({ severity: 'warning', threshold: 85, value: 99 })
  send(120, 99)
  expect(only(fixture.call('alerts.list', { open: true }))).toMatchObject({ severity: 'warning', threshold: 85 })
})

test('a value that clears ends the pending episode', () => {
  const { fixture, send } = aLiveEngine()
  send(0, 97)
  send(10, 84)
  expect(fixture.call('pending.list', {})).toEqual([])
  expect(fixture.emittedOf('pending.changed').map((list) => list.length)).toEqual([0, 1, 0])
})

test('the list is published at most once a second, and only when it changed', () => {
  const { fixture, send } = aLiveEngine()
  send(0, 97)
  const count = fixture.emittedOf('pending.changed').length
  fixture.engine.tick()
  fixture.engine.tick()
  expect(fixture.emittedOf('pending.changed')).toHaveLength(count)
  send(1, 97.5)
  expect(fixture.emittedOf('pending.changed')).toHaveLength(count + 1)
})

test('after a restart the pending episode goes on, with its last value', () => {
  const { fixture, send, sentence } = aLiveEngine()
  send(0, 97)
  send(30, 96.5)
  fixture.restart()
  expect(fixture.emittedOf('pending.changed').at(-1)).toMatchObject([{ value: 96.5, since: t0 }])
  fixture.now = t0 + 300 * second
  expect(sentence()).toBe('over 95 % for 30 s, fires in 1 m 30 s')
})

test('a node with a slow clock counts by its own clock', () => {
  const { send, sentence } = aLiveEngine()
  send(0, 97, -600)
  send(60, 97, -540)
  expect(sentence()).toBe('over 95 % for 1 m, fires in 1 m')
})

test('once its time has passed without a sample, it fires with the next one', () => {
  const { fixture, send, sentence } = aLiveEngine()
  send(0, 97)
  fixture.now = t0 + 125 * second
  expect(sentence()).toBe('over 95 % for 2 m 5 s, fires with the next sample')
})

test('an episode whose threshold is gone is not pending, although no further record came', () => {
  const { fixture, send } = aLiveEngine()
  send(0, 97)
  const rule = only(fixture.call('rules.list', {}))
  fixture.call('rules.remove', { id: rule.id, version: rule.version })
  fixture.now += 5 * second
  fixture.engine.tick()
  expect(fixture.call('pending.list', {})).toEqual([])
})

test('a batch that cannot be stored leaves the list as it was', () => {
  const { fixture, send } = aLiveEngine()
  send(0, 97)
  const before = fixture.call('pending.list', {})
  fixture.store.close()
  const clears = aMessage({ node: 'node-1', at: t0 + second, metrics: { cpu_usage: 20 } })
  expect(() => fixture.engine.handlers.batches(aBatch([clears], t0 + second, { from: 1 }))).toThrow()
  expect(fixture.call('pending.list', {})).toEqual(before)
  fixture.reopen()
})
