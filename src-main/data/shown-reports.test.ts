import { afterEach, expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aTeamConsole, openAlertIn, popup, second, settle, t0, teamRule, valuesOf } from './notified-values.ts'
import { TestEngine } from './test-engine.ts'

// What a console with a backend showed waits until the backend has accepted it.

const fixtures: TestEngine[] = []

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove()
})

const waitingIn = (fixture: TestEngine) => fixture.call('shown.list', { limit: 10 }).reports

test('a shown alert waits to be reported with the severity of its popup, also after a restart, until it is accepted', () => {
  const { fixture, send } = aTeamConsole(fixtures)
  const { consoleId } = fixture.call('shown.list', { limit: 10 })
  send(50, 90)
  const { id: alertId } = openAlertIn(fixture)
  settle(fixture, 'opened', popup)
  const warning = { alertId, severity: 'warning', at: t0 + second } as const
  expect(fixture.emittedOf('shown.changed')).toEqual([{ isCritical: false }])
  send(97)
  fixture.restart()
  expect(fixture.call('shown.list', { limit: 10 })).toEqual({ consoleId, reports: [warning] })
  settle(fixture, 'escalated', { shown: true, as: 'summary' })
  const critical = { alertId, severity: 'critical', at: t0 + 2 * second } as const
  expect(fixture.emittedOf('shown.changed').at(-1)).toEqual({ isCritical: true })
  expect(waitingIn(fixture)).toEqual([warning, critical])
  expect(fixture.call('shown.list', { limit: 1 }).reports).toEqual([warning])
  fixture.call('shown.reported', { reports: [warning] })
  fixture.restart()
  expect(waitingIn(fixture)).toEqual([critical])
})

test('a toast is not reported: its window may be closed, and nobody may see it', () => {
  const { fixture, send } = aTeamConsole(fixtures)
  send(97)
  settle(fixture, 'opened', { shown: true, as: 'toast' })
  expect(waitingIn(fixture)).toEqual([])
})

test('a popup whose alert escalated while it was drawn is reported as the warning that it showed', () => {
  const { fixture, send } = aTeamConsole(fixtures)
  send(50, 90)
  send(97)
  settle(fixture, 'opened', popup)
  expect(waitingIn(fixture)).toMatchObject([{ severity: 'warning' }])
  settle(fixture, 'escalated', popup)
  expect(waitingIn(fixture)).toMatchObject([{ severity: 'critical' }, { severity: 'warning' }])
})

test('an alert that was shown again since it was sent stays', () => {
  const { fixture, send } = aTeamConsole(fixtures)
  send(50, 97)
  settle(fixture, 'opened', popup)
  const sent = waitingIn(fixture)
  send(80, 97)
  settle(fixture, 'escalated', popup)
  fixture.call('shown.reported', { reports: sent })
  expect(waitingIn(fixture)).toMatchObject([{ severity: 'critical', at: t0 + 3 * second }])
})

test('what was dropped, what ended and what a console without a backend showed is not reported', () => {
  const { fixture, send } = aTeamConsole(fixtures)
  send(50, 97)
  const { id } = openAlertIn(fixture)
  settle(fixture, 'opened', popup)
  fixture.call('shown.reported', { reports: waitingIn(fixture) })
  send(60)
  settle(fixture, 'resolved', { id, shown: true, as: 'resolved' })
  send(97)
  settle(fixture, 'opened', { shown: false })
  expect(waitingIn(fixture)).toEqual([])

  const alone = new TestEngine({ now: t0 - 3600 * second })
  fixtures.push(alone)
  const { metric, condition, warning, critical, clear } = teamRule
  const levels = { metric, condition, warning, critical, clear }
  alone.call('rules.save', { draft: { ...levels, scope: { kind: 'all' }, forSeconds: 0, enabled: true } })
  valuesOf(alone).send(50, 97)
  settle(alone, 'opened', popup)
  expect(waitingIn(alone)).toEqual([])
  expect(alone.emittedOf('shown.changed')).toEqual([])
})

test('the official alert that takes the place of a shown one is reported, also if the other one was', () => {
  const { fixture, backend, send, skipTo } = aTeamConsole(fixtures)
  skipTo(500)
  send(97)
  const provisional = openAlertIn(fixture)
  settle(fixture, 'opened', popup)
  fixture.call('shown.reported', { reports: waitingIn(fixture) })
  backend.publishAlert({ ...provisional, id: anId(1), provisional: false, since: t0, openedAt: t0 })
  expect(waitingIn(fixture)).toEqual([{ alertId: anId(1), severity: 'critical', at: t0 + 500 * second }])
})

test('an alert that is withdrawn, and those of another database, are not reported', () => {
  const { fixture, backend } = aTeamConsole(fixtures)
  const alert = anAlert({ id: anId(1), openedAt: t0, since: t0 })
  backend.publishAlert(alert)
  settle(fixture, 'opened', popup)
  backend.publish('alerts', alert.id, null)
  expect(waitingIn(fixture)).toEqual([])
  backend.database = anId(7)
  const ended = anAlert({ id: anId(2), openedAt: t0, since: t0 })
  backend.publishAlert(ended)
  settle(fixture, 'opened', popup)
  expect(waitingIn(fixture)).toHaveLength(1)
  backend.database = anId(8)
  backend.publishAlert(anAlert({ id: anId(3), openedAt: t0, since: t0 }))
  expect(waitingIn(fixture)).toEqual([])
})

test('a report goes after the retention', () => {
  const { fixture, send } = aTeamConsole(fixtures)
  send(50, 97)
  settle(fixture, 'opened', popup)
  fixture.store.dropBefore(t0 + 3600 * second)
  expect(waitingIn(fixture)).toEqual([])
})
