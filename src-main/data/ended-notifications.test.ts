import { afterEach, describe, expect, test } from 'vitest'
import { anId } from '#shared/rule/rule-builders.ts'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { idOf, popup, queuedIn, second, sentBy, settle, t0, valuesOf } from './notified-values.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

const fixtures: TestEngine[] = []
/** Fires and clears immediately. */
const draft: RuleDraft = {
  scope: { kind: 'all' },
  metric: 'cpu_usage',
  condition: 'greater',
  warning: 85,
  critical: 95,
  clear: 75,
  forSeconds: 0,
  enabled: true,
}

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

/** A console with the rule; `send` is the next value of node-1, a second after the one before. */
function aConsole(own: RuleDraft = draft) {
  const fixture = new TestEngine({ now: t0 - 3600 * second })
  fixtures.push(fixture)
  fixture.call('rules.save', { draft: own })
  return { fixture, ...valuesOf(fixture) }
}

describe('the end of an alert', () => {
  test('whose popup was shown is queued with it, and is not lost by a restart before its own popup', () => {
    const { fixture, send } = aConsole()
    send(50, 97)
    const id = idOf(fixture)
    settle(fixture, 'opened', popup)
    send(60)
    expect(sentBy(fixture)).toEqual(['opened, firing', 'resolved again, resolved'])
    fixture.restart()
    expect(fixture.emittedOf('notifications.queued').at(-1)).toMatchObject([
      { alert: { id, resolvedValue: 60 }, transition: 'resolved', wasShown: true },
    ])
    settle(fixture, 'resolved', { id, shown: true, as: 'resolved' })
    fixture.restart()
    expect(queuedIn(fixture)).toEqual([])
    const shown = fixture.call('alerts.timeline', { id }).filter(({ kind }) => kind === 'notified')
    expect(shown.map(({ as }) => as)).toEqual(['popup', 'resolved'])
  })

  test('says its worst value, also if it was lowered before, and after a restart', () => {
    const { fixture, send } = aConsole()
    send(50, 97, 80)
    settle(fixture, 'opened', popup)
    fixture.restart()
    send(60)
    expect(fixture.emittedOf('notifications.queued').at(-1)).toMatchObject([
      { alert: { severity: 'warning', value: 80, worstValue: 97, resolvedValue: 60 }, transition: 'resolved' },
    ])
  })

  test('is queued once, though Kafka delivers its record again', () => {
    const { fixture, send } = aConsole()
    send(50, 97)
    const id = idOf(fixture)
    settle(fixture, 'opened', popup)
    const batch = send(60)
    settle(fixture, 'resolved', { id, shown: true, as: 'resolved' })
    fixture.engine.handlers.batches(batch)
    fixture.restart()
    fixture.engine.handlers.batches(batch)
    expect(queuedIn(fixture)).toEqual([])
    expect(sentBy(fixture)).toEqual(['opened, firing', 'resolved again, resolved'])
  })

  test('says that nothing was shown while its opening still waits: the popup may be on its way', () => {
    const { fixture, send } = aConsole()
    send(50, 97)
    const id = idOf(fixture)
    send(60)
    expect(queuedIn(fixture).sort()).toEqual(['opened', 'resolved'])
    settle(fixture, 'opened', { id, ...popup })
    fixture.restart()
    expect(queuedIn(fixture)).toEqual(['resolved again'])
  })

  test('is not queued if its opening was dropped: nobody was shown that it fired', () => {
    const { fixture, send } = aConsole()
    send(50, 97)
    settle(fixture, 'opened', { shown: false })
    send(60)
    fixture.restart()
    expect(queuedIn(fixture)).toEqual([])
  })

  test('of an acknowledged alert is queued', () => {
    const { fixture, send } = aConsole()
    send(50, 97)
    const id = idOf(fixture)
    settle(fixture, 'opened', popup)
    fixture.call('alerts.acknowledge', { id, acknowledgement: { by: 'kim', at: fixture.now, comment: '' } })
    send(60)
    expect(queuedIn(fixture)).toEqual(['resolved again'])
  })

  test('is not queued if its rule ended it, or a person forgot the node: the value did not recover', () => {
    const edited = aConsole()
    edited.send(50, 97)
    settle(edited.fixture, 'opened', popup)
    const { id, version } = only(edited.fixture.call('rules.list', {}))
    edited.fixture.call('rules.save', { id, version, draft: { ...draft, enabled: false } })
    edited.skipTo(10)
    edited.send(97)
    expect(only(edited.fixture.call('alerts.list', { open: false })).resolveReason).toBe('rule-changed')
    expect(queuedIn(edited.fixture)).toEqual([])

    const forgotten = aConsole()
    forgotten.send(50, 97)
    settle(forgotten.fixture, 'opened', popup)
    forgotten.fixture.call('nodes.forget', { nodeId: 'node-1', by: 'kim', at: forgotten.fixture.now })
    expect(only(forgotten.fixture.call('alerts.list', { open: false })).resolveReason).toBe('node-forgotten')
    expect(queuedIn(forgotten.fixture)).toEqual([])
  })

  test('of a node that was offline is queued when its data returns', () => {
    const { fixture } = aConsole({
      kind: 'offline',
      scope: { kind: 'all' },
      seconds: 30,
      severity: 'critical',
      enabled: true,
    })
    const offsets = new Map<string, number>()
    const report = (node: string, at: number): void => {
      fixture.now = t0 + at * second
      const [topic, from] = [`metrics-${node}`, offsets.get(node) ?? 0]
      offsets.set(node, from + 1)
      const message = aMessage({ node, at: fixture.now, metrics: { cpu_usage: 50 } })
      fixture.engine.handlers.batches(aBatch([message], fixture.now, { topic, from }))
      fixture.connect([...offsets].map(([name, end]) => ({ topic: `metrics-${name}`, end })))
      fixture.engine.tick()
    }
    for (let at = 0; at <= 100; at += 5) {
      if (at < 30) report('node-1', at)
      report('other', at)
    }
    settle(fixture, 'opened', popup)
    report('node-1', 105)
    expect(only(fixture.call('alerts.list', { open: false })).resolveReason).toBe('data-returned')
    expect(queuedIn(fixture)).toEqual(['resolved again'])
  })

  test('goes with the alert after the retention', () => {
    const { fixture, send } = aConsole()
    send(50, 97)
    settle(fixture, 'opened', popup)
    send(60)
    fixture.store.dropBefore(t0 + 3600 * second)
    expect(queuedIn(fixture)).toEqual([])
  })
})

describe('a flapping alert', () => {
  /** Flaps after the fifth change, and is steady after ten minutes. */
  function aFlappingConsole() {
    const console = aConsole({ ...draft, findsFlapping: true })
    console.send(50, 90)
    settle(console.fixture, 'opened', { shown: false })
    console.send(97, 80, 97, 60)
    return console
  }
  const steady = Array.from({ length: 640 }, () => 90)

  test('that is steady again and fires on is queued as settled', () => {
    const { fixture, send } = aFlappingConsole()
    settle(fixture, 'escalated', { shown: false })
    expect(queuedIn(fixture)).toEqual(['flapping'])
    settle(fixture, 'flapping', popup)
    send(...steady)
    expect(fixture.call('alerts.list', { open: true })).toMatchObject([{ severity: 'warning' }])
    expect(queuedIn(fixture)).toEqual(['settled again'])
    settle(fixture, 'settled', popup)
    send(97, 80, 97, 80, 97)
    settle(fixture, 'escalated', popup)
    settle(fixture, 'flapping', popup)
    send(...steady)
    fixture.restart()
    expect(queuedIn(fixture)).toEqual(['settled again'])
  })

  test('is not queued as settled if nobody was shown that it was flapping', () => {
    const { fixture, send } = aFlappingConsole()
    for (const transition of ['escalated', 'flapping'] as const) settle(fixture, transition, { shown: false })
    send(...steady)
    expect(queuedIn(fixture)).toEqual([])
  })
})

test('an escalation that comes again is queued again', () => {
  const { fixture, send } = aConsole()
  send(50, 90, 97)
  settle(fixture, 'opened', { shown: false })
  settle(fixture, 'escalated', popup)
  send(80)
  expect(queuedIn(fixture)).toEqual([])
  send(97)
  fixture.restart()
  expect(queuedIn(fixture)).toEqual(['escalated again'])
})

test('a start names the newest notification of each firing alert, reminders too, and none of what ended', () => {
  const { fixture, send } = aConsole()
  send(50, 97)
  const id = idOf(fixture)
  expect(fixture.emittedOf('notifications.shown')).toEqual([])
  settle(fixture, 'opened', { shown: true, as: 'summary' })
  fixture.restart()
  expect(fixture.emittedOf('notifications.shown').at(-1)).toEqual([{ alertId: id, at: t0 + second, as: 'summary' }])
  fixture.now = t0 + 900 * second
  fixture.call('notifications.reminded', { alertIds: [id, anId(9)] })
  fixture.restart()
  expect(fixture.emittedOf('notifications.shown').at(-1)).toEqual([{ alertId: id, at: fixture.now, as: 'reminder' }])
  expect(fixture.call('alerts.timeline', { id }).at(-1)).toEqual({
    alertId: id,
    kind: 'notified',
    at: fixture.now,
    as: 'reminder',
  })
  expect(queuedIn(fixture)).toEqual([])
  send(60)
  const starts = fixture.emittedOf('notifications.shown').length
  fixture.restart()
  expect(fixture.emittedOf('notifications.shown')).toHaveLength(starts)
})
