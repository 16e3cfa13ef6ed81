import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { ruleCodec } from '#shared/codec/domain-codecs.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { databasePath } from '../store/connection.ts'
import { aBatch, aMessage, TestEngine, only } from './test-engine.ts'
import { TestBackend } from './test-backend.ts'

// A console of this version with a backend of the next one, and the same console after its upgrade.

const t0 = 1_764_000_000_000
/** Fires immediately. */
const rule = aRule({ forSeconds: 0 })
/** A made-up rule of the next version, whose levels mean something else. */
const newer = { ...rule, version: 2, critical: 50, clear: 40, warning: 45, effectiveFrom: t0, window: { minutes: 5 } }
const needs = { needs: 7, needsVersion: '0.3' }
const deferredText = 'Thresholds here need ReMo 0.3 or newer; this version evaluates by the thresholds it understands.'

const fixtures: TestEngine[] = []
afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

function aConsole() {
  const fixture = new TestEngine({ now: t0, hasBackend: true })
  fixtures.push(fixture)
  return { fixture, backend: new TestBackend(fixture) }
}

function read(fixture: TestEngine, offset: number, value: number): void {
  const message = aMessage({ node: 'node-1', at: t0 + offset * 1000, metrics: { cpu_usage: value } })
  fixture.engine.handlers.batches(aBatch([message], t0 + 3_600_000, { from: offset }))
}

const firing = (fixture: TestEngine) => fixture.call('alerts.list', { open: true })
const noticesOf = (fixture: TestEngine) => fixture.call('health.report', {}).notices.map(({ text }) => text)
const deferredIn = (fixture: TestEngine) => fixture.call('counters.get', {}).deferredByTopic

function upgrade(fixture: TestEngine): void {
  fixture.readerLevel = 7
  fixture.restart()
}

test('records with keys of the next version are applied, and the rule keeps them', () => {
  const { fixture, backend } = aConsole()
  backend.publish('rules', rule.id, { rule: { ...rule, window: 5 }, earlier: [], sentBy: 'b' })
  backend.publish('alerts', anId(9), { version: 1, alert: anAlert({ id: anId(9), links: [] } as never), sentBy: 'b' })
  fixture.restart()
  expect(fixture.call('rules.list', {})).toEqual([{ ...rule, window: 5 }])
  expect(firing(fixture).map(({ id }) => id)).toEqual([anId(9)])
  expect([noticesOf(fixture), fixture.call('rejectedRecords.list', { limit: 5 })]).toEqual([[], []])
})

test('a rule that needs a newer ReMo waits for the upgrade: the last readable version applies, with a lasting notice', () => {
  const { fixture, backend } = aConsole()
  backend.publishRule(rule)
  backend.publish('rules', rule.id, { ...needs, rule: newer, earlier: [rule] })
  read(fixture, 1, 60)
  expect([firing(fixture), fixture.call('rules.list', {})]).toEqual([[], [rule]])
  fixture.restart()
  read(fixture, 2, 60)
  expect([firing(fixture), fixture.call('rules.list', {}), noticesOf(fixture)]).toEqual([[], [rule], [deferredText]])
  expect([deferredIn(fixture), fixture.call('rejectedRecords.list', { limit: 5 })]).toEqual([{ 'remo-rules': 1 }, []])

  upgrade(fixture)
  expect([noticesOf(fixture), deferredIn(fixture), fixture.call('rules.list', {})]).toEqual([[], {}, [newer]])
  expect(fixture.emittedOf('rules.changed').at(-1)).toEqual([newer])
  read(fixture, 3, 60)
  expect(only(firing(fixture))).toMatchObject({ ruleVersion: 2, severity: 'critical' })
  fixture.restart()
  expect([noticesOf(fixture), fixture.call('rules.list', {})]).toEqual([[], [newer]])
})

test('a console of level 3 keeps its last version of a rule that became one for a pattern, and says so', () => {
  const { fixture, backend } = aConsole()
  fixture.readerLevel = 3
  fixture.restart()
  const pattern = { ...rule, version: 2, warning: 40, scope: { kind: 'pattern', pattern: 'node-[1-9]' } } as const
  backend.publishRule(rule)
  backend.publish('rules', rule.id, { rule: ruleCodec.encode(pattern), earlier: [rule] })
  read(fixture, 1, 60)
  expect([firing(fixture), fixture.call('rules.list', {})]).toEqual([[], [rule]])
  expect(noticesOf(fixture)).toEqual([deferredText.replace('0.3', '0.2')])
  fixture.readerLevel = 4
  fixture.restart()
  read(fixture, 2, 60)
  expect(only(firing(fixture))).toMatchObject({ ruleVersion: 2, severity: 'warning' })
  expect(noticesOf(fixture)).toEqual([])
})

test('the level inside the rule counts as well, also after a downgrade', () => {
  const { fixture, backend } = aConsole()
  const said = { ...newer, ...needs } as Rule
  backend.publishRule(rule)
  backend.publishRule(said, [rule])
  upgrade(fixture)
  expect(fixture.call('rules.list', {})).toEqual([said])
  fixture.readerLevel = 6
  fixture.restart()
  expect([fixture.call('rules.list', {}), noticesOf(fixture)]).toEqual([[rule], [deferredText]])
})

test('a deferred record is removed when a readable or a newer one replaces it', () => {
  const { fixture, backend } = aConsole()
  backend.publishRule(rule)
  backend.publish('rules', rule.id, { ...needs, rule: newer, earlier: [rule] })
  const plain = { ...rule, version: 3, effectiveFrom: t0 + 1 }
  backend.publishRule(plain, [rule])
  expect([noticesOf(fixture), fixture.call('rules.list', {})]).toEqual([[], [plain]])
  backend.publishAgain('rules')
  expect(noticesOf(fixture)).toEqual([])
  backend.publish('rules', rule.id, { ...needs, rule: { ...newer, version: 4 }, earlier: [] })
  expect(noticesOf(fixture)).toEqual([deferredText])
  backend.startOver('rules')
  expect(noticesOf(fixture)).toEqual([])
})

test('an alert that needs a newer ReMo waits as well, and its tombstone removes it', () => {
  const { fixture, backend } = aConsole()
  const [one, other] = [anAlert({ id: anId(8), openedAt: t0 }), anAlert({ id: anId(9), openedAt: t0 })]
  backend.publish('alerts', one.id, { needs: 7, version: 1, alert: { ...one, severity: 'fatal' } })
  backend.publish('alerts', one.id, { needs: 7, version: 2, alert: one })
  backend.publish('alerts', other.id, { needs: 7, version: 1, alert: other })
  backend.publish('alerts', other.id, null)
  expect(firing(fixture)).toEqual([])
  expect(noticesOf(fixture)).toEqual(['Alerts here need a newer ReMo; this version shows the alerts it understands.'])
  expect(deferredIn(fixture)).toEqual({ 'remo-alerts': 1 })
  upgrade(fixture)
  expect([firing(fixture), noticesOf(fixture)]).toEqual([[one], []])
  expect(fixture.store.alerts.queuedNotifications()).toEqual([{ alert: one, transition: 'opened', wasShown: false }])
})

test('a record that is unreadable after the upgrade as well is rejected and listed', () => {
  const { fixture, backend } = aConsole()
  backend.publish('rules', rule.id, { ...needs, rule: { ...newer, condition: 'between' }, earlier: [] })
  upgrade(fixture)
  expect([noticesOf(fixture), deferredIn(fixture)]).toEqual([[], {}])
  expect(fixture.call('rejectedRecords.list', { limit: 5 })).toMatchObject([
    { topic: 'remo-rules', code: 'wrong-shape' },
  ])
})

test('an unreadable row of the cache is skipped and reported, and the rest works', () => {
  const { fixture, backend } = aConsole()
  backend.publishRule(rule)
  backend.publishRule(aRule({ id: anId(101), metric: 'disk_io', forSeconds: 0 }))
  read(fixture, 1, 97)
  read(fixture, 2, 98)
  const { id } = only(firing(fixture))
  fixture.call('alerts.acknowledge', { id, acknowledgement: { by: 'kim', at: t0, comment: '' } })
  fixture.engine.stop()
  fixture.store.close()
  const db = new Database(databasePath(fixture.dir))
  db.exec(`
    UPDATE team_rule SET data = '{"id":1}' WHERE id = '${anId(101)}';
    UPDATE series SET data = '{"rule":7}';
    UPDATE alert_event SET data = 'torn' WHERE kind = 'opened';
    UPDATE operator_action SET data = '[]';
  `)
  db.close()
  fixture.reopen()
  expect([fixture.call('rules.list', {}), fixture.call('actions.list', {})]).toEqual([[rule], []])
  expect(fixture.call('alerts.timeline', { id }).map(({ kind }) => kind)).toEqual(['acknowledged'])
  expect(noticesOf(fixture)).toEqual([
    'Rows of the local cache could not be read and are left out (evaluation states: 1, thresholds: 1, actions: 1, ' +
      'lines of timelines: 1). The log has the reasons.',
  ])
  read(fixture, 3, 99)
  expect(only(firing(fixture).filter((alert) => alert.id === id)).acknowledgement).toMatchObject({ by: 'kim' })
})
