import { beforeEach, expect, test } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { planSettings } from '#shared/notification/plan-settings.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { initialSettings } from '#shared/settings/app-settings.ts'
import type { Health } from '#shared/health/health.ts'
import type { HealthReport } from '#shared/ipc/contract.ts'
import { nullLog } from '../../../tests/support/null-log.ts'
import { AlertNotifications } from '../notifications/alert-notifications.ts'
import { BlindNotifications } from '../notifications/blind-notifications.ts'
import { TestPause } from '../notifications/pause-builder.ts'
import { CurrentHealth } from './current-health.ts'
import { PowerRoutes } from './power-routes.ts'

const t0 = 1_764_000_000_000
const live: Health = { kind: 'live', behindMs: 300 }

/** The main thread of a live console, as far as sleep concerns it. */
class Laptop {
  now = t0
  readonly sent: boolean[] = []
  readonly popups: string[] = []
  readonly seen: boolean[] = []
  probes = 0
  /** What the data thread answers. */
  reply: Health = { kind: 'blind', since: t0, cause: 'disconnected', detail: 'Connecting to Kafka.' }
  readonly health = new CurrentHealth(t0)
  readonly alerts: AlertNotifications
  readonly blind: BlindNotifications
  readonly power: PowerRoutes

  constructor() {
    const now = (): number => this.now
    const show = ({ title }: { title: string }): Promise<boolean> => {
      this.popups.push(title.replaceAll('\u202f', ' '))
      return Promise.resolve(true)
    }
    const pause = new TestPause()
    this.alerts = new AlertNotifications({
      show,
      pause,
      withdraw: () => undefined,
      isBroken: () => false,
      toast: () => undefined,
      sounds: { play: () => undefined, stop: () => undefined },
      settle: () => undefined,
      reminded: () => undefined,
      health: () => this.health.report.health,
      settings: () => planSettings(initialSettings),
      hidden: () => undefined,
      firing: () => [],
      isSilenced: () => false,
      isUnseen: () => true,
      valuesOf: () => Promise.resolve(new Map()),
      clearLevelOf: () => undefined,
      timeOf: () => '14:02:03',
      act: () => undefined,
      wakeAt: () => undefined,
      now,
    })
    this.blind = new BlindNotifications({
      show,
      withdraw: () => undefined,
      pause,
      heldBack: () => undefined,
      sound: () => undefined,
      act: () => undefined,
      isMuted: () => false,
      now,
      timeStyle: () => ({ offsetMinutes: 0 }),
    })
    this.power = new PowerRoutes({
      data: {
        call: (_call: string, { isAsleep }: { isAsleep: boolean }) => {
          this.sent.push(isAsleep)
          return Promise.resolve(this.report(this.reply))
        },
      } as never,
      health: this.health,
      notifications: this.alerts,
      blind: this.blind,
      backend: { probeNow: () => this.probes++ },
      isScreenLocked: () => false,
      watch: () => this.seen.push(this.power.isSeen),
      now,
      log: nullLog,
    })
  }

  report(health: Health, at = this.now): HealthReport {
    return { ...this.health.report, health, at }
  }

  /** Ticks once a second, as the routes of events do. */
  async tick(seconds: number): Promise<void> {
    for (let n = 0; n < seconds; n++) {
      this.now += 1000
      this.power.tick()
      await this.alerts.update()
      await this.blind.tick(this.health.report.health)
    }
  }

  breach(node: number): void {
    this.alerts.add([
      { alert: anAlert({ id: anId(node), nodeId: `node-${node}` }), transition: 'opened', wasShown: false },
    ])
  }
}

let laptop: Laptop
beforeEach(async () => {
  laptop = new Laptop()
  laptop.health.setReport(laptop.report(live))
  await laptop.tick(3)
})

test.each([
  ['the system reports the wake', true],
  ['only a late tick shows it', false],
])('the data thread learns once that the computer woke up, if %s', async (_how, isReported) => {
  if (isReported) laptop.power.event('suspend')
  laptop.now += 3_600_000
  if (isReported) laptop.power.event('resume')
  await laptop.tick(5)
  expect(laptop.sent).toEqual(isReported ? [true, false] : [false])
  expect(laptop.probes).toBe(1)
})

test('what was reported before the sleep is void at once', async () => {
  laptop.now += 3_600_000
  laptop.power.event('resume')
  expect(laptop.health.report.health).toMatchObject({ kind: 'blind', since: laptop.now, cause: 'connecting' })
  laptop.health.setReport(laptop.report(live, laptop.now - 3_600_000))
  expect(laptop.health.report.health.kind).toBe('blind')
  await laptop.tick(1)
  laptop.health.setReport(laptop.report(live))
  expect(laptop.health.report.health.kind).toBe('live')
})

test('alerts of the time asleep are one digest, shown once the console is live', async () => {
  laptop.now += 3_600_000
  laptop.power.event('resume')
  await laptop.tick(2)
  for (const node of [1, 2, 3]) laptop.breach(node)
  laptop.health.setReport(laptop.report({ kind: 'catching-up', lagMessages: 9, behindMs: 3_000_000 }))
  await laptop.tick(5)
  expect(laptop.popups).toEqual([])
  laptop.health.setReport(laptop.report(live))
  await laptop.tick(3)
  expect(laptop.popups).toEqual(['While you were away: 3 critical (3 still firing)'])
  laptop.breach(4)
  await laptop.tick(6)
  expect(laptop.popups).toHaveLength(2)
})

test('the time asleep is no blindness: only a minute without Kafka after the wake is', async () => {
  laptop.health.setReport(laptop.report({ kind: 'blind', since: laptop.now, cause: 'disconnected', detail: 'Lost.' }))
  await laptop.tick(5)
  laptop.now += 3_600_000
  laptop.power.event('resume')
  laptop.reply = { kind: 'blind', since: laptop.now, cause: 'disconnected', detail: 'Kafka does not answer.' }
  await laptop.tick(59)
  expect(laptop.popups).toEqual([])
  await laptop.tick(2)
  expect(laptop.popups).toEqual([expect.stringMatching(/^Monitoring is blind since/)])
})

test('a locked screen is a hidden window', () => {
  laptop.power.visible(true)
  laptop.power.event('lock-screen')
  laptop.power.event('unlock-screen')
  laptop.power.visible(false)
  laptop.power.event('lock-screen')
  expect(laptop.seen).toEqual([true, false, true, false, false])
})

test('each lock and unlock is announced once, however often the system says it', () => {
  const locks: boolean[] = []
  laptop.power.onLock((isLocked) => locks.push(isLocked))
  for (const event of ['unlock-screen', 'lock-screen', 'lock-screen', 'unlock-screen', 'unlock-screen'] as const)
    laptop.power.event(event)
  expect(locks).toEqual([true, false])
})
