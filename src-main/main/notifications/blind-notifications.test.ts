import { beforeEach, expect, test } from 'vitest'
import type { Health } from '#shared/health/health.ts'
import { BlindNotifications } from './blind-notifications.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import { TestPause } from './pause-builder.ts'

const since = Date.UTC(2026, 10, 24, 13, 2, 11)
const blind: Health = { kind: 'blind', since, cause: 'disconnected', detail: 'Nothing listens at 127.0.0.1:9092.' }
const live: Health = { kind: 'live', behindMs: 200 }

let shown: DesktopPopup[]
let withdrawn: string[]
let held: Array<readonly [number, number]>
let now: number
let isMuted: boolean
let pause: TestPause
let sounds: number
let acts: string[]
let notifications: BlindNotifications
beforeEach(() => {
  shown = []
  withdrawn = []
  held = []
  sounds = 0
  acts = []
  isMuted = false
  now = since + 60_000
  pause = new TestPause()
  notifications = new BlindNotifications({
    show: (popup) => {
      shown.push(popup)
      return Promise.resolve(true)
    },
    withdraw: (tag) => withdrawn.push(tag),
    pause,
    heldBack: (period) => held.push([period.since, period.forMs]),
    sound: () => sounds++,
    act: (action) => acts.push(action.kind),
    isMuted: () => isMuted,
    now: () => now,
    timeStyle: () => ({ offsetMinutes: 60 }),
  })
})
const titles = () => shown.map(({ title }) => title)

test('blindness is one critical popup, and a quiet one replaces it at the end', async () => {
  await notifications.tick(blind)
  await notifications.tick(blind)
  now = since + 370_000
  await notifications.tick(live)
  expect(shown.map(({ tag, title, body, urgency }) => [tag, urgency, title, body.replace(/\u202f/g, ' ')])).toEqual([
    [
      'blind',
      'critical',
      'Monitoring is blind since 14:02:11',
      'Kafka does not answer. Alerts may be missing. Nothing listens at 127.0.0.1:9092.',
    ],
    ['blind', 'low', 'Monitoring restored', 'Monitoring was blind for 6 m 10 s, since 14:02:11.'],
  ])
})

test('blindness breaks through do not disturb; its end is for the digest, and takes the popup off the screen', async () => {
  pause.on()
  await notifications.tick(blind)
  now = since + 370_000
  await notifications.tick(live)
  expect([titles(), withdrawn, held]).toEqual([['Monitoring is blind since 14:02:11'], ['blind'], [[since, 370_000]]])
})

test('without breaking through, blindness that lasts is notified when do not disturb ends', async () => {
  pause.on(false)
  await notifications.tick(blind)
  await notifications.tick(blind)
  expect([titles(), pause.counted]).toEqual([[], ['blind']])
  pause.off()
  await notifications.tick(blind)
  await notifications.tick(blind)
  now = since + 370_000
  await notifications.tick(live)
  expect([titles(), held]).toEqual([['Monitoring is blind since 14:02:11', 'Monitoring restored'], []])
})

test('without breaking through, blindness that is over is for the digest alone', async () => {
  pause.on(false)
  await notifications.tick(blind)
  now = since + 120_000
  await notifications.tick(live)
  pause.off()
  await notifications.tick(live)
  expect([titles(), withdrawn, held]).toEqual([[], [], [[since, 120_000]]])
})

test('its buttons test the connection and open the window', async () => {
  await notifications.tick(blind)
  const [popup] = shown
  for (const { action } of popup?.buttons ?? []) popup?.onAction?.(action)
  expect([popup?.buttons?.map(({ label }) => label), acts]).toEqual([
    ['Test connection', 'Open'],
    ['test-connection', 'open'],
  ])
})

test('it has the sound of critical alerts, once', async () => {
  await notifications.tick(blind)
  await notifications.tick(blind)
  now = since + 370_000
  await notifications.tick(live)
  expect(sounds).toBe(1)
})

test('without breaking through, it has no sound', async () => {
  pause.on(false)
  await notifications.tick(blind)
  expect(sounds).toBe(0)
})

test.each<[Extract<Health, { kind: 'blind' }>['cause'], string, string]>([
  ['disconnected', 'Kafka refused the password.', 'Kafka refused the password. Alerts may be missing.'],
  ['storage', 'The disk is full.', 'The disk is full. Alerts may be missing.'],
])('what is wrong: %s, %s', async (cause, detail, body) => {
  await notifications.tick({ kind: 'blind', since, cause, detail })
  expect(shown.map((popup) => popup.body)).toEqual([body])
})

test('blindness that somebody has acknowledged or silenced has no popup, until nobody has it any more', async () => {
  isMuted = true
  await notifications.tick(blind)
  expect(titles()).toEqual([])
  isMuted = false
  await notifications.tick(blind)
  expect(titles()).toEqual(['Monitoring is blind since 14:02:11'])
  isMuted = true
  await notifications.tick(blind)
  expect(withdrawn).toEqual(['blind'])
  await notifications.tick(live)
  expect(titles()).toHaveLength(1)
})
