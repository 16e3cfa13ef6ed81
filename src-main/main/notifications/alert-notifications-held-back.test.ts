import { beforeEach, expect, test } from 'vitest'
import type { Health } from '#shared/health/health.ts'
import { queued, TestNotifications } from './notifications-builder.ts'

// What do not disturb holds back, and the digest at its end.

const live: Health = { kind: 'live', behindMs: 100 }
const catchingUp: Health = { kind: 'catching-up', lagMessages: 1000, behindMs: 60_000 }

let console_: TestNotifications
beforeEach(async () => {
  console_ = new TestNotifications()
  await console_.after(0)
})

test('while do not disturb is on, a critical alert pops up, and the rest is one digest at its end', async () => {
  const { pause, notifications, firing } = console_
  pause.on(true, console_.clock)
  const [critical, warning] = [queued(1), queued(2, { severity: 'warning', value: 86 })] as const
  notifications.add([critical, warning, queued(3, { phase: 'resolved' })])
  firing.change([critical.alert, warning.alert])
  await console_.after(1000)
  expect(console_.screen).toEqual(['[CRITICAL] node-1 CPU 97.2 % > 95 % for 2 m'])
  expect(notifications.held).toEqual({ critical: 1, warning: 1, blind: 0 })
  await console_.after(599_000)
  pause.off()
  await console_.after(0)
  await console_.after(1000)
  expect(console_.texts.slice(1)).toEqual([
    ['Do not disturb ended after 10 m', '1 critical, 1 warning fired, 1 resolved. 1 still fires: node-2 CPU 86.0 %.'],
  ])
  expect(console_.shown[1]?.buttons).toEqual([
    { label: 'Open the list', action: { kind: 'open' } },
    { label: 'Mark all seen', action: { kind: 'mark-seen' } },
  ])
  expect([console_.settled, pause.digests]).toEqual([[[true, 1], [true, 2]], 1]) // prettier-ignore
  expect(notifications.held).toEqual({ critical: 0, warning: 0, blind: 0 })
})

test('without breaking through, not even a critical alert pops up or sounds; each is counted once', async () => {
  const { pause, notifications } = console_
  pause.on(false)
  const items = [queued(1), queued(2), queued(3, { severity: 'warning' })]
  console_.firing.change(items.map(({ alert }) => alert))
  notifications.add(items)
  await console_.after(1000)
  await console_.after(1000)
  expect([console_.shown, console_.settled, console_.sounds]).toEqual([[], [], []])
  expect(pause.counted).toEqual(['critical', 'critical', 'warning'])
  notifications.alertsChanged([queued(2, { phase: 'resolved' }).alert])
  pause.off()
  await console_.after(1000)
  expect(console_.texts).toEqual([
    [
      'Do not disturb ended',
      '2 critical, 1 warning fired, 1 resolved. 2 still fire: node-1 CPU 97.2 %, node-3 CPU 97.2 %.',
    ],
  ])
  expect(console_.sounds).toEqual(['critical'])
})

test('a recovery of what broke through is in the digest', async () => {
  const { pause, notifications, firing } = console_
  pause.on()
  notifications.add([queued(1)])
  firing.change([queued(1).alert])
  await console_.after(1000)
  const { alert } = queued(1, { phase: 'resolved', resolvedAt: 2_000_000, resolveReason: 'cleared' })
  firing.change([alert])
  notifications.alertsChanged([alert])
  notifications.add([{ alert, transition: 'resolved', wasShown: true }])
  await console_.after(60_000)
  expect([console_.screen, console_.shown.length]).toEqual([[], 1])
  pause.off()
  await console_.after(1000)
  expect(console_.texts.at(-1)).toEqual(['Do not disturb ended', '1 from before resolved.'])
})

test('an end with nothing held back says nothing', async () => {
  const { pause, notifications } = console_
  pause.on()
  notifications.add([queued(1)])
  await console_.after(1000)
  pause.off()
  await console_.after(1000)
  expect([console_.shown.length, pause.digests]).toEqual([1, 1])
})

test('the digest waits until the console is live, and says when monitoring was blind', async () => {
  const { pause, notifications } = console_
  pause.on(false)
  notifications.add([queued(1, { phase: 'resolved' })])
  await console_.after(1000)
  notifications.blindMeanwhile({ since: console_.clock, forMs: 125_000 })
  console_.health = catchingUp
  pause.off()
  await console_.after(1000)
  expect(console_.shown).toEqual([])
  console_.health = live
  await console_.after(1000)
  expect(console_.texts).toEqual([
    ['Do not disturb ended', '1 critical fired, 1 resolved. Monitoring was blind for 2 m 5 s, since 14:02:03.'],
  ])
})

test('a digest that the desktop refused comes again; nothing of it is lost', async () => {
  const { pause, notifications } = console_
  pause.on(false)
  notifications.add([queued(1), queued(2, { severity: 'warning' })])
  await console_.after(1000)
  pause.off()
  console_.works = false
  await console_.after(1000)
  expect([console_.settled, pause.digests]).toEqual([[], 0])
  console_.works = true
  await console_.after(61_000)
  expect([console_.screen, console_.settled, pause.digests]).toEqual([['Do not disturb ended'], [[true, 2]], 1])
})

test('a pause that ended before a restart has its digest after it', async () => {
  console_.pause.isDigestDue = true
  const restarted = console_.restart()
  const { alert } = queued(4)
  restarted.add([{ alert, transition: 'opened', wasShown: false }])
  await restarted.update()
  expect(console_.texts).toEqual([['Do not disturb ended', '1 critical fired. 1 still fires: node-4 CPU 97.2 %.']])
  console_.shown[0]?.onClick()
  expect(console_.acts).toEqual([{ kind: 'open', alertId: alert.id }])
})

test('while all is held back, a popup that is no longer true goes, instead of being drawn again', async () => {
  const { pause, notifications } = console_
  notifications.add([queued(1)])
  await console_.after(1000)
  pause.on(false)
  notifications.alertsChanged([queued(1, { threshold: 99 }).alert])
  await console_.after(6000)
  expect([console_.shown.length, console_.screen]).toEqual([1, []])
})
