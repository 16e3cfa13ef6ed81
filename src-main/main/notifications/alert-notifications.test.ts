import { beforeEach, expect, test } from 'vitest'
import type { Alert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { notificationText } from '#shared/alert/alert-text.ts'
import type { QueuedNotification } from '#shared/notification/plan-notifications.ts'
import type { Health } from '#shared/health/health.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { AlertNotifications } from './alert-notifications.ts'
import type { DesktopPopup } from './desktop-notifier.ts'

const live: Health = { kind: 'live', behindMs: 100 }
const catchingUp: Health = { kind: 'catching-up', lagMessages: 1000, behindMs: 60_000 }

const queued = (number: number, over: Partial<Alert> = {}): QueuedNotification => ({
  alert: anAlert({ id: anId(number), nodeId: `node-${number}`, ...over }),
  transition: 'opened',
})

let clock: number
let health: Health
let works: boolean
let shown: DesktopPopup[]
let whileShown: () => void
let withdrawn: string[]
let settled: Array<readonly [boolean, number]>
let opened: Array<string | undefined>
let notifications: AlertNotifications
beforeEach(async () => {
  clock = 1_000_000
  health = live
  works = true
  shown = []
  whileShown = () => undefined
  withdrawn = []
  settled = []
  opened = []
  notifications = new AlertNotifications({
    show: (popup) => {
      if (works) shown.push(popup)
      whileShown()
      return Promise.resolve(works)
    },
    withdraw: (alertId) => withdrawn.push(alertId),
    settle: (byPopup, items) => settled.push([byPopup, items.length]),
    health: () => health,
    clearLevelOf: () => undefined,
    timeOf: () => '14:02:03',
    open: (id) => opened.push(id),
    now: () => clock,
  })
  await notifications.tick()
})
async function after(ms: number): Promise<void> {
  clock += ms
  await notifications.tick()
}

test('after the clock is set back, neither the limit nor a refused popup blocks popups', async () => {
  for (let number = 1; number <= 6; number++) {
    notifications.add([queued(number)])
    await after(100)
  }
  notifications.add([queued(7)])
  await after(-3_600_000)
  await after(60_000)
  expect(shown).toHaveLength(7)

  works = false
  notifications.add([queued(8)])
  await after(60_000)
  works = true
  await after(-3_600_000)
  await after(60_000)
  expect(shown).toHaveLength(8)
})

test('an acknowledgement removes the popup of the alert', async () => {
  notifications.add([queued(1), queued(2)])
  await after(0)
  const acknowledgement = { by: 'anna', at: clock, comment: 'on it' }
  notifications.alertsChanged([queued(1).alert])
  expect(withdrawn).toEqual([])
  notifications.alertsChanged([{ ...queued(1).alert, acknowledgement }])
  expect(withdrawn).toEqual([anId(1)])
})

test('an alert that is acknowledged while another popup is shown gets none', async () => {
  notifications.add([queued(1), queued(2)])
  const acknowledgement = { by: 'anna', at: clock, comment: 'on it' }
  whileShown = () => notifications.alertsChanged([{ ...queued(2).alert, acknowledgement }])
  await after(0)
  await after(1000)
  expect(shown.map(({ tag }) => tag)).toEqual([anId(1)])
})

test('a critical alert is shown once, then settled, and its click opens it', async () => {
  notifications.add([queued(1)])
  await after(1000)
  await after(1000)
  shown[0]?.onClick()
  expect(shown.map(({ title, urgency, tag }) => [title, urgency, tag])).toEqual([
    [notificationText(queued(1).alert).title, 'critical', anId(1)],
  ])
  expect([settled, opened]).toEqual([[[true, 1]], [anId(1)]])
})

test('a popup that the system refused stays queued and is retried after a minute', async () => {
  works = false
  notifications.add([queued(1)])
  await after(1000)
  works = true
  await after(1000)
  expect([shown.length, settled]).toEqual([0, []])
  await after(60_000)
  expect([shown.length, settled]).toEqual([1, [[true, 1]]])
})

test('alerts that fired while the console caught up for a minute are one digest', async () => {
  health = catchingUp
  await after(0)
  notifications.add([queued(1), queued(2), queued(3, { phase: 'resolved' }), queued(4), queued(5)])
  await after(61_000)
  expect(shown).toEqual([])
  health = live
  await after(1000)
  expect(shown.map(({ tag, title }) => [tag, title.slice(0, 21)])).toEqual([['away', 'While you were away: ']])
  expect(settled).toEqual([[true, 5]])
  notifications.add([queued(6)])
  await after(1000)
  expect(shown[1]?.tag).toBe(anId(6))
})

test('a single firing alert has its own popup, even after a long time not live', async () => {
  health = catchingUp
  await after(0)
  notifications.add([queued(1)])
  await after(300_000)
  health = live
  await after(1000)
  expect(shown.map(({ tag }) => tag)).toEqual([anId(1)])
})

test('an alert that resolved while its notification was queued is settled without a popup', async () => {
  health = catchingUp
  notifications.add([queued(1)])
  await after(1000)
  notifications.alertsChanged([queued(1, { phase: 'resolved' }).alert])
  health = live
  await after(1000)
  expect([shown, settled]).toEqual([[], [[false, 1]]])
})

test('after sleep several alerts are one digest', async () => {
  notifications.resumed()
  notifications.add([queued(1), queued(2)])
  await after(1000)
  expect(shown.map(({ tag }) => tag)).toEqual(['away'])
})
