import { expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/builders.ts'
import { anId } from '#shared/rule/builders.ts'
import { aSignedIn, aSignedOut, anAction } from '../../bridge/builders.ts'
import { answer, FakeBridge, refusal } from '../../bridge/fake.ts'
import { LiveData } from '../../live/live-data.svelte.ts'
import { AlertBoard } from './alert-board.svelte.ts'

const acknowledgement = { by: 'anna', at: 1_200_000, comment: 'batch job' }
const alerts = [
  anAlert({ id: anId(1), severity: 'warning', openedAt: 3000 }),
  anAlert({ id: anId(2), openedAt: 1000 }),
  anAlert({ id: anId(3), openedAt: 2000 }),
  anAlert({ id: anId(4), openedAt: 9000, acknowledgement }),
  anAlert({ id: anId(5), phase: 'resolved', resolvedAt: 9000, resolveReason: 'cleared' }),
]
const aBoard = (bridge: FakeBridge, options = {}, items: readonly Alert[] = alerts) => {
  const live = new LiveData(bridge.api)
  live.alerts.items = items
  live.session.now = { kind: 'standalone' }
  return { live, board: new AlertBoard(live, options) }
}
const rows = (board: AlertBoard): string[] => board.rows.map(({ id }) => id)
const accepts = () =>
  new FakeBridge({
    'alerts.acknowledge': ({ id, comment }) =>
      answer({ ...anAlert({ id }), acknowledgement: { ...acknowledgement, comment } }),
  })

test('critical comes first, then the newest; what is taken on comes last, what has ended not at all', () => {
  const { board } = aBoard(new FakeBridge())
  expect(rows(board)).toEqual([anId(3), anId(2), anId(1)])
  board.tab = 'all'
  expect(rows(board)).toEqual([anId(3), anId(2), anId(1), anId(4)])
  board.tab = 'acknowledged'
  expect(rows(board)).toEqual([anId(4)])
  board.tab = 'all'
  board.severity = 'warning'
  expect(rows(board)).toEqual([anId(1)])
})

test('acknowledging takes the alert out of what waits and selects the next one', async () => {
  const bridge = accepts()
  const { board } = aBoard(bridge)
  board.comment = ' looking '
  await board.acknowledge()
  expect(bridge.asked).toEqual([{ call: 'alerts.acknowledge', request: { id: anId(3), comment: 'looking' } }])
  expect([rows(board), board.selected?.id, board.comment]).toEqual([[anId(2), anId(1)], anId(2), ''])
})

test('with hours it ends by itself', async () => {
  const bridge = accepts()
  const { board } = aBoard(bridge)
  const before = Date.now()
  await board.acknowledge(4)
  const { until } = bridge.asked[0]?.request as { until: number }
  expect(until).toBeGreaterThanOrEqual(before + 4 * 3_600_000)
  expect(until).toBeLessThan(before + 4 * 3_600_000 + 10_000)
})

test('a refusal is shown, the comment stays', async () => {
  const { board } = aBoard(
    new FakeBridge({ 'alerts.acknowledge': () => refusal('conflict', 'Ben has already acknowledged this alert.') }),
  )
  board.comment = 'mine'
  await board.acknowledge()
  expect([board.problem?.message, board.comment]).toEqual(['Ben has already acknowledged this alert.', 'mine'])
})

test('an alert that is acknowledged already is not sent again', async () => {
  const bridge = accepts()
  const { board } = aBoard(bridge, { shown: anId(4) })
  await board.acknowledge()
  expect(bridge.asked).toEqual([])
})

test('the alert that a notification points to is shown in whatever state it is', () => {
  const { board } = aBoard(new FakeBridge(), { shown: anId(5) })
  expect([board.selected?.id, board.tab]).toEqual([anId(5), 'all'])
})

test('the triage list falls back to what waits when its selection has ended', () => {
  const { board, live } = aBoard(new FakeBridge(), { triage: true })
  board.select(anId(2))
  live.alerts.take([anAlert({ id: anId(2), phase: 'resolved', resolvedAt: Date.now(), resolveReason: 'cleared' })])
  expect(board.selected?.id).toBe(anId(3))
})

test.for([aSignedIn('viewer'), aSignedOut(), undefined] as const)('%o acknowledges nothing', async (session) => {
  const bridge = accepts()
  const { board, live } = aBoard(bridge)
  live.session.now = session
  await board.acknowledge()
  expect([board.mayAcknowledge, board.canAcknowledge, bridge.asked]).toEqual([false, false, []])
})

test('an acknowledgement that the backend has not heard of is marked, and the own one is called so', () => {
  const { board, live } = aBoard(new FakeBridge())
  live.session.now = aSignedIn('operator')
  const mine = anAlert({ id: anId(4), acknowledgement })
  const does = { kind: 'acknowledge' as const, alertId: mine.id, acknowledgement }
  live.session.actions = [anAction({ does })]
  expect([board.isUnsent(mine), board.isUnsent(anAlert()), board.acknowledgedBy(mine)]).toEqual([true, false, 'you'])
  live.session.actions = [anAction({ at: Date.now(), does })]
  expect(board.isUnsent(mine)).toBe(false)
})
