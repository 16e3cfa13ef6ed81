import { afterEach, expect, test } from 'vitest'
import { type AlertNote, isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { hourMs } from '#shared/format/time-units.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { TestBackend } from './test-backend.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const fixtures: TestEngine[] = []
const rule = aRule({ forSeconds: 0 })

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

/** A console on which so many nodes fire. With a backend, it has published their alerts. */
function aConsole(nodes: number, hasBackend = true) {
  const fixture = new TestEngine({ now: t0, hasBackend })
  fixtures.push(fixture)
  const backend = new TestBackend(fixture)
  if (hasBackend) backend.publishRule(rule)
  else fixture.call('rules.save', { draft: rule })
  // A saved rule is in effect from the next second on.
  fixture.now = t0 + 10_000
  const message = (i: number, at: number, value: number) =>
    aMessage({ node: `node-${i + 1}`, at, metrics: { cpu_usage: value } })
  const records = Array.from({ length: nodes }, (_, i) => [
    message(i, t0 + 9000, 50),
    message(i, t0 + 10_000, 97),
  ]).flat()
  fixture.engine.handlers.batches(aBatch(records, t0 + 10_000))
  fixture.connect([{ topic: 'metrics-node-1', end: records.length }])
  fixture.engine.tick()
  const alerts = openIn(fixture)
  if (hasBackend) for (const alert of alerts) backend.publishAlert(alert)
  return { fixture, backend, alerts, records: records.length }
}

const openIn = (fixture: TestEngine): NodeAlert[] => fixture.call('alerts.list', { open: true }).filter(isNodeAlert)
const kindsOf = (fixture: TestEngine, id: string) => fixture.call('alerts.timeline', { id }).map(({ kind }) => kind)
const ack = (at: number) => ({ by: 'kim', at, comment: '' })
const note = (change: Partial<AlertNote> = {}): AlertNote => {
  return { kind: 'commented', by: 'kim', at: t0 + 20_000, comment: 'moved the job', ...change }
}

test('many alerts are acknowledged in one write; those that cannot be are refused alone', () => {
  const { fixture, alerts } = aConsole(50)
  const [first, second] = alerts as [NodeAlert, NodeAlert]
  fixture.call('alerts.acknowledge', { id: first.id, acknowledgement: { ...ack(t0 + 11_000), by: 'ben' } })
  fixture.engine.handlers.batches(
    aBatch([aMessage({ node: second.nodeId, at: t0 + 12_000, metrics: { cpu_usage: 10 } })], t0 + 12_000, {
      from: 100,
    }),
  )
  const ids = [...alerts.map(({ id }) => id), '00000000-0000-4000-8000-00000000dead']
  fixture.emitted.length = 0
  const act = { kind: 'acknowledge', acknowledgement: ack(t0 + 20_000) } as const
  const { alerts: done, refused } = fixture.call('alerts.act', { acts: ids.map((alertId) => ({ alertId, act })) })
  expect(done).toHaveLength(48)
  expect(refused).toEqual([
    { id: first.id, code: 'conflict', message: 'ben has already acknowledged this alert.' },
    {
      id: second.id,
      code: 'conflict',
      message: 'This alert has already resolved, so there is nothing to acknowledge.',
    },
    { id: ids.at(-1), code: 'not-found', message: 'This alert is no longer in the local cache.' },
  ])
  expect(fixture.emitted.map(({ event }) => event)).toEqual(['alerts.changed', 'unseen.changed', 'actions.changed'])
  fixture.restart()
  expect(openIn(fixture).filter(({ acknowledgement }) => acknowledgement?.by === 'kim')).toHaveLength(48)
  expect(fixture.call('actions.list', {})).toHaveLength(49)
})

test('what was acknowledged together is taken back together', () => {
  const { fixture, alerts } = aConsole(50)
  const at = t0 + 20_000
  const acts = alerts.map(({ id: alertId }) => ({
    alertId,
    act: { kind: 'acknowledge', acknowledgement: ack(at) } as const,
  }))
  fixture.call('alerts.act', { acts })
  const undo = { kind: 'unacknowledge', given: { by: 'kim', at }, by: 'kim', at: at + 1000 } as const
  fixture.call('alerts.act', { acts: alerts.map(({ id: alertId }) => ({ alertId, act: undo })) })
  expect(openIn(fixture).filter(({ acknowledgement }) => acknowledgement)).toEqual([])
})

test('an acknowledgement for more than a day needs a comment, and one that has ended is refused', () => {
  const { fixture, alerts } = aConsole(1, false)
  const { id } = only(alerts)
  const at = t0 + 20_000
  const give = (until: number, comment: string) => () =>
    fixture.call('alerts.acknowledge', { id, acknowledgement: { ...ack(at), until, comment } })
  expect(give(at + 25 * hourMs, ' ')).toThrow('Write a comment')
  expect(give(at, 'on it')).toThrow('The end must be in the future.')
  expect(give(at + 25 * hourMs, 'waiting for a disk')()).toMatchObject({
    acknowledgement: { comment: 'waiting for a disk' },
  })
})

test('notes are in the alert and in its timeline, also after it resolved, and survive a restart', () => {
  const { fixture, alerts, records } = aConsole(1, false)
  const { id } = only(alerts)
  fixture.call('alerts.note', { id, note: note() })
  const clear = aMessage({ node: 'node-1', at: t0 + 21_000, metrics: { cpu_usage: 10 } })
  fixture.engine.handlers.batches(aBatch([clear], t0 + 21_000, { from: records }))
  const taken = note({ kind: 'assigned', to: 'kim', at: t0 + 22_000, comment: '' })
  fixture.call('alerts.note', { id, note: taken })
  fixture.restart()
  expect(only(fixture.call('alerts.list', { open: false })).notes).toEqual([note(), taken])
  expect(kindsOf(fixture, id)).toEqual(['opened', 'commented', 'resolved', 'assigned'])
  expect(fixture.call('actions.list', {})).toEqual([])
})

test('a note waits for the backend, is kept through older records, and is then the official one', () => {
  const { fixture, backend, alerts } = aConsole(1)
  const alert = only(alerts)
  fixture.call('alerts.note', { id: alert.id, note: note() })
  const action = only(fixture.call('actions.list', {}))
  expect(action.change).toEqual({ kind: 'comment', alertId: alert.id, note: note() })
  const theirs = note({ by: 'ben', at: t0 + 19_000, comment: 'looks like the deploy' })
  backend.publishAlert({ ...alert, notes: [theirs] })
  expect(only(openIn(fixture)).notes).toEqual([theirs, note()])
  fixture.call('actions.settle', { id: action.id, outcome: { state: 'done', alertVersion: 3 } })
  fixture.restart()
  expect(only(openIn(fixture)).notes).toEqual([theirs, note()])
  const moved = note({ at: t0 + 19_500 })
  backend.publishAlert({ ...alert, notes: [theirs, moved] })
  expect(only(openIn(fixture)).notes).toEqual([theirs, moved])
  expect(kindsOf(fixture, alert.id)).toEqual(['opened', 'commented', 'commented'])
})

test('a note that the backend refuses is gone, also from the timeline; the reason stays in the list', () => {
  const { fixture, alerts } = aConsole(1)
  const { id } = only(alerts)
  fixture.call('alerts.note', { id, note: note({ kind: 'assigned', to: 'zoe' }) })
  const action = only(fixture.call('actions.list', {}))
  const problem = 'There is no user zoe who can act on alerts.'
  fixture.call('actions.settle', { id: action.id, outcome: { state: 'refused', problem } })
  expect([only(openIn(fixture)).notes, kindsOf(fixture, id)]).toEqual([undefined, ['opened']])
  expect(only(fixture.call('actions.list', {}))).toMatchObject({ state: 'refused', problem })
})

test('notes of other consoles reach a resolved alert', () => {
  const { fixture, backend, alerts, records } = aConsole(1)
  const alert = only(alerts)
  const clear = aMessage({ node: 'node-1', at: t0 + 21_000, metrics: { cpu_usage: 10 } })
  fixture.engine.handlers.batches(aBatch([clear], t0 + 21_000, { from: records }))
  const resolved = only(fixture.call('alerts.list', { open: false }).filter(isNodeAlert))
  backend.publishAlert({ ...resolved, notes: [note({ by: 'ben', at: t0 + 30_000 })] })
  expect(only(fixture.call('alerts.list', { open: false })).notes).toHaveLength(1)
  expect(kindsOf(fixture, alert.id)).toEqual(['opened', 'resolved', 'commented'])
})
