import { beforeEach, expect, test } from 'vitest'
import { type Alert, type NodeAlert, type NotifiedAs } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { notificationText } from '#shared/alert/alert-text.ts'
import type { QueuedNotification } from '#shared/notification/queued-notification.ts'
import type { Health } from '#shared/health/health.ts'
import { withdrawnAlert } from '#shared/team/merge-alert.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aMatcher, aSilence } from '#shared/silence/silence-builders.ts'
import { FiringAlerts } from '../app/firing-alerts.ts'
import { AlertNotifications } from './alert-notifications.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import { TestPause } from './pause-builder.ts'

const live: Health = { kind: 'live', behindMs: 100 }
const catchingUp: Health = { kind: 'catching-up', lagMessages: 1000, behindMs: 60_000 }

const queued = (number: number, over: Partial<NodeAlert> = {}): QueuedNotification => ({
  alert: anAlert({ id: anId(number), nodeId: `node-${number}`, ...over }),
  transition: 'opened',
  wasShown: false,
})

let clock: number
let health: Health
let firing: FiringAlerts
let works: boolean
let shown: DesktopPopup[]
let whileShown: () => void
let withdrawn: string[]
/** Tags that were withdrawn and not shown again. */
let gone: Set<string>
let settled: Array<readonly [boolean, number]>
let settledAs: Array<NotifiedAs | undefined>
let opened: Array<string | undefined>
let notifications: AlertNotifications
let pause: TestPause
beforeEach(async () => {
  clock = 1_000_000
  health = live
  firing = new FiringAlerts(() => clock)
  works = true
  shown = []
  whileShown = () => undefined
  withdrawn = []
  gone = new Set()
  settled = []
  settledAs = []
  opened = []
  pause = new TestPause()
  notifications = new AlertNotifications({
    pause,
    show: (popup) => {
      if (works) {
        shown.push(popup)
        gone.delete(popup.tag)
      }
      whileShown()
      return Promise.resolve(works)
    },
    withdraw: (tag) => {
      withdrawn.push(tag)
      gone.add(tag)
    },
    settle: (byPopup, items, as) => {
      settled.push([byPopup, items.length])
      settledAs.push(as)
    },
    health: () => health,
    firing: () => firing.list,
    isSilenced: (alert) => firing.isSilenced(alert),
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
  expect([shown.length, settled, settledAs]).toEqual([1, [[true, 1]], ['popup']])
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
  expect([settled, settledAs]).toEqual([[[true, 5]], ['digest']])
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

/** Alerts as the data thread publishes them: first the list of firing ones, then the notifications. */
const publish = (...alerts: Alert[]): void => {
  firing.change(alerts)
  notifications.alertsChanged(alerts)
}
const fire = (...items: QueuedNotification[]): void => {
  publish(...items.map(({ alert }) => alert))
  notifications.add(items)
}
const resolve = (number: number): void =>
  publish({ ...queued(number).alert, phase: 'resolved', resolvedAt: clock, resolveReason: 'cleared' })
/** Title of each popup on the screen, by tag. */
const screen = (): Record<string, string> => {
  const tags = shown.map(({ tag }) => tag)
  const open = shown.filter(({ tag }, i) => tags.lastIndexOf(tag) === i && !gone.has(tag))
  return Object.fromEntries(open.map(({ tag, title }) => [tag, title.replaceAll('\u202f', ' ')]))
}

test.for<[string, Partial<NodeAlert>]>([
  ['resolves', { phase: 'resolved', resolvedAt: 1, resolveReason: 'cleared' }],
  ['ends with its rule', { phase: 'resolved', resolvedAt: 1, resolveReason: 'rule-changed' }],
  ['is withdrawn by the backend', { phase: 'resolved', resolvedAt: 1 }],
  ['eases to a warning', { severity: 'warning', threshold: 85 }],
  ['is acknowledged', { acknowledgement: { by: 'anna', at: 0, comment: '' } }],
])('the popup of an alert that %s is withdrawn', async ([, change]) => {
  fire(queued(1), queued(2))
  await after(1000)
  publish({ ...queued(1).alert, ...change } as Alert)
  expect(Object.keys(screen())).toEqual([anId(2)])
  await after(60_000)
  expect(shown).toHaveLength(2)
})

test('the popups of a node that goes offline give way to its offline alert, and do not come back', async () => {
  fire(queued(1))
  await after(1000)
  const offline = queued(9, { nodeId: 'node-1', kind: 'offline', metric: '', value: null, threshold: 60 })
  fire(offline)
  await after(1000)
  expect(Object.keys(screen())).toEqual([anId(9)])
  publish({ ...offline.alert, phase: 'resolved', resolvedAt: clock, resolveReason: 'data-returned' })
  await after(60_000)
  expect([Object.keys(screen()), shown.length]).toEqual([[], 2])
})

test('what opens while its node is offline is notified when the node returns, if it still fires', async () => {
  const offline = queued(9, { nodeId: 'node-1', kind: 'offline', metric: '', value: null, threshold: 60 })
  fire(offline, queued(1), queued(2, { nodeId: 'node-1' }))
  await after(1000)
  expect(Object.keys(screen())).toEqual([anId(9)])
  resolve(2)
  publish({ ...offline.alert, phase: 'resolved', resolvedAt: clock, resolveReason: 'data-returned' })
  await after(1000)
  expect(Object.keys(screen())).toEqual([anId(1)])
  expect(settled).toEqual([
    [true, 1],
    [false, 1],
    [true, 1],
  ])
})

test('an alert that another level raised replaces its own popup, without a sound', async () => {
  fire(queued(1))
  await after(1000)
  publish({ ...queued(1).alert, threshold: 90 })
  await after(6000)
  expect(shown.map(({ tag, isUpdate }) => [tag, isUpdate])).toEqual([
    [anId(1), false],
    [anId(1), true],
  ])
  expect(screen()).toEqual({ [anId(1)]: '[CRITICAL] node-1 CPU 97.2 % > 90 % for 2 m' })
  await after(60_000)
  expect(shown).toHaveLength(2)
})

test('the popup of a provisional alert becomes that of the official one', async () => {
  fire(queued(1, { provisional: true }))
  await after(1000)
  const official = { ...queued(1).alert, id: anId(7), provisional: false }
  publish(withdrawnAlert(queued(1, { provisional: true }).alert), official)
  await after(6000)
  expect([Object.keys(screen()), shown.length]).toEqual([[anId(7)], 2])
  publish({ ...official, phase: 'resolved', resolvedAt: clock, resolveReason: 'cleared' })
  expect(screen()).toEqual({})
})

test('a summary says how many fire now, and goes when none does', async () => {
  fire(queued(1))
  await after(1000)
  fire(...[2, 3, 4, 5, 6].map((number) => queued(number)))
  await after(1000)
  expect([screen(), settledAs.at(-1)]).toEqual([{ summary: '[CRITICAL] 6 critical alerts' }, 'summary'])
  for (const number of [1, 2, 3, 4]) resolve(number)
  await after(6000)
  expect([screen(), shown.at(-1)?.isUpdate]).toEqual([{ summary: '[CRITICAL] 2 critical alerts' }, true])
  fire(queued(8))
  await after(1000)
  expect([screen(), shown.at(-1)?.isUpdate]).toEqual([{ summary: '[CRITICAL] 3 critical alerts' }, false])
  for (const number of [5, 6, 8]) resolve(number)
  expect(screen()).toEqual({})
})

test('a popup that the operator closed is not brought back by a change', async () => {
  fire(...[1, 2, 3, 4, 5].map((number) => queued(number)))
  await after(1000)
  shown.at(-1)?.onClose?.()
  resolve(1)
  await after(60_000)
  expect(shown).toHaveLength(1)
  fire(queued(7))
  await after(1000)
  expect(shown.at(-1)?.tag).toBe(anId(7))
})

test('the digest after time away says how many of its alerts still fire', async () => {
  notifications.resumed()
  fire(...[1, 2, 3].map((number) => queued(number)))
  await after(1000)
  resolve(1)
  resolve(2)
  await after(6000)
  expect(screen()).toEqual({ away: 'While you were away: 3 critical (1 still firing)' })
  resolve(3)
  await after(6000)
  expect([screen(), shown.at(-1)?.urgency]).toEqual([{ away: 'While you were away: 3 critical' }, 'normal'])
})

test('a silenced alert has no popup; it has one when the silence ends and it still fires', async () => {
  firing.silence([aSilence({ matchers: [aMatcher('node', '=', 'node-1')] })])
  notifications.add([queued(1), queued(2)])
  await after(0)
  expect(shown.map(({ tag }) => tag)).toEqual([anId(2)])
  notifications.add([queued(3)])
  notifications.alertsChanged([{ ...queued(3).alert, severity: 'warning' }])
  clock = 8_200_000
  await after(0)
  await after(1000)
  expect(shown.map(({ tag }) => tag)).toEqual([anId(2), anId(1)])
})

test('a silence takes the popup of what it matches from the screen, and does not bring it back', async () => {
  notifications.add([queued(1)])
  await after(0)
  firing.silence([aSilence()])
  notifications.silencesChanged()
  expect(withdrawn).toEqual([anId(1)])
  clock = 8_200_000
  await after(0)
  expect(shown).toHaveLength(1)
})

test('an alert that ended while it was silenced is dropped', async () => {
  firing.silence([aSilence()])
  notifications.add([queued(1)])
  await after(0)
  notifications.alertsChanged([{ ...queued(1).alert, phase: 'resolved', resolvedAt: clock }])
  await after(1000)
  expect([shown, settled]).toEqual([[], [[false, 1]]])
})
