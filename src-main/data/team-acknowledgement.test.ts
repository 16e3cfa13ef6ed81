import { afterEach, expect, test } from 'vitest'
import { isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { aBatch, aMessage, TestEngine, only } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

// Acknowledgements while console and backend read the same record at different times.

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []
/** Fires immediately: warning above 85, critical above 95, clears below 75. */
const rule = aRule({ forSeconds: 0 })

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function anEngineWithBackend() {
  const fixture = new TestEngine({ now: t0, hasBackend: true })
  fixtures.push(fixture)
  const backend = new TestBackend(fixture)
  backend.publishRule(rule)
  return { fixture, backend }
}

/** Values of the CPU a second apart, from this offset and second on. */
function read(fixture: TestEngine, from: number, ...values: number[]): void {
  const records = values.map((value, i) =>
    aMessage({ node: 'node-1', at: t0 + (from + i) * 1000, metrics: { cpu_usage: value } }),
  )
  fixture.engine.handlers.batches(aBatch(records, t0 + from * 1000, { from }))
}

const openIn = (fixture: TestEngine): NodeAlert[] => fixture.call('alerts.list', { open: true }).filter(isNodeAlert)
const ackOf = (by: string, second: number) => ({ by, at: t0 + second * 1000, comment: 'on it' })

/** The alert that a console, and the backend, computes from these values. */
function alertFrom(...values: number[]): NodeAlert {
  const { fixture } = anEngineWithBackend()
  read(fixture, 0, ...values)
  return only(openIn(fixture))
}

/** `end`: number of records in the log when the console connects. */
function connect(fixture: TestEngine, end: number): void {
  fixture.connect([{ topic: 'metrics-node-1', end }])
}

/** A live console with a warning that the backend published as well. */
function aWarning() {
  const { fixture, backend } = anEngineWithBackend()
  read(fixture, 0, 50, 90)
  connect(fixture, 2)
  fixture.engine.tick()
  const alert = only(openIn(fixture))
  backend.publishAlert(alert)
  return { fixture, backend, alert }
}

test('a console that reads an acknowledged episode later keeps the acknowledgement', () => {
  const values = [50, 90, 97, 80, 97]
  const alert = { ...alertFrom(...values), acknowledgement: ackOf('lee', 10) }
  const { fixture, backend } = anEngineWithBackend()
  fixture.now = t0 + 3_600_000
  connect(fixture, values.length)
  backend.publishAlert(alert)
  read(fixture, 0, ...values)
  expect(openIn(fixture)).toEqual([alert])
})

test('a console that was closed while the alert eased and was acknowledged has both after catching up', () => {
  const alert = { ...alertFrom(50, 97, 80), acknowledgement: ackOf('lee', 3) }
  const { fixture, backend } = anEngineWithBackend()
  read(fixture, 0, 50, 97)
  backend.publishAlert(only(openIn(fixture)))
  fixture.restart()
  connect(fixture, 3)
  backend.publishAlert(alert)
  read(fixture, 2, 80)
  expect(openIn(fixture)).toEqual([alert])
})

test('after a restart, an acknowledgement counts that was given before the newest record read and before the alert eased', () => {
  const alert = { ...alertFrom(50, 97, 97, 80), acknowledgement: ackOf('lee', 1.5) }
  const { fixture, backend } = anEngineWithBackend()
  read(fixture, 0, 50, 97, 97)
  fixture.restart()
  connect(fixture, 4)
  backend.publishAlert(alert)
  expect(openIn(fixture)).toMatchObject([{ severity: 'critical', acknowledgement: alert.acknowledgement }])
  read(fixture, 3, 80)
  expect(openIn(fixture)).toEqual([alert])
})

test('after a restart, the acknowledgement of a warning does not count for the critical alert read here', () => {
  const alert = { ...alertFrom(50, 90), acknowledgement: ackOf('lee', 1.5) }
  const { fixture, backend } = anEngineWithBackend()
  read(fixture, 0, 50, 90, 97, 97)
  fixture.restart()
  connect(fixture, 5)
  backend.publishAlert(alert)
  expect(openIn(fixture)).toMatchObject([{ severity: 'critical' }])
  expect(only(openIn(fixture)).acknowledgement).toBeUndefined()
})

test('a console whose disk was full keeps the acknowledgement of records that it reads later', () => {
  const { fixture, backend, alert } = aWarning()
  const since = fixture.now
  fixture.engine.handlers.status({ kind: 'disconnected', since, detail: 'Records cannot be stored.' })
  fixture.engine.handlers.status({ kind: 'connected', since, topics: 1, partitions: 1 })
  const acknowledgement = ackOf('lee', 10)
  backend.publishAlert({ ...alert, severity: 'critical', threshold: 95, value: 97, acknowledgement })
  backend.publishAlert({ ...alert, severity: 'warning', threshold: 85, value: 80, acknowledgement })
  read(fixture, 2, 97, 80)
  expect(openIn(fixture)).toMatchObject([{ severity: 'warning', acknowledgement }])
})

test('an escalation after the acknowledgement removes it, also on a console that reads both later', () => {
  const alert = { ...alertFrom(50, 90), acknowledgement: ackOf('lee', 2) }
  const { fixture, backend } = anEngineWithBackend()
  fixture.now = t0 + 3_600_000
  connect(fixture, 4)
  backend.publishAlert(alert)
  read(fixture, 0, 50, 90, 90, 97)
  expect(openIn(fixture)).toMatchObject([{ severity: 'critical' }])
  expect(only(openIn(fixture)).acknowledgement).toBeUndefined()
  expect(fixture.emittedOf('notifications.queued').at(-1)).toMatchObject([
    { alert: { id: alert.id }, transition: 'escalated' },
  ])
})

test('an acknowledgement given here in a backlog does not count for an escalation in unread records', () => {
  const { fixture } = anEngineWithBackend()
  connect(fixture, 3)
  read(fixture, 0, 50, 90)
  fixture.now = t0 + 3_600_000
  fixture.call('alerts.acknowledge', { id: only(openIn(fixture)).id, acknowledgement: ackOf('kim', 3_600) })
  read(fixture, 2, 97)
  expect(only(openIn(fixture)).acknowledgement).toBeUndefined()
})

test('an escalation on a node whose clock is behind removes the acknowledgement on a live console', () => {
  const { fixture, backend, alert } = aWarning()
  backend.publishAlert({ ...alert, acknowledgement: ackOf('lee', 60) })
  expect(only(openIn(fixture)).acknowledgement).toEqual(ackOf('lee', 60))
  read(fixture, 2, 97)
  expect(only(openIn(fixture)).acknowledgement).toBeUndefined()
})

test('an acknowledgement stays when the backend publishes the easing before it is read here', () => {
  const { fixture, backend } = anEngineWithBackend()
  read(fixture, 0, 50, 97)
  connect(fixture, 2)
  fixture.engine.tick()
  const acknowledged = { ...only(openIn(fixture)), acknowledgement: ackOf('lee', 2) }
  backend.publishAlert(acknowledged)
  const eased = { ...acknowledged, severity: 'warning', threshold: 85, value: 80, worstValue: 97 } as const
  backend.publishAlert(eased)
  expect(openIn(fixture)).toEqual([acknowledged])
  read(fixture, 2, 80)
  expect(openIn(fixture)).toEqual([eased])
})

test('a newer local acknowledgement replaces one that expired', () => {
  const { fixture, backend, alert } = aWarning()
  const ranOut = { ...ackOf('lee', 5), until: t0 + 10_000 }
  backend.publishAlert({ ...alert, acknowledgement: ranOut })
  fixture.now = t0 + 20_000
  const acknowledgement = ackOf('kim', 20)
  fixture.call('alerts.acknowledge', { id: alert.id, acknowledgement })
  backend.publishAlert({ ...alert, value: 91, acknowledgement: ranOut })
  expect(openIn(fixture)).toEqual([{ ...alert, acknowledgement }])
})

test('a queued acknowledgement is not sent after the alert escalates', () => {
  const { fixture, alert } = aWarning()
  fixture.call('alerts.acknowledge', { id: alert.id, acknowledgement: ackOf('kim', 5) })
  read(fixture, 2, 97)
  expect(only(openIn(fixture)).acknowledgement).toBeUndefined()
  const action = only(fixture.call('actions.list', {}))
  expect(action).toMatchObject({ state: 'conflict', problem: expect.stringContaining('critical') as unknown })
  expect(fixture.emittedOf('actions.changed').at(-1)).toEqual([action])
  fixture.restart()
  expect(fixture.call('actions.list', {})).toEqual([action])
})

test('an acknowledgement that is superseded while it is being sent is not queued again', () => {
  const { fixture, alert } = aWarning()
  fixture.call('alerts.acknowledge', { id: alert.id, acknowledgement: ackOf('kim', 5) })
  read(fixture, 2, 97)
  const action = only(fixture.call('actions.list', {}))
  fixture.call('actions.settle', { id: action.id, outcome: { state: 'waiting', problem: 'The backend is busy.' } })
  expect(fixture.call('actions.list', {})).toEqual([action])
})

test('the acknowledgement of a warning that only the backend evaluates ends when the backend escalates it', () => {
  const { fixture, backend } = anEngineWithBackend()
  const warning = anAlert({ severity: 'warning', threshold: 85, value: 90, since: t0, openedAt: t0 })
  backend.publishAlert(warning)
  fixture.call('alerts.acknowledge', { id: warning.id, acknowledgement: ackOf('kim', 5) })
  const critical = { ...warning, severity: 'critical', threshold: 95, value: 97 } as const
  backend.publishAlert(critical)
  expect(openIn(fixture)).toEqual([critical])
  expect(fixture.emittedOf('notifications.queued').at(-1)).toEqual([
    { alert: critical, transition: 'escalated', wasShown: false },
  ])
  expect(fixture.call('actions.list', {})).toMatchObject([{ state: 'conflict' }])
})
