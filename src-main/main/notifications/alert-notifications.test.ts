import { beforeEach, expect, test } from 'vitest'
import type { Alert, NodeAlert } from '#shared/alert/alert.ts'
import type { Health } from '#shared/health/health.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { withdrawnAlert } from '#shared/team/merge-alert.ts'
import { queued, TestNotifications, titleOf } from './notifications-builder.ts'

const live: Health = { kind: 'live', behindMs: 100 }
const catchingUp: Health = { kind: 'catching-up', lagMessages: 1000, behindMs: 60_000 }

let console_: TestNotifications
beforeEach(async () => {
  console_ = new TestNotifications()
  await console_.after(0)
})

test('a critical alert is shown once, then settled; its click opens it, and its buttons act', async () => {
  console_.fire(queued(1))
  await console_.after(0)
  await console_.after(1000)
  const [popup] = console_.shown
  expect([console_.texts, popup?.urgency, popup?.isSticky]).toEqual([
    [[titleOf(1), 'Server-Alpha, since 14:02:03.']],
    'critical',
    true,
  ])
  popup?.onClick()
  for (const { action } of popup?.buttons ?? []) popup?.onAction?.(action)
  expect(popup?.buttons?.map(({ label }) => label.replaceAll('\u202f', ' '))).toEqual([
    'Acknowledge',
    'Silence 1 h',
    'Open',
  ])
  expect(console_.acts).toEqual([
    { kind: 'open', alertId: anId(1) },
    { kind: 'acknowledge', alertIds: [anId(1)] },
    { kind: 'silence', alertIds: [anId(1)] },
    { kind: 'open', alertId: anId(1) },
  ])
  expect([console_.settled, console_.settledAs, console_.sounds]).toEqual([[[true, 1]], ['popup'], ['critical']])
})

test('the timer gets the time of the next plan', async () => {
  console_.settings = { ...console_.settings, 'notifications.criticalWaitSeconds': 5 }
  console_.fire(queued(1))
  await console_.after(0)
  console_.fire(queued(2))
  await console_.after(1000)
  expect([console_.shown.length, console_.wakeAt - console_.clock]).toEqual([1, 5000])
})

test('after the clock is set back, neither the limit nor a refused popup blocks popups', async () => {
  for (let number = 1; number <= 6; number++) {
    console_.fire(queued(number))
    await console_.after(100)
  }
  console_.shown.at(-1)?.onClose?.()
  console_.fire(queued(7))
  await console_.after(-3_600_000)
  await console_.after(60_000)
  expect(console_.shown).toHaveLength(7)

  console_.works = false
  console_.fire(queued(8))
  await console_.after(1000)
  console_.works = true
  await console_.after(-3_600_000)
  await console_.after(60_000)
  expect(console_.screen).toContain(titleOf(8))
})

test('an acknowledgement removes the popup of the alert at once', async () => {
  console_.fire(queued(1), queued(2))
  await console_.after(0)
  const acknowledgement = { by: 'anna', at: console_.clock, comment: 'on it' }
  console_.publish(queued(1).alert)
  expect(console_.screen).toEqual([titleOf(1), titleOf(2)])
  console_.publish({ ...queued(1).alert, acknowledgement })
  expect(console_.screen).toEqual([titleOf(2)])
})

test('an alert that is acknowledged while another popup is shown gets none', async () => {
  console_.fire(queued(1), queued(2))
  const acknowledgement = { by: 'anna', at: console_.clock, comment: 'on it' }
  console_.whileShown = () => {
    console_.publish({ ...queued(2).alert, acknowledgement })
    void console_.notifications.update()
  }
  await console_.after(0)
  await console_.after(1000)
  expect(console_.screen).toEqual([titleOf(1)])
  expect(console_.shown).toHaveLength(1)
})

test('an alert that ends while its own popup is being shown leaves the screen', async () => {
  console_.fire(queued(1))
  console_.whileShown = () => console_.resolve(1)
  await console_.after(0)
  expect(console_.screen).toEqual([])
})

test('a popup that the system refused stays queued and is retried after a minute', async () => {
  console_.works = false
  console_.fire(queued(1))
  await console_.after(0)
  console_.works = true
  await console_.after(1000)
  expect([console_.shown.length, console_.settled, console_.wakeAt - console_.clock]).toEqual([0, [], 59_000])
  await console_.after(60_000)
  expect([console_.screen, console_.settled, console_.settledAs]).toEqual([[titleOf(1)], [[true, 1]], ['popup']])
  expect(console_.sounds).toEqual(['critical'])
})

test('a system that refuses popups has toasts in the window, which go like popups', async () => {
  console_.works = false
  console_.fire(queued(1))
  await console_.after(0)
  expect(console_.toasts).toEqual([])
  await console_.after(60_000)
  expect([console_.toasts.map(({ title }) => title.replaceAll('\u202f', ' ')), console_.settledAs]).toEqual([
    [titleOf(1)],
    ['toast'],
  ])
  console_.fire(queued(2))
  await console_.after(0)
  expect(console_.toasts).toHaveLength(2)
  console_.resolve(1)
  expect(console_.withdrawn).toEqual([console_.toasts[0]?.tag])
})

test('a system that is known to show nothing gets a toast for the first alert, and popups as soon as it works', async () => {
  Object.assign(console_, { works: false, isBroken: true })
  console_.fire(queued(1))
  await console_.after(0)
  expect([console_.toasts.length, console_.settledAs]).toEqual([1, ['toast']])
  Object.assign(console_, { works: true, isBroken: false })
  console_.notifications.systemChanged()
  console_.fire(queued(2))
  await console_.after(0)
  expect(console_.screen).toEqual([titleOf(2)])
})

test('a system that has just broken gets the popup that it refused as soon as it works again', async () => {
  console_.works = false
  console_.fire(queued(1))
  await console_.after(0)
  console_.isBroken = true
  console_.notifications.systemChanged()
  expect(console_.toasts).toEqual([])
  Object.assign(console_, { works: true, isBroken: false })
  console_.notifications.systemChanged()
  await console_.after(1000)
  expect(console_.screen).toEqual([titleOf(1)])
})

test('alerts that fired while the console caught up for a minute are one digest', async () => {
  console_.health = catchingUp
  await console_.after(0)
  console_.fire(queued(1), queued(2), queued(3, { phase: 'resolved' }), queued(4), queued(5))
  await console_.after(61_000)
  expect(console_.shown).toEqual([])
  console_.health = live
  await console_.after(1000)
  expect(console_.screen).toEqual(['While you were away: 5 critical (4 still firing)'])
  expect([console_.settled, console_.settledAs]).toEqual([[[true, 5]], ['digest']])
  console_.fire(queued(6))
  await console_.after(1000)
  expect(console_.screen).toContain(titleOf(6))
})

test('a single firing alert has its own popup, even after a long time not live', async () => {
  console_.health = catchingUp
  await console_.after(0)
  console_.fire(queued(1))
  await console_.after(300_000)
  console_.health = live
  await console_.after(1000)
  expect(console_.screen).toEqual([titleOf(1)])
})

test('an alert that resolved while its notification was queued is settled without a popup', async () => {
  console_.health = catchingUp
  console_.fire(queued(1))
  await console_.after(1000)
  console_.resolve(1)
  console_.health = live
  await console_.after(1000)
  expect([console_.shown, console_.settled]).toEqual([[], [[false, 1]]])
})

test('after sleep several alerts are one digest', async () => {
  console_.notifications.resumed()
  console_.fire(queued(1), queued(2))
  await console_.after(1000)
  expect(console_.screen).toEqual(['While you were away: 2 critical (2 still firing)'])
})

test.for<[string, Partial<NodeAlert>]>([
  ['resolves', { phase: 'resolved', resolvedAt: 1, resolveReason: 'cleared' }],
  ['ends with its rule', { phase: 'resolved', resolvedAt: 1, resolveReason: 'rule-changed' }],
  ['is withdrawn by the backend', { phase: 'resolved', resolvedAt: 1 }],
  ['eases to a warning', { severity: 'warning', threshold: 85 }],
  ['is acknowledged', { acknowledgement: { by: 'anna', at: 0, comment: '' } }],
])('the popup of an alert that %s is withdrawn', async ([, change]) => {
  console_.fire(queued(1), queued(2))
  await console_.after(1000)
  console_.publish({ ...queued(1).alert, ...change } as Alert)
  expect(console_.screen).toEqual([titleOf(2)])
  await console_.after(60_000)
  expect(console_.shown).toHaveLength(2)
})

test('the popups of a node that goes offline give way to its offline alert, and do not come back', async () => {
  console_.fire(queued(1))
  await console_.after(1000)
  const offline = queued(9, { nodeId: 'node-1', kind: 'offline', metric: '', value: null, threshold: 60 })
  console_.fire(offline)
  await console_.after(1000)
  expect(console_.screen).toEqual(['[CRITICAL] node-1 is offline'])
  console_.publish({ ...offline.alert, phase: 'resolved', resolvedAt: console_.clock, resolveReason: 'data-returned' })
  await console_.after(60_000)
  expect([console_.screen, console_.shown.length]).toEqual([[], 2])
})

test('what opens while its node is offline is notified when the node returns, if it still fires', async () => {
  const offline = queued(9, { nodeId: 'node-1', kind: 'offline', metric: '', value: null, threshold: 60 })
  console_.fire(offline, queued(1), queued(2, { nodeId: 'node-1' }))
  await console_.after(1000)
  expect(console_.screen).toEqual(['[CRITICAL] node-1 is offline'])
  console_.publish({
    ...queued(2, { nodeId: 'node-1' }).alert,
    phase: 'resolved',
    resolvedAt: 1,
    resolveReason: 'cleared',
  })
  console_.publish({ ...offline.alert, phase: 'resolved', resolvedAt: console_.clock, resolveReason: 'data-returned' })
  await console_.after(1000)
  expect(console_.screen).toEqual([titleOf(1)])
  expect(console_.settled).toEqual([[true, 1], [false, 1], [true, 1]]) // prettier-ignore
})

test('an alert that another level raised replaces its own popup, without a sound', async () => {
  console_.fire(queued(1))
  await console_.after(1000)
  console_.publish({ ...queued(1).alert, threshold: 90 })
  await console_.after(6000)
  expect(console_.shown.map(({ isUpdate }) => isUpdate)).toEqual([false, true])
  expect([console_.screen, console_.sounds]).toEqual([['[CRITICAL] node-1 CPU 97.2 % > 90 % for 2 m'], ['critical']])
  await console_.after(60_000)
  expect(console_.shown).toHaveLength(2)
})

test('the popup of a provisional alert becomes that of the official one', async () => {
  console_.fire(queued(1, { provisional: true }))
  await console_.after(1000)
  const official = { ...queued(1).alert, id: anId(7), provisional: false }
  console_.publish(withdrawnAlert(queued(1, { provisional: true }).alert), official)
  await console_.after(6000)
  const popup = console_.shown.at(-1)
  popup?.onClick()
  expect([console_.screen, console_.acts]).toEqual([[titleOf(1)], [{ kind: 'open', alertId: anId(7) }]])
  console_.publish({ ...official, phase: 'resolved', resolvedAt: console_.clock, resolveReason: 'cleared' })
  expect(console_.screen).toEqual([])
})

test('a popup that the operator closed is not brought back by a change', async () => {
  const group = [1, 2, 3, 4, 5].map((number) => queued(number, { ruleId: anId(500) }))
  console_.fire(...group)
  await console_.after(1000)
  console_.shown.at(-1)?.onClose?.()
  console_.resolve(1)
  await console_.after(60_000)
  expect(console_.shown).toHaveLength(1)
  console_.fire(queued(7))
  await console_.after(1000)
  expect(console_.texts.at(-1)?.[0]).toBe(titleOf(7))
})

test('the digest after time away says how many of its alerts still fire', async () => {
  console_.notifications.resumed()
  console_.fire(...[1, 2, 3].map((number) => queued(number)))
  await console_.after(1000)
  console_.resolve(1)
  console_.resolve(2)
  await console_.after(6000)
  expect(console_.screen).toEqual(['While you were away: 3 critical (1 still firing)'])
  console_.resolve(3)
  await console_.after(6000)
  expect([console_.screen, console_.shown.at(-1)?.urgency]).toEqual([['While you were away: 3 critical'], 'normal'])
})

test('a reminder has the value of now, is a line of the timeline, and goes on after a restart', async () => {
  const before = console_.restart()
  console_.publish(queued(1).alert)
  before.shownBefore([{ alertId: anId(1), at: console_.clock - 600_000, as: 'popup' }])
  await console_.after(0)
  expect([console_.shown, console_.wakeAt - console_.clock]).toEqual([[], 300_000])
  console_.values.set(anId(1), 98)
  await console_.after(300_000)
  expect([console_.screen, console_.reminded]).toEqual([['[CRITICAL] node-1 CPU still 98.0 % > 95 %'], [anId(1)]])
  expect(console_.settled).toEqual([])
})

test('a recovery is quiet and says what it was', async () => {
  const alert = queued(1).alert
  console_.fire(queued(1))
  await console_.after(0)
  const resolved: Alert = {
    ...alert,
    phase: 'resolved',
    resolvedAt: alert.since + 370_000,
    resolvedValue: 71,
    resolveReason: 'cleared',
  }
  console_.publish(resolved)
  console_.notifications.add([{ alert: resolved, transition: 'resolved', wasShown: true }])
  await console_.after(0)
  await console_.after(5000)
  expect(console_.texts.at(-1)).toEqual(['Resolved: node-1 CPU 71.0 %', 'Was 97.2 %, lasted 6 m 10 s.'])
  expect([console_.screen.length, console_.settledAs, console_.sounds]).toEqual([
    1,
    ['popup', 'resolved'],
    ['critical', 'stop'],
  ])
})
