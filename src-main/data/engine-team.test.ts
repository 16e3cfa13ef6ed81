import { afterEach, expect, test } from 'vitest'
import { isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { isWithdrawn } from '#shared/team/merge-alert.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { stockRules } from '#shared/rule/stock-rules.ts'
import { aBatch, aMessage, TestEngine, only } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
const fixtures: TestEngine[] = []
/** Fires immediately. */
const rule = aRule({ forSeconds: 0 })

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function anEngineWithBackend(options: { stockRules?: boolean } = {}) {
  const fixture = new TestEngine({ now: t0, hasBackend: true, ...options })
  fixtures.push(fixture)
  return { fixture, backend: new TestBackend(fixture) }
}

const cpu = (value: number, at: number) => aMessage({ node: 'node-1', at, metrics: { cpu_usage: value } })

/** Values a second apart, from this offset and second on. */
function read(fixture: TestEngine, from: number, ...values: number[]): void {
  const records = values.map((value, i) => cpu(value, t0 + (from + i) * 1000))
  fixture.engine.handlers.batches(aBatch(records, t0 + 3_600_000, { from }))
}

const openIn = (fixture: TestEngine): NodeAlert[] => fixture.call('alerts.list', { open: true }).filter(isNodeAlert)
const ackOf = (by: string, second: number) => ({ by, at: t0 + second * 1000, comment: 'on it' })

/** An engine with an alert that it opened itself. */
function aFiringEngine() {
  const { fixture, backend } = anEngineWithBackend()
  backend.publishRule(rule)
  read(fixture, 0, 50, 97)
  return { fixture, backend, alert: only(openIn(fixture)) }
}

test('team rules replace those of the console and cannot be changed here', () => {
  const { fixture, backend } = anEngineWithBackend({ stockRules: true })
  const stock = fixture.call('rules.list', {})
  expect(stock).toHaveLength(3)
  backend.publishRule(rule)
  expect(fixture.call('rules.list', {})).toEqual([rule])
  expect(fixture.emittedOf('rules.changed')).toEqual([[...stock.map((gone) => ({ ...gone, deleted: true })), rule]])
  fixture.restart()
  expect(fixture.call('rules.list', {})).toEqual([rule])
  const removed = { ...rule, version: 2, deleted: true, effectiveFrom: t0 }
  backend.publishRule(removed, [rule])
  expect(fixture.call('rules.list', {})).toEqual([])
  expect(fixture.emittedOf('rules.changed').at(-1)).toEqual([removed])
  expect(() => fixture.call('rules.save', { draft: rule })).toThrow('The backend manages thresholds')
  expect(() => fixture.call('rules.remove', { id: rule.id, version: 2 })).toThrow('The backend manages thresholds')
})

test("applying the backend's stock rules keeps their open alerts", () => {
  const { fixture, backend } = anEngineWithBackend({ stockRules: true })
  read(fixture, 0, ...Array.from({ length: 125 }, () => 97))
  const { id } = only(openIn(fixture))
  for (const stock of stockRules(0)) backend.publishRule(stock)
  read(fixture, 125, 97)
  fixture.restart()
  read(fixture, 126, 97)
  expect(openIn(fixture)).toMatchObject([{ id, phase: 'firing', provisional: false }])
})

test('an invalid backend record is rejected and listed, and reading continues', () => {
  const { fixture, backend } = anEngineWithBackend()
  const stray = { rule: aRule({ version: 2 }), earlier: [aRule({ id: anId(7) })] }
  backend.publish('rules', rule.id, 'not json')
  backend.publish('rules', rule.id, { rule: { id: 1 } })
  backend.publish('rules', rule.id, stray)
  backend.publish('rules', rule.id, null)
  backend.publish('alerts', 'no id', null)
  backend.publishRule(rule)
  expect(
    fixture.call('rejectedRecords.list', { limit: 10 }).map(({ topic: of, offset, code }) => [of, offset, code]),
  ).toEqual([
    ['remo-alerts', 0, 'tombstone'],
    ['remo-rules', 3, 'tombstone'],
    ['remo-rules', 2, 'wrong-shape'],
    ['remo-rules', 1, 'wrong-shape'],
    ['remo-rules', 0, 'not-json'],
  ])
  expect(fixture.call('rules.list', {})).toEqual([rule])
  expect(fixture.call('health.report', {})).toMatchObject({ rejected: 5, messagesPerSecond: 0 })
})

test('backend topics do not count as metrics: without others the console is connected and empty', () => {
  const { fixture } = anEngineWithBackend()
  fixture.connect([{ topic: 'remo-rules', end: 0 }])
  expect(fixture.call('health.report', {})).toMatchObject({ health: { kind: 'empty' } })
})

test("another user's acknowledgement appears once in the timeline and cancels the notification", () => {
  const { fixture, backend, alert } = aFiringEngine()
  expect(fixture.store.alerts.queuedNotifications()).toHaveLength(1)
  const acknowledgement = ackOf('lee', 5)
  backend.publishAlert(alert)
  backend.publishAlert({ ...alert, acknowledgement })
  expect(fixture.emittedOf('alerts.changed').at(-1)).toEqual([{ ...alert, acknowledgement }])
  expect(fixture.store.alerts.queuedNotifications()).toEqual([])
  const before = [fixture.emitted.length, fixture.call('alerts.timeline', { id: alert.id }), openIn(fixture)]
  backend.publishAgain('alerts')
  expect([fixture.emitted.length, fixture.call('alerts.timeline', { id: alert.id }), openIn(fixture)]).toEqual(before)
  const received = fixture.call('alerts.timeline', { id: alert.id }).filter(({ kind }) => kind === 'acknowledged')
  expect(received).toEqual([{ alertId: alert.id, kind: 'acknowledged', ...acknowledgement }])
})

test('the acknowledgement of a warning does not count for a critical alert of a live console', () => {
  const { fixture, backend, alert } = aFiringEngine()
  fixture.connect()
  fixture.engine.tick()
  backend.publishAlert({ ...alert, severity: 'warning', threshold: 85, acknowledgement: ackOf('lee', 5) })
  expect(openIn(fixture)).toEqual([alert])
})

test('an alert of the backend alone is added and notified once, but not if another user acknowledged it', () => {
  const { fixture, backend } = anEngineWithBackend()
  const fresh = anAlert({ id: anId(1), openedAt: t0, since: t0 })
  const taken = anAlert({ id: anId(2), openedAt: t0, since: t0, acknowledgement: ackOf('lee', 5) })
  const old = anAlert({ id: anId(3), openedAt: t0 - 25 * 3_600_000, since: t0 - 25 * 3_600_000 })
  for (const alert of [fresh, taken, old, fresh]) backend.publishAlert(alert)
  expect(openIn(fixture)).toEqual(expect.arrayContaining([fresh, taken, old]))
  expect(fixture.emittedOf('notifications.queued')).toEqual([[{ alert: fresh, transition: 'opened', wasShown: false }]])
  const ended = { ...fresh, phase: 'resolved', resolvedAt: t0 + 9000, resolveReason: 'cleared' } as const
  backend.publishAlert(ended)
  expect(fixture.call('alerts.list', { open: false })).toEqual([ended])
  expect(fixture.call('alerts.timeline', { id: fresh.id }).map(({ kind }) => kind)).toEqual(['opened', 'resolved'])
  backend.publish('alerts', fresh.id, null)
  expect(fixture.call('alerts.list', { open: false })).toEqual([])
  expect(fixture.emittedOf('alerts.changed').at(-1)?.map(isWithdrawn)).toEqual([true])
})

test('an alert that the backend resolved does not open again when its first records are read later', () => {
  const { fixture, alert } = aFiringEngine()
  const late = anEngineWithBackend()
  late.backend.publishRule(rule)
  const ended = { ...alert, phase: 'resolved', resolvedAt: t0 + 5000, resolveReason: 'cleared' } as const
  late.backend.publishAlert(ended)
  read(late.fixture, 0, 50, 97, 97)
  expect([openIn(late.fixture), late.fixture.call('alerts.list', { open: false })]).toEqual([[], [ended]])
  expect(late.fixture.emittedOf('notifications.queued')).toEqual([])
  expect(openIn(fixture)).toHaveLength(1)
})

test('a console that joined mid-episode opens a provisional alert, which the official one replaces', () => {
  const { fixture, backend } = anEngineWithBackend()
  backend.publishRule(rule)
  read(fixture, 500, 90, 97)
  const provisional = only(openIn(fixture))
  expect(provisional).toMatchObject({ provisional: true, severity: 'critical' })
  const acknowledgement = ackOf('kim', 502)
  fixture.call('alerts.acknowledge', { id: provisional.id, acknowledgement })
  fixture.restart()
  const official = { ...provisional, id: anId(1), provisional: false, since: t0, openedAt: t0, value: 96 }
  backend.publishAlert(official)
  const adopted = { ...provisional, id: anId(1), provisional: false, since: t0, openedAt: t0, acknowledgement }
  expect(openIn(fixture)).toEqual([adopted])
  expect(
    fixture
      .emittedOf('alerts.changed')
      .at(-1)
      ?.map(({ id, phase }) => [id, phase]),
  ).toEqual([
    [provisional.id, 'resolved'],
    [official.id, 'firing'],
  ])
  expect(fixture.call('actions.list', {})).toMatchObject([{ state: 'waiting', change: { alertId: official.id } }])
  read(fixture, 502, 60)
  expect(openIn(fixture)).toEqual([])
  expect(fixture.call('alerts.list', { open: false })).toMatchObject([{ id: official.id, resolveReason: 'cleared' }])
})

test('a console that joined mid-episode continues the official episode if it was published', () => {
  const { fixture, backend } = anEngineWithBackend()
  backend.publishRule(rule)
  const official = anAlert({ ruleId: rule.id, since: t0, openedAt: t0, forSeconds: 0, severity: 'warning' })
  backend.publishAlert(official)
  read(fixture, 500, 80)
  read(fixture, 501, 90)
  expect(openIn(fixture)).toEqual([official])
  read(fixture, 502, 60)
  expect(fixture.call('alerts.list', { open: false })).toMatchObject([{ id: official.id, resolvedAt: t0 + 502_000 }])
})

test('a series that was read in order opens its own alerts, also if the log no longer has its first records', () => {
  const { fixture, backend } = anEngineWithBackend()
  backend.publishRule(rule)
  read(fixture, 500, 50, 97)
  expect(openIn(fixture)).toMatchObject([{ provisional: false }])
})

test('after a gap the start of an episode is unknown', () => {
  const { fixture, backend } = anEngineWithBackend()
  backend.publishRule(rule)
  read(fixture, 0, 50)
  const gap = { topic, partition: 0, from: 1, to: 9, reason: 'gone', at: t0 }
  const resumeFrom = { topic, partition: 0, next: 9, last: null }
  fixture.engine.handlers.gap(gap, resumeFrom, { ...resumeFrom, next: 1 })
  fixture.restart()
  read(fixture, 9, 97)
  expect(openIn(fixture)).toMatchObject([{ provisional: true }])
})

test('a rule version that arrives late withdraws alerts of the version it replaced', () => {
  const { fixture, backend } = anEngineWithBackend()
  backend.publishRule(rule)
  read(fixture, 0, 50, 50, 90)
  expect(openIn(fixture)).toHaveLength(1)
  backend.publishRule({ ...rule, version: 2, warning: 95, effectiveFrom: t0 + 2000 }, [rule])
  expect([openIn(fixture), fixture.call('alerts.list', { open: false })]).toEqual([[], []])
  read(fixture, 3, 90, 96)
  expect(openIn(fixture)).toMatchObject([{ ruleVersion: 2 }])
})

test('an offline acknowledgement stays queued, also after a restart, until the backend confirms it', () => {
  const { fixture, backend, alert } = aFiringEngine()
  const acknowledgement = ackOf('kim', 5)
  fixture.call('alerts.acknowledge', { id: alert.id, acknowledgement })
  fixture.restart()
  const action = only(fixture.call('actions.list', {}))
  expect(action).toEqual({
    id: action.id,
    at: acknowledgement.at,
    user: 'kim',
    state: 'waiting',
    change: { kind: 'acknowledge', alertId: alert.id, acknowledgement },
  })
  expect(fixture.emittedOf('actions.changed')).toEqual([[action]])
  backend.publishAlert(alert)
  fixture.call('actions.settle', { id: action.id, outcome: { state: 'done' } })
  backend.publishAlert(alert)
  expect([openIn(fixture), fixture.call('actions.list', {})]).toEqual([[{ ...alert, acknowledgement }], []])
  backend.publishAlert({ ...alert, acknowledgement })
  backend.publishAlert(alert)
  expect(openIn(fixture)).toEqual([alert])
})

test("the backend's first acknowledgement is in effect, and the other one stays listed", () => {
  const { fixture, backend, alert } = aFiringEngine()
  fixture.call('alerts.acknowledge', { id: alert.id, acknowledgement: ackOf('kim', 5) })
  const { id } = only(fixture.call('actions.list', {}))
  fixture.call('actions.settle', { id, outcome: { state: 'conflict', problem: 'lee was first.' } })
  const theirs = ackOf('lee', 4)
  backend.publishAlert({ ...alert, acknowledgement: theirs })
  expect(openIn(fixture)).toEqual([{ ...alert, acknowledgement: theirs }])
  expect(fixture.call('actions.list', {})).toMatchObject([{ id, state: 'conflict', problem: 'lee was first.' }])
  fixture.call('actions.dismiss', { id })
  expect(fixture.call('actions.list', {})).toEqual([])
})

test('an acknowledgement that the backend refuses is removed', () => {
  const { fixture, alert } = aFiringEngine()
  fixture.call('alerts.acknowledge', { id: alert.id, acknowledgement: ackOf('kim', 5) })
  const { id } = only(fixture.call('actions.list', {}))
  expect(() => fixture.call('actions.dismiss', { id })).toThrow('already sending this change')
  fixture.call('actions.settle', { id, outcome: { state: 'refused', problem: 'You may only look.' } })
  expect(openIn(fixture)).toEqual([alert])
  expect(fixture.emittedOf('alerts.changed').at(-1)).toEqual([alert])
})

test('an acknowledgement that is taken back offline stays so while its own record still arrives', () => {
  const { fixture, backend, alert } = aFiringEngine()
  const acknowledgement = ackOf('kim', 5)
  fixture.call('alerts.acknowledge', { id: alert.id, acknowledgement })
  fixture.call('alerts.unacknowledge', { id: alert.id, given: acknowledgement, user: 'kim', at: t0 + 6000 })
  expect([openIn(fixture), fixture.emittedOf('alerts.changed').at(-1)]).toEqual([[alert], [alert]])
  fixture.restart()
  const [given, taken] = fixture.call('actions.list', {})
  expect([given, taken]).toMatchObject([
    { user: 'kim', at: t0 + 5000, change: { kind: 'acknowledge' } },
    { user: 'kim', at: t0 + 6000, change: { kind: 'unacknowledge', acknowledgement } },
  ])
  fixture.call('actions.settle', { id: given?.id ?? '', outcome: { state: 'done', alertVersion: 2 } })
  backend.publishAlert(alert)
  backend.publishAlert({ ...alert, acknowledgement })
  expect(openIn(fixture)).toEqual([alert])
  fixture.call('actions.settle', { id: taken?.id ?? '', outcome: { state: 'done', alertVersion: 3 } })
  backend.publishAlert(alert)
  const theirs = ackOf('kim', 4)
  backend.publishAlert({ ...alert, acknowledgement: theirs })
  expect([openIn(fixture), fixture.call('actions.list', {})]).toEqual([[{ ...alert, acknowledgement: theirs }], []])
})

test('an acknowledgement that another operator took back leaves a line in the timeline', () => {
  const { fixture, backend, alert } = aFiringEngine()
  backend.publishAlert({ ...alert, acknowledgement: ackOf('lee', 5) })
  backend.publishAlert(alert)
  expect(openIn(fixture)).toEqual([alert])
  const kinds = fixture.call('alerts.timeline', { id: alert.id }).map(({ kind }) => kind)
  expect(kinds.slice(-2)).toEqual(['acknowledged', 'unacknowledged'])
})

test('what the backend does not allow to take back counts again', () => {
  const { fixture, backend, alert } = aFiringEngine()
  const acknowledged = { ...alert, acknowledgement: ackOf('lee', 5) }
  backend.publishAlert(acknowledged)
  fixture.call('alerts.unacknowledge', { id: alert.id, given: ackOf('lee', 5), user: 'kim', at: t0 + 6000 })
  const { id } = only(fixture.call('actions.list', {}))
  fixture.call('actions.settle', { id, outcome: { state: 'refused', problem: 'Your role cannot acknowledge.' } })
  expect([openIn(fixture), fixture.emittedOf('alerts.changed').at(-1)]).toEqual([[acknowledged], [acknowledged]])
})

test('an answer that comes after another operator took the acknowledgement back does not bring it back', () => {
  const { fixture, backend, alert } = aFiringEngine()
  fixture.call('alerts.acknowledge', { id: alert.id, acknowledgement: ackOf('kim', 5) })
  const { id } = only(fixture.call('actions.list', {}))
  backend.publishAlert(alert)
  backend.publishAlert({ ...alert, acknowledgement: ackOf('kim', 5) })
  backend.publishAlert(alert)
  fixture.call('actions.settle', { id, outcome: { state: 'done', alertVersion: 2 } })
  expect(openIn(fixture)).toEqual([alert])
})

test('only the acknowledgement on the screen is taken back', () => {
  const { fixture, backend, alert } = aFiringEngine()
  backend.publishAlert({ ...alert, acknowledgement: ackOf('lee', 9) })
  const take = (given: ReturnType<typeof ackOf>) => () =>
    fixture.call('alerts.unacknowledge', { id: alert.id, given, user: 'kim', at: t0 + 9500 })
  expect(take(ackOf('kim', 9))).toThrow('lee has acknowledged this alert since.')
  expect(take(ackOf('lee', 8))).toThrow('lee has acknowledged this alert since.')
  take(ackOf('lee', 9))()
  expect(take(ackOf('lee', 9))).toThrow('This alert is not acknowledged.')
})

test('after a topic is recreated, versions start at one again', () => {
  const { fixture, backend, alert } = aFiringEngine()
  backend.publishAlert(alert)
  backend.publishAlert(alert)
  backend.startOver('alerts')
  const acknowledgement = ackOf('lee', 5)
  backend.publishAlert({ ...alert, acknowledgement })
  expect(openIn(fixture)).toEqual([{ ...alert, acknowledgement }])
  backend.startOver('rules')
  expect(fixture.call('rules.list', {})).toEqual([rule])
  const other = aRule({ id: anId(101), forSeconds: 0 })
  backend.publishRule(other)
  expect(fixture.call('rules.list', {})).toEqual([other])
})
