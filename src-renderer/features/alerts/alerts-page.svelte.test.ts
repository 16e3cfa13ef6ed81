import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert, anOwnAlert, aPendingAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aMatcher, aSilence } from '#shared/silence/silence-builders.ts'
import { aSignedIn, aSignedOut, anAction } from '../../bridge/bridge-builders.ts'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { alertTabOf } from './alert-tabs.ts'
import { AlertsPage } from './alerts-page.svelte.ts'

const acknowledgement = { by: 'anna', at: 1_200_000, comment: 'batch job' }
const alerts = [
  anAlert({ id: anId(1), severity: 'warning', openedAt: 3000 }),
  anAlert({ id: anId(2), openedAt: 1000 }),
  anAlert({ id: anId(3), openedAt: 2000 }),
  anAlert({ id: anId(4), openedAt: 9000, acknowledgement }),
  anAlert({ id: anId(5), phase: 'resolved', resolvedAt: 9000, resolveReason: 'cleared' }),
]
const aPage = (bridge: FakeBridge, options = {}, items: readonly Alert[] = alerts) => {
  const app = new AppState(bridge.api)
  app.alerts.items = items
  app.session.now = { kind: 'standalone' }
  return { app, page: new AlertsPage(app, options) }
}
const rows = (page: AlertsPage): string[] => page.rows.map(({ id }) => id)
const accepts = () =>
  new FakeBridge({
    'alerts.acknowledge': ({ id, comment }) =>
      okReply({ ...anAlert({ id }), acknowledgement: { ...acknowledgement, comment } }),
  })

test('critical comes first, then the newest; acknowledged comes last, resolved is not listed', () => {
  const { page } = aPage(new FakeBridge())
  expect(rows(page)).toEqual([anId(3), anId(2), anId(1)])
  page.tab = 'all'
  expect(rows(page)).toEqual([anId(3), anId(2), anId(1), anId(4)])
  page.tab = 'acknowledged'
  expect(rows(page)).toEqual([anId(4)])
  page.tab = 'all'
  page.severity = 'warning'
  expect(rows(page)).toEqual([anId(1)])
})

test('the count of a severity is that of the tab', () => {
  const { page } = aPage(new FakeBridge())
  const counts = () => [page.count('critical'), page.count('warning')]
  expect(counts()).toEqual([2, 1])
  page.tab = 'acknowledged'
  expect(counts()).toEqual([1, 0])
  page.tab = 'all'
  expect(counts()).toEqual([3, 1])
})

test('acknowledging removes the alert from the tab and selects the next one', async () => {
  const bridge = accepts()
  const { page } = aPage(bridge)
  page.comment = ' looking '
  await page.acknowledge()
  expect(bridge.requests).toEqual([{ call: 'alerts.acknowledge', request: { id: anId(3), comment: 'looking' } }])
  expect([rows(page), page.selected?.id, page.comment]).toEqual([[anId(2), anId(1)], anId(2), ''])
})

test('an acknowledgement for hours has an end', async () => {
  const bridge = accepts()
  const { page } = aPage(bridge)
  const before = Date.now()
  await page.acknowledge(4)
  const { until } = bridge.requests[0]?.request as { until: number }
  expect(until).toBeGreaterThanOrEqual(before + 4 * 3_600_000)
  expect(until).toBeLessThan(before + 4 * 3_600_000 + 10_000)
})

test('shows a refusal and keeps the comment', async () => {
  const { page } = aPage(
    new FakeBridge({
      'alerts.acknowledge': () => failureReply('conflict', 'Ben has already acknowledged this alert.'),
    }),
  )
  page.comment = 'mine'
  await page.acknowledge()
  expect([page.problem?.message, page.comment]).toEqual(['Ben has already acknowledged this alert.', 'mine'])
})

test('does not send an alert that is already acknowledged', async () => {
  const bridge = accepts()
  const { page } = aPage(bridge, { shown: anId(4) })
  await page.acknowledge()
  expect(bridge.requests).toEqual([])
})

test('shows the alert of a notification in any state', () => {
  const { page } = aPage(new FakeBridge(), { shown: anId(5) })
  expect([page.selected?.id, page.tab]).toEqual([anId(5), 'all'])
})

test('the triage list selects another alert after its selection resolved', () => {
  const { page, app } = aPage(new FakeBridge(), { triage: true })
  page.select(anId(2))
  app.alerts.take([anAlert({ id: anId(2), phase: 'resolved', resolvedAt: Date.now(), resolveReason: 'cleared' })])
  expect(page.selected?.id).toBe(anId(3))
})

test.for([aSignedIn('viewer'), aSignedOut(), undefined] as const)('%o acknowledges nothing', async (session) => {
  const bridge = accepts()
  const { page, app } = aPage(bridge)
  app.session.now = session
  await page.acknowledge()
  expect([page.mayAcknowledge, page.canAcknowledge, bridge.requests]).toEqual([false, false, []])
})

test.for([aSignedIn('viewer'), aSignedOut()])(
  '%o acknowledges what this console says about itself',
  async (session) => {
    const own = anOwnAlert({ id: anId(9), severity: 'critical', openedAt: 20_000 })
    const bridge = new FakeBridge({ 'alerts.acknowledge': () => okReply({ ...own, acknowledgement }) })
    const { page, app } = aPage(bridge, {}, [...alerts, own])
    app.session.now = session
    expect([page.selected?.id, page.mayAcknowledge, page.canAcknowledge]).toEqual([own.id, false, true])
    expect(await page.acknowledge()).toBe(true)
    page.select(anId(3))
    expect(page.canAcknowledge).toBe(false)
  },
)

test('marks an acknowledgement that is not sent, and the own one', () => {
  const { page, app } = aPage(new FakeBridge())
  app.session.now = aSignedIn('operator')
  const mine = anAlert({ id: anId(4), acknowledgement })
  const change = { kind: 'acknowledge' as const, alertId: mine.id, acknowledgement }
  app.session.actions = [anAction({ change })]
  expect([page.isUnsent(mine), page.isUnsent(anAlert()), page.acknowledgedBy(mine)]).toEqual([true, false, 'you'])
  app.session.actions = [anAction({ at: Date.now(), change })]
  expect(page.isUnsent(mine)).toBe(false)
})

test("while the own acknowledgement waits, a colleague's that came from the team is not marked as not sent", () => {
  const { page, app } = aPage(new FakeBridge())
  app.session.now = aSignedIn('operator')
  const theirs = anAlert({ id: anId(4), acknowledgement: { ...acknowledgement, by: 'ben' } })
  const earlier = anAlert({ id: anId(4), acknowledgement: { ...acknowledgement, at: acknowledgement.at - 1 } })
  app.session.actions = [anAction({ change: { kind: 'acknowledge', alertId: anId(4), acknowledgement } })]
  expect([page.isUnsent(theirs), page.isUnsent(earlier)]).toEqual([false, false])
})

const enabled = (page: AlertsPage, app: AppState): boolean[] => [
  page.canAcknowledge,
  page.canUnacknowledge,
  app.acknowledged.newest !== undefined,
]

test('the selection is always in the list: a filter, another tab, a resolved alert', () => {
  const { page, app } = aPage(new FakeBridge())
  page.select(anId(2))
  page.severity = 'warning'
  expect(page.row?.id).toBe(anId(1))
  page.severity = 'any'
  page.select(anId(2))
  page.tab = 'acknowledged'
  expect(page.row?.id).toBe(anId(4))
  page.tab = 'unacknowledged'
  page.select(anId(2))
  expect(page.row?.id).toBe(anId(2))
  app.alerts.take([anAlert({ id: anId(2), phase: 'resolved', resolvedAt: Date.now(), resolveReason: 'cleared' })])
  expect([rows(page), page.row?.id]).toEqual([[anId(3), anId(1)], anId(1)])
})

test('a new alert above the selected row does not become the one that is acknowledged', async () => {
  const bridge = accepts()
  const { page, app } = aPage(bridge)
  expect(page.selected?.id).toBe(anId(3))
  app.alerts.take([anAlert({ id: anId(9), openedAt: 99_000 })])
  await page.acknowledge()
  expect(rows(page)[0]).toBe(anId(9))
  expect(bridge.requests).toEqual([{ call: 'alerts.acknowledge', request: { id: anId(3), comment: '' } }])
})

test('Enter twice in the comment acknowledges one', async () => {
  const bridge = accepts()
  const { page } = aPage(bridge)
  page.comment = 'on it'
  await Promise.all([page.acknowledgeCommented(), page.acknowledgeCommented()])
  expect(bridge.requests).toHaveLength(1)
})

test('a comment that was begun for another alert is not sent before it is confirmed', async () => {
  const bridge = accepts()
  const { page, app } = aPage(bridge)
  page.comment = 'disk of node-1'
  app.alerts.take([anAlert({ id: anId(3), phase: 'resolved', resolvedAt: Date.now(), resolveReason: 'cleared' })])
  expect(await page.acknowledgeCommented()).toBe(false)
  expect([page.problem?.message, bridge.requests]).toEqual([
    'The selected alert has changed. Press Enter again to acknowledge node-1.',
    [],
  ])
  expect(await page.acknowledgeCommented()).toBe(true)
  expect(bridge.requests).toMatchObject([{ request: { id: anId(2), comment: 'disk of node-1' } }])
})

test('after an acknowledgement the next alert that needs one is selected, on every tab', async () => {
  const { page } = aPage(accepts())
  page.tab = 'all'
  page.select(anId(2))
  await page.acknowledge()
  expect(page.row?.id).toBe(anId(1))
  await page.acknowledge()
  expect(page.row?.id).toBe(anId(3))
})

test('pending alerts follow those that fire; one cannot be acknowledged, and stays selected when it fires', () => {
  const bridge = new FakeBridge()
  const { page, app } = aPage(bridge)
  app.alerts.loaded = true
  const stop = app.pending.follow()
  bridge.push('pending.changed', [aPendingAlert({ alertId: anId(7), nodeId: 'node-7' })])
  stop()
  expect(page.list.map(({ kind, id }) => [kind, id])).toEqual([
    ['alert', anId(3)],
    ['alert', anId(2)],
    ['alert', anId(1)],
    ['pending', anId(7)],
  ])
  page.select(anId(7))
  expect(enabled(page, app)).toEqual([false, false, false])
  app.alerts.take([anAlert({ id: anId(7), nodeId: 'node-7', openedAt: 99_000 })])
  expect([page.row?.kind, page.row?.id, page.canAcknowledge]).toEqual(['alert', anId(7), true])
  page.tab = 'acknowledged'
  expect(page.list.map(({ id }) => id)).toEqual([anId(4)])
})

test('the alerts of an offline node are listed last, marked, and not counted', () => {
  const offline = anAlert({ id: anId(8), kind: 'offline', metric: '', value: null, nodeId: 'node-8' })
  const inhibited = anAlert({ id: anId(9), nodeId: 'node-8' })
  const { page } = aPage(new FakeBridge(), {}, [...alerts, offline, inhibited])
  expect([page.open.length, page.unacknowledged.length, page.count('critical')]).toEqual([5, 4, 3])
  expect(rows(page)).not.toContain(inhibited.id)
  page.tab = 'all'
  expect(rows(page).at(-1)).toBe(inhibited.id)
  expect([page.isInhibited(inhibited), page.isInhibited(offline)]).toEqual([true, false])
})

test('each acknowledgement can be undone for some seconds, the newest first, and its alert is selected again', async () => {
  const bridge = accepts()
  bridge.replies['alerts.unacknowledge'] = ({ id }) => okReply(anAlert({ id }))
  const { page, app } = aPage(bridge)
  await page.acknowledge()
  await page.acknowledge()
  expect(app.acknowledged.newest?.id).toBe(anId(2))
  await app.acknowledged.undoNewest()
  expect([page.row?.id, app.acknowledged.newest?.id]).toEqual([anId(2), anId(3)])
  await app.acknowledged.undoNewest()
  expect([page.row?.id, app.acknowledged.newest]).toEqual([anId(3), undefined])
  expect(bridge.requests.slice(2)).toEqual([
    { call: 'alerts.unacknowledge', request: { id: anId(2), by: 'anna', at: 1_200_000 } },
    { call: 'alerts.unacknowledge', request: { id: anId(3), by: 'anna', at: 1_200_000 } },
  ])
})

test('the alert of a notification is selected, although the acknowledgement of another one was undone before', async () => {
  const bridge = accepts()
  bridge.replies['alerts.unacknowledge'] = ({ id }) => okReply(anAlert({ id }))
  const { page: before, app } = aPage(bridge)
  await before.acknowledge()
  await app.acknowledged.undoNewest()
  expect(before.row?.id).toBe(anId(3))
  const page = new AlertsPage(app, { shown: anId(2) })
  expect([page.row?.id, page.opened]).toEqual([anId(2), anId(2)])
  await page.acknowledge()
  page.select(anId(1))
  await app.acknowledged.undoNewest()
  expect(page.row?.id).toBe(anId(2))
})

test('an older acknowledgement is taken back from its row; why that failed is said', async () => {
  const message = 'ben has acknowledged this alert since.'
  const bridge = new FakeBridge({ 'alerts.unacknowledge': () => failureReply('conflict', message) })
  const { page, app } = aPage(bridge)
  page.tab = 'acknowledged'
  expect(enabled(page, app)).toEqual([false, true, false])
  await page.unacknowledge()
  expect(bridge.requests).toEqual([
    { call: 'alerts.unacknowledge', request: { id: anId(4), by: 'anna', at: 1_200_000 } },
  ])
  expect(app.acknowledged.problem?.message).toBe(message)
})

/** Silences the alerts of node-9. */
const silence = aSilence({
  matchers: [aMatcher('node', '=', 'node-9')],
  schedule: { kind: 'once', startsAt: 0, endsAt: 9e12 },
})
const nine = anAlert({ id: anId(9), nodeId: 'node-9', openedAt: 99_000 })

test('a silenced alert is listed apart, and does not count', () => {
  const { app, page } = aPage(new FakeBridge(), {}, [...alerts, nine])
  expect([rows(page)[0], app.unacknowledged]).toEqual([anId(9), 4])
  app.silences.items = [silence]
  expect([rows(page), app.unacknowledged]).toEqual([[anId(3), anId(2), anId(1)], 3])
  page.tab = 'silenced'
  expect([rows(page), page.count('critical')]).toEqual([[anId(9)], 1])
  page.tab = 'all'
  expect(rows(page).at(-1)).toBe(anId(9))
})

test('the address of silenced alerts shows their tab', () => {
  const { app, page } = aPage(new FakeBridge(), { tab: alertTabOf('silenced') }, [...alerts, nine])
  app.silences.items = [silence]
  expect([page.tab, page.selected?.id]).toEqual(['silenced', anId(9)])
})

test('a silenced offline alert still inhibits the other alerts of its node', () => {
  const offline = anAlert({ id: anId(10), nodeId: 'node-9', kind: 'offline', metric: '', value: null })
  const { app, page } = aPage(new FakeBridge(), {}, [nine, offline])
  app.silences.items = [{ ...silence, matchers: [...silence.matchers, aMatcher('kind', '=', 'offline')] }]
  expect([rows(page), app.unacknowledged]).toEqual([[], 0])
})
