import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aSignedIn, aSignedOut, anAction } from '../../bridge/bridge-builders.ts'
import { okReply, FakeBridge, failureReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
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
