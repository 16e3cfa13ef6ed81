import { afterEach, describe, expect, test } from 'vitest'
import { heldText } from '#shared/alert/held.ts'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
const second = 1000
const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

const rule: RuleDraft = {
  scope: { kind: 'all' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 85,
  critical: 95,
  clear: 75,
  forSeconds: 0,
  holdSeconds: 60,
  enabled: true,
}

/** A live engine with the rule. `send` publishes one value a call, `seconds` after the start. */
function aLiveEngine() {
  const fixture = new TestEngine({ now: t0 - 3600 * second })
  fixtures.push(fixture)
  fixture.call('rules.save', { draft: rule })
  let offset = 0
  fixture.now = t0
  fixture.connect([{ topic, end: 0 }])
  const send = (seconds: number, value: number): void => {
    fixture.now = t0 + seconds * second
    const message = aMessage({ node: 'node-1', at: fixture.now, metrics: { cpu_usage: value } })
    fixture.engine.handlers.batches(aBatch([message], fixture.now, { from: offset++ }))
    fixture.engine.tick()
  }
  const text = (): string => heldText(only(fixture.call('held.list', {})), fixture.now).replaceAll('\u202f', ' ')
  const open = () => fixture.call('alerts.list', { open: true })
  return { fixture, send, text, open }
}

describe('a held alert', () => {
  test('is open and says when it resolves, then resolves with the value then', () => {
    const { fixture, send, text, open } = aLiveEngine()
    send(0, 97)
    expect(fixture.call('held.list', {})).toEqual([])
    send(10, 70)
    expect(text()).toBe('clear, resolves in 1 m')
    send(25, 71)
    expect(text()).toBe('clear, resolves in 45 s')
    fixture.now += 5 * second
    expect(text()).toBe('clear, resolves in 40 s')
    const [alert] = open()
    for (const at of [40, 55]) send(at, 70)
    send(70, 68)
    expect(open()).toEqual([])
    expect(fixture.store.alerts.get(alert?.id ?? '')).toMatchObject({
      phase: 'resolved',
      resolvedAt: t0 + 70 * second,
      resolvedValue: 68,
      clearSince: t0 + 10 * second,
    })
    expect(fixture.call('alerts.timeline', { id: alert?.id ?? '' }).at(-1)).toMatchObject({
      kind: 'resolved',
      value: 68,
      clearSince: t0 + 10 * second,
    })
    expect(fixture.emittedOf('held.changed').at(-1)).toEqual([])
  })

  test('that breaches again goes on: same id, acknowledged, and no second notification', () => {
    const { fixture, send, open } = aLiveEngine()
    send(0, 97)
    const { id } = only(open())
    fixture.call('alerts.acknowledge', { id, acknowledgement: { by: 'anna', at: fixture.now, comment: '' } })
    for (const [at, value] of [
      [10, 70],
      [25, 97],
      [40, 97],
      [55, 70],
      [70, 70],
    ] as const)
      send(at, value)
    expect(only(open())).toMatchObject({ id, severity: 'critical', acknowledgement: { by: 'anna' } })
    expect(
      fixture
        .emittedOf('notifications.queued')
        .flat()
        .map(({ transition }) => transition),
    ).toEqual(['opened'])
  })

  test('is not listed while its node is offline: nobody knows whether the value is still clear', () => {
    const { fixture, send } = aLiveEngine()
    fixture.call('rules.save', {
      draft: { kind: 'offline', scope: { kind: 'all' }, seconds: 30, severity: 'critical', enabled: true },
    })
    send(0, 97)
    send(10, 70)
    send(25, 70)
    for (let at = 30, end = 1; at <= 120; at += 5, end++) {
      fixture.now = t0 + at * second
      const other = { topic: 'metrics-node-2', partition: 0, start: 0, end }
      const life = aMessage({ node: 'node-2', at: fixture.now, metrics: { temp: 1 } })
      fixture.engine.handlers.batches(aBatch([life], fixture.now, { topic: other.topic, from: end - 1 }))
      fixture.engine.handlers.logRanges([{ topic, partition: 0, start: 0, end: 3 }, other])
      fixture.engine.tick()
    }
    expect(
      fixture
        .call('alerts.list', { open: true })
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['offline', 'value'])
    expect(fixture.call('held.list', {})).toEqual([])
  })
})

test('a restart after any record of pending, firing, hold and re-fire changes nothing', () => {
  const steps = [97, 70, 70, 80, 70, 70, 70, 70, 70, 50, 97, 70, 70, 70, 70, 70, 70, 70, 70].map(
    (value, i) => [i * 15, value] as const,
  )
  const alertsOf = (restartAfter: number) => {
    const { fixture, send } = aLiveEngine()
    steps.forEach(([at, value], i) => {
      send(at, value)
      if (i === restartAfter) fixture.restart()
    })
    const resolved = fixture.call('alerts.list', { open: false })
    return resolved.map(({ openedAt, resolvedAt = 0, clearSince = 0, refires = 0 }) => {
      return [openedAt, clearSince, resolvedAt].map((at) => (at - t0) / second).concat(refires)
    })
  }
  const expected = [
    [0, 60, 120, 0],
    [150, 165, 255, 1],
  ]
  for (let i = -1; i < steps.length; i++)
    expect(
      alertsOf(i).toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0)),
      `after ${i}`,
    ).toEqual(expected)
})
