import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { disturbanceAllowed } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { Health } from '#shared/health/health.ts'
import type { HiddenDetails } from '#shared/notification/notification-plan.ts'
import { aSilence } from '#shared/silence/silence-builders.ts'
import { socketsOf } from '../../src-main/main/dbus/bus-address.ts'
import { Bus } from '../../src-main/main/dbus/bus.ts'
import { BlindNotifications } from '../../src-main/main/notifications/blind-notifications.ts'
import { BusPopups } from '../../src-main/main/notifications/bus-popups.ts'
import { DesktopNotifier } from '../../src-main/main/notifications/desktop-notifier.ts'
import { leftPopupsFile } from '../../src-main/main/notifications/left-popups.ts'
import { SilencePopups } from '../../src-main/main/notifications/silence-popups.ts'
import { NotificationServer } from '../support/notification-server.ts'
import { nullLog } from '../support/null-log.ts'
import { PrivateBus } from '../support/private-bus.ts'

// What popups that are not of alerts say on a real bus (dbus-daemon), while others can read the screen.

const since = Date.UTC(2026, 10, 24, 13, 2, 11)
const lost: Health = { kind: 'blind', since, cause: 'disconnected', detail: 'Nothing listens at kafka-7.acme:9092.' }
const away = { title: 'Monitoring is blind since 13:02:11', body: 'Alerts may be missing. Unlock to see more.' }
const full = {
  title: 'Monitoring is blind since 13:02:11',
  body: 'Kafka does not answer. Alerts may be missing. Nothing listens at kafka-7.acme:9092.',
}

let daemon: PrivateBus
const ends: Array<() => void | Promise<void>> = []

beforeEach(async () => {
  daemon = await new PrivateBus().start()
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
  await daemon.end()
})

/** A console on a desktop whose screen a test locks. */
async function desktop() {
  const server = await NotificationServer.start(daemon.address)
  const bus = new Bus({ sockets: () => socketsOf(daemon.address), log: nullLog, firstRetryMs: 20 })
  const left = leftPopupsFile(join(daemon.folder, 'popups.json'), nullLog)
  const screen: { hidden: HiddenDetails | undefined } = { hidden: undefined }
  const system = new BusPopups({ bus, left, icon: () => '', log: nullLog })
  const notifier = new DesktopNotifier({ system, hides: () => screen.hidden, log: nullLog })
  ends.push(async () => {
    await notifier.end()
    bus.end()
    server.stop()
  })
  const now = (): number => since + 60_000
  const blind = new BlindNotifications({
    show: (popup) => notifier.show(popup),
    withdraw: (tag) => notifier.withdraw(tag),
    pause: { inForce: disturbanceAllowed, count: () => undefined },
    heldBack: () => undefined,
    sound: () => undefined,
    act: () => undefined,
    isMuted: () => false,
    now,
    timeStyle: () => ({ offsetMinutes: 0 }),
  })
  const silences = new SilencePopups({
    show: (popup) => notifier.show(popup),
    pause: { inForce: disturbanceAllowed },
    operator: () => 'kim',
    firing: () => [],
    timeOf: () => '14:00',
    open: () => undefined,
    now,
  })
  return {
    server,
    blind,
    endSilence: () => silences.show([{ kind: 'ended', silence: aSilence(), at: now(), until: now() }]),
    hide: (hidden: HiddenDetails | undefined) => {
      screen.hidden = hidden
      notifier.update()
    },
    /** What the server received, oldest first. */
    texts: () => server.received.map(({ summary, body }) => ({ title: summary, body })),
  }
}

test('blindness names no broker on a locked screen; unlocking brings the text and the buttons', async () => {
  const { server, blind, hide, texts } = await desktop()
  hide('locked')
  await blind.tick(lost)
  expect(texts()).toEqual([away])
  expect(server.received[0]).toMatchObject({ hints: { urgency: 2 }, actions: ['default', 'Open'], timeout: 0 })

  hide(undefined)
  await expect.poll(() => texts()).toEqual([away, full])
  expect(server.received[1]).toMatchObject({
    replaces: server.received[0]?.id,
    actions: ['default', 'Open', 'button-0', 'Test connection', 'button-1', 'Open'],
  })
})

test('blindness that is on the screen loses the broker when the screen is locked, and has no popup twice', async () => {
  const { server, blind, hide, texts } = await desktop()
  await blind.tick(lost)
  hide('locked')
  hide('locked')
  await expect.poll(() => texts()).toEqual([full, away])
  expect(server.onScreen.size).toBe(1)
})

test('the end of blindness stays as it is when the screen is unlocked', async () => {
  const { blind, hide, texts } = await desktop()
  hide('locked')
  await blind.tick(lost)
  await blind.tick({ kind: 'live', behindMs: 0 })
  hide(undefined)
  await blind.tick(lost)
  expect(texts()).toEqual([away, expect.objectContaining({ title: 'Monitoring restored' }), full])
})

test.each<[HiddenDetails, string]>([
  ['locked', 'Unlock to see more.'],
  ['shared', 'Open ReMo to see more.'],
])('the end of a silence has its comment only where nobody else reads: %s', async (hidden, body) => {
  const { endSilence, hide, texts } = await desktop()
  hide(hidden)
  await endSilence()
  hide(undefined)
  const short = { title: 'Silence ended', body }
  const long = { title: 'Silence ended: disk swap', body: 'None of its alerts fires.' }
  await expect.poll(() => texts()).toEqual([short, long])
  hide(hidden)
  await expect.poll(() => texts()).toEqual([short, long, short])
})

test('a popup that was closed does not come back when the screen is locked', async () => {
  const { server, endSilence, blind, hide, texts } = await desktop()
  await endSilence()
  server.dismiss(server.received[0]?.id ?? 0)
  // A later signal of the server has passed the closing one.
  await blind.tick(lost)
  hide('locked')
  await expect.poll(() => texts()).toHaveLength(3)
  expect(texts().at(-1)).toEqual(away)
  expect(server.onScreen.size).toBe(1)
})
