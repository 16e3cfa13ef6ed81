import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Alert, isOwnAlert, type OwnAlert } from '#shared/alert/alert.ts'
import { alertLine } from '#shared/alert/alert-text.ts'
import { ownAlertSettings } from '#shared/own/own-settings.ts'
import { initialSettings } from '#shared/settings/app-settings.ts'
import { aBatch, aMessage, only, TestEngine } from './test-engine.ts'

const t0 = 1_764_000_000_000
const topic = 'metrics-node-1'
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')

let fixture: TestEngine
beforeEach(() => {
  fixture = new TestEngine({ hasBackend: true })
})
afterEach(() => fixture.remove())

const message = (second: number): Uint8Array =>
  aMessage({ node: 'node-1', at: t0 + second * 1000, metrics: { cpu_usage: 20 } })
const own = (open = true): OwnAlert[] => fixture.call('alerts.list', { open }).filter(isOwnAlert)
const linesOf = (alerts: readonly Alert[]): string[] => alerts.map((alert) => plain(alertLine(alert)))
const kindsOf = (id: string): string[] => fixture.call('alerts.timeline', { id }).map(({ kind }) => kind)
const queued = (): string[] =>
  fixture
    .emittedOf('notifications.queued')
    .flatMap((items) => items.map((item) => `${item.alert.kind} ${item.transition}`))

/** Reads one record a second, as a console that is live. */
function readLive(from: number, to: number): void {
  for (let second = from; second < to; second++) {
    fixture.now = t0 + second * 1000
    fixture.engine.handlers.batches(aBatch([message(second)], fixture.now, { from: second }))
    fixture.engine.tick()
  }
}

/** Time passes, and the broker says where the log ends. */
function pass(from: number, to: number, endOf?: (second: number) => number): void {
  for (let second = from; second < to; second++) {
    fixture.now = t0 + second * 1000
    if (endOf) fixture.engine.handlers.logRanges([{ topic, partition: 0, start: 0, end: endOf(second) }])
    fixture.engine.tick()
  }
}

function connectLive(): void {
  fixture.connect([{ topic, end: 0 }])
  readLive(0, 10)
  fixture.engine.handlers.logRanges([{ topic, partition: 0, start: 0, end: 10 }])
  fixture.engine.tick()
}

test('a reader that falls behind live warns and becomes critical; when it has caught up, that is over', () => {
  connectLive()
  // The log grows, and nothing of it arrives.
  pass(10, 110, (second) => second)
  const warning = only(own().filter(({ kind }) => kind === 'lag'))
  expect(linesOf([warning])).toEqual(['Reading lags 1 m 31 s behind Kafka > 30 s for 1 m'])
  expect(warning.cause).toBe('metrics-node-1, partition 0')
  pass(110, 140, (second) => second)
  expect(only(own().filter(({ kind }) => kind === 'lag'))).toMatchObject({ id: warning.id, severity: 'critical' })
  fixture.engine.handlers.batches(
    aBatch(
      Array.from({ length: 130 }, (_, i) => message(10 + i)),
      t0 + 139_000,
      { from: 10 },
    ),
  )
  readLive(140, 175)
  expect(own()).toEqual([])
  expect(kindsOf(warning.id)).toEqual(['pending', 'opened', 'escalated', 'resolved'])
  expect(queued()).toEqual(['lag opened', 'lag escalated', 'lag resolved'])
})

test('what a console has to catch up after it was closed is no alert while it shrinks', () => {
  fixture.connect([{ topic, end: 3600 }])
  for (let step = 0; step < 180; step++) {
    fixture.now = t0 + 3_600_000 + step * 1000
    const values = Array.from({ length: 20 }, (_, i) => message(step * 20 + i))
    fixture.engine.handlers.batches(aBatch(values, t0 + step * 20_000, { from: step * 20, end: 3600 }))
    fixture.engine.tick()
  }
  expect([...own(), ...own(false)]).toEqual([])
})

test('a person acknowledges, notes and silences it here, and nothing is queued for the backend', () => {
  connectLive()
  pass(10, 110, (second) => second)
  const { id } = only(own().filter(({ kind }) => kind === 'lag'))
  expect(fixture.call('unseen.list', {})).toContain(id)
  fixture.call('alerts.acknowledge', { id, acknowledgement: { by: 'kim', at: fixture.now, comment: 'on it' } })
  fixture.call('alerts.note', { id, note: { kind: 'commented', by: 'kim', at: fixture.now, comment: 'slow disk' } })
  const matchers = [{ name: 'kind', operator: '=' as const, value: 'lag' }]
  const schedule = { kind: 'once' as const, startsAt: fixture.now, endsAt: fixture.now + 600_000 }
  const draft = { matchers, schedule, comment: 'known' }
  fixture.call('silences.save', { draft, by: 'kim', at: fixture.now })
  pass(110, 112, (second) => second)
  expect(kindsOf(id)).toEqual(['pending', 'opened', 'acknowledged', 'commented', 'silenced'])
  expect(fixture.call('actions.list', {})).toEqual([])
  fixture.restart('another team')
  expect(fixture.call('silences.list', {}).map(({ comment }) => comment)).toEqual(['known'])
})

test('a silence of alerts of nodes hides nothing of this console, and none becomes the other', () => {
  connectLive()
  pass(10, 110, (second) => second)
  const schedule = { kind: 'once' as const, startsAt: fixture.now, endsAt: fixture.now + 600_000 }
  const of = (name: string, operator: '=' | '!=', value: string) => ({
    draft: { matchers: [{ name, operator, value }], schedule, comment: 'known' },
    by: 'kim',
    at: fixture.now,
  })
  const { id } = fixture.call('silences.save', of('node', '!=', 'db-1'))
  pass(110, 112, (second) => second)
  expect(kindsOf(only(own().filter(({ kind }) => kind === 'lag')).id)).not.toContain('silenced')
  expect(fixture.call('actions.list', {})).toHaveLength(1)
  expect(() => fixture.call('silences.save', { id, version: 1, ...of('kind', '=', 'lag') })).toThrow('Make a new one')
})

test('it survives a restart of the data thread, and is one alert', () => {
  connectLive()
  pass(10, 110, (second) => second)
  const before = only(own().filter(({ kind }) => kind === 'lag'))
  fixture.restart()
  expect(own().filter(({ kind }) => kind === 'lag')).toEqual([before])
  fixture.connect([{ topic, end: 110 }])
  const values = Array.from({ length: 100 }, (_, i) => message(10 + i))
  fixture.engine.handlers.batches(aBatch(values, fixture.now, { from: 10, end: 110 }))
  readLive(110, 145)
  expect(own()).toEqual([])
  expect(own(false).filter(({ kind }) => kind === 'lag')).toHaveLength(1)
})

test('blindness is an alert without a notification, in the list beside its gap', () => {
  connectLive()
  fixture.engine.handlers.status({ kind: 'disconnected', since: fixture.now, detail: 'Kafka does not answer.' })
  const from = fixture.now
  pass(10, 80)
  const blind = only(own())
  expect(blind).toMatchObject({ kind: 'blind', severity: 'critical', since: from, cause: 'Kafka does not answer.' })
  expect(queued()).toEqual([])
  fixture.connect([{ topic, end: 10 }])
  readLive(80, 82)
  expect(own()).toEqual([])
  expect(only(own(false))).toMatchObject({ kind: 'blind', resolveReason: 'cleared' })
})

test('rejected records alert only where that is set, after five minutes', () => {
  connectLive()
  const garbage = (from: number, to: number): void => {
    for (let second = from; second < to; second++) {
      fixture.now = t0 + second * 1000
      const values = [message(second), Buffer.from('no message')]
      fixture.engine.handlers.batches(aBatch(values, fixture.now, { from: 10 + (second - 10) * 2 }))
      fixture.engine.tick()
    }
  }
  garbage(10, 400)
  expect(own()).toEqual([])
  fixture.call('own.settings', ownAlertSettings({ ...initialSettings, 'monitoring.rejectsAlert': true }))
  garbage(400, 702)
  expect(linesOf(own())).toEqual(['60 records a minute are rejected > 1 for 5 m'])
  fixture.call('own.settings', ownAlertSettings(initialSettings))
  garbage(702, 704)
  expect(only(own(false))).toMatchObject({ kind: 'rejects', resolveReason: 'rule-changed' })
  expect(queued()).toEqual(['rejects opened'])
})

test('a backend that is away for five minutes is information, and is over when it answers', () => {
  connectLive()
  fixture.call('own.backendAway', { since: fixture.now })
  readLive(10, 308)
  expect(own()).toEqual([])
  readLive(308, 311)
  expect(only(own())).toMatchObject({ kind: 'backend', severity: 'info' })
  fixture.call('own.backendAway', { since: null })
  readLive(311, 312)
  expect([own(), queued()]).toEqual([[], []])
})

test('after the computer slept, the time of sleep is no blindness to report', () => {
  connectLive()
  fixture.call('power.changed', { isAsleep: true })
  fixture.now = t0 + 3_600_000
  fixture.call('power.changed', { isAsleep: false })
  fixture.engine.tick()
  expect(own()).toEqual([])
})
