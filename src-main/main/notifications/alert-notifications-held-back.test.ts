import { beforeEach, expect, test } from 'vitest'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { QueuedNotification } from '#shared/notification/queued-notification.ts'
import type { Health } from '#shared/health/health.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { FiringAlerts } from '../app/firing-alerts.ts'
import { AlertNotifications } from './alert-notifications.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import { TestPause } from './pause-builder.ts'

// What do not disturb holds back, and the digest at its end.

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
let withdrawn: string[]
let settled: Array<readonly [boolean, number]>
let opened: Array<string | undefined>
let notifications: AlertNotifications
let pause: TestPause

function start(): AlertNotifications {
  return new AlertNotifications({
    pause,
    show: (popup) => {
      if (works) shown.push(popup)
      return Promise.resolve(works)
    },
    withdraw: (tag) => withdrawn.push(tag),
    settle: (byPopup, items) => settled.push([byPopup, items.length]),
    health: () => health,
    firing: () => firing.list,
    isSilenced: (alert) => firing.isSilenced(alert),
    clearLevelOf: () => undefined,
    timeOf: () => '14:02:03',
    open: (id) => opened.push(id),
    now: () => clock,
  })
}

beforeEach(async () => {
  clock = 1_000_000
  health = live
  firing = new FiringAlerts(() => clock)
  works = true
  shown = []
  withdrawn = []
  settled = []
  opened = []
  pause = new TestPause()
  notifications = start()
  await notifications.tick()
})
async function after(ms: number): Promise<void> {
  clock += ms
  await notifications.tick()
}

/** Titles and bodies with plain spaces. */
const texts = () => shown.map(({ title, body }) => [title, body].map((text) => text.replaceAll('\u202f', ' ')))

test('while do not disturb is on, a critical alert pops up, and the rest is one digest at its end', async () => {
  pause.on()
  const [critical, warning] = [queued(1), queued(2, { severity: 'warning', value: 86 })] as const
  notifications.add([critical, warning, queued(3, { phase: 'resolved' })])
  firing.change([critical.alert, warning.alert])
  await after(1000)
  expect(shown.map(({ tag }) => tag)).toEqual([critical.alert.id])
  expect(notifications.held).toEqual({ critical: 1, warning: 1, blind: 0 })
  await after(600_000)
  pause.off()
  await after(1000)
  await after(1000)
  expect(texts().slice(1)).toEqual([
    ['Do not disturb ended: 1 warning still fires', expect.stringContaining('node-2 CPU 86.0 %')],
  ])
  expect(shown[1]?.body).toContain('1 resolved meanwhile.')
  expect([settled, pause.digests]).toEqual([[[true, 1], [true, 2]], 1]) // prettier-ignore
  expect(notifications.held).toEqual({ critical: 0, warning: 0, blind: 0 })
})

test('without breaking through, not even a critical alert pops up; each is counted once', async () => {
  pause.on(false)
  notifications.add([queued(1), queued(2), queued(3, { severity: 'warning' })])
  await after(1000)
  await after(1000)
  expect([shown, settled, pause.counted]).toEqual([[], [], ['critical', 'critical', 'warning']])
  notifications.alertsChanged([queued(2, { phase: 'resolved' }).alert])
  pause.off()
  await after(1000)
  expect(texts()).toEqual([
    [
      'Do not disturb ended: 1 critical, 1 warning still fire',
      expect.stringMatching(/^node-1 .* 1 resolved meanwhile\.$/),
    ],
  ])
})

test('an end with nothing held back says nothing', async () => {
  pause.on()
  notifications.add([queued(1)])
  await after(1000)
  pause.off()
  await after(1000)
  expect([shown.length, pause.digests]).toEqual([1, 1])
})

test('the digest waits until the console is live, and says when monitoring was blind', async () => {
  pause.on(false)
  notifications.add([queued(1, { phase: 'resolved' })])
  await after(1000)
  notifications.blindMeanwhile({ since: clock, forMs: 125_000 })
  health = catchingUp
  pause.off()
  await after(1000)
  expect(shown).toEqual([])
  health = live
  await after(1000)
  expect(texts()).toEqual([
    [
      'Do not disturb ended: nothing that came meanwhile still fires',
      '1 resolved meanwhile. Monitoring was blind for 2 m 5 s, since 14:02:03.',
    ],
  ])
})

test('a digest that the desktop refused comes again; nothing of it is lost', async () => {
  pause.on(false)
  notifications.add([queued(1), queued(2, { severity: 'warning' })])
  await after(1000)
  pause.off()
  works = false
  await after(1000)
  expect([settled, pause.digests]).toEqual([[], 0])
  works = true
  await after(61_000)
  expect([shown.map(({ tag }) => tag), settled, pause.digests]).toEqual([['held-back'], [[true, 2]], 1])
})

test('a pause that ended before a restart has its digest after it', async () => {
  pause.isDigestDue = true
  const restarted = start()
  const { alert } = queued(4)
  restarted.add([{ alert, transition: 'opened', wasShown: false }])
  await restarted.tick()
  expect(shown.map(({ title }) => title)).toEqual(['Do not disturb ended: 1 critical still fires'])
  shown[0]?.onClick()
  expect(opened).toEqual([alert.id])
})

test('while all is held back, a popup that is no longer true goes, instead of being drawn again', async () => {
  notifications.add([queued(1)])
  await after(1000)
  pause.on(false)
  notifications.alertsChanged([queued(1, { threshold: 99 }).alert])
  await after(6000)
  expect([shown.length, withdrawn]).toEqual([1, [anId(1)]])
})
