import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Health } from '#shared/health/health.ts'
import type { HealthReport } from '#shared/ipc/contract.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { logTo } from '../../../threads/thread-log.ts'
import type { ShownReport } from '../../../threads/data-calls.ts'
import { CurrentHealth } from '../../app/current-health.ts'
import { aProblem } from '../test-server.ts'
import { Heartbeat } from './heartbeat.ts'

const t0 = 1_764_000_000_000
const consoleId = '00000000-0000-4000-8000-000000000001'
const anAlertId = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`
const shown = (n: number): ShownReport => ({ alertId: anAlertId(n), severity: 'critical', at: t0 + n })

type Body = { readonly health: string; readonly shown: readonly ShownReport[]; readonly doNotDisturbUntil?: number }

type ShownChanged = (change: { isCritical: boolean }) => void

/** A console with a backend that answers as the test says, and time that passes at once. */
class Desk {
  readonly sent: Body[] = []
  readonly health = new CurrentHealth(t0)
  readonly lines: string[] = []
  waiting: ShownReport[] = []
  isDataDown = false
  doNotDisturbUntil: number | undefined
  answer: () => unknown = () => ({ ok: true, body: { known: 0, unknown: 0 } })
  session: OperatorSession = signedOut
  readonly heartbeat: Heartbeat
  readonly #listeners: Array<(session: OperatorSession) => void> = []
  #shownChanged: ShownChanged = () => undefined

  constructor() {
    const calls = {
      'shown.list': ({ limit }: { limit: number }) => ({ consoleId, reports: this.waiting.slice(0, limit) }),
      'shown.reported': ({ reports }: { reports: readonly ShownReport[] }) => {
        this.waiting = this.waiting.filter((report) => !reports.includes(report))
      },
    }
    const current = () => this.session
    this.heartbeat = new Heartbeat({
      data: {
        call: ((name: keyof typeof calls, request: never) =>
          this.isDataDown
            ? Promise.reject(new Error('down'))
            : Promise.resolve(calls[name](request as never))) as never,
        on: ((_: string, listener: ShownChanged) => (this.#shownChanged = listener)) as never,
      },
      call: ((_: unknown, { params, body }: { params: { id: string }; body: Body }) => {
        expect(params.id).toBe(consoleId)
        this.sent.push(body)
        return Promise.resolve(this.answer())
      }) as never,
      session: {
        get session() {
          return current()
        },
        onChange: (listener) => this.#listeners.push(listener),
      },
      health: this.health,
      facts: () => ({ name: 'desk', version: '0.2.0', startedAt: t0, doNotDisturbUntil: this.doNotDisturbUntil }),
      log: logTo((line) => this.lines.push(line.message)),
    })
    this.heartbeat.start()
  }

  become(session: OperatorSession): void {
    this.session = session
    for (const listener of this.#listeners) listener(session)
  }

  healthIs(health: Health): void {
    this.health.setReport({ ...this.health.report, health, at: t0 } satisfies HealthReport)
  }

  show(...reports: ShownReport[]): void {
    this.waiting.push(...reports)
    this.#shownChanged({ isCritical: reports.some(({ severity }) => severity === 'critical') })
  }
}

const link = { reachable: true, since: t0 }
const signedOut: OperatorSession = { kind: 'signed-out', backendUrl: 'https://b', link, reason: 'never' }
const anna: OperatorSession = {
  kind: 'signed-in',
  backendUrl: 'https://b',
  link,
  user: { username: 'anna', role: 'viewer' },
}
const away: OperatorSession = { ...anna, link: { reachable: false, since: t0 } }
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

let desk: Desk
beforeEach(() => {
  vi.useFakeTimers()
  desk = new Desk()
})
afterEach(async () => {
  await desk.heartbeat.end()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

test('a heartbeat goes out at the sign-in and each 30 s, and none while nobody is signed in', async () => {
  await pass(60_000)
  expect(desk.sent).toEqual([])
  desk.doNotDisturbUntil = t0 + 60_000
  desk.become(anna)
  await pass(0)
  expect(desk.sent).toEqual([
    { name: 'desk', version: '0.2.0', startedAt: t0, health: 'blind', doNotDisturbUntil: t0 + 60_000, shown: [] },
  ])
  desk.become({ ...anna })
  await pass(29_999)
  expect(desk.sent).toHaveLength(1)
  desk.doNotDisturbUntil = undefined
  await pass(60_001)
  expect(desk.sent).toHaveLength(4)
  expect(desk.sent.at(-1)).not.toHaveProperty('doNotDisturbUntil')
  desk.become(signedOut)
  await pass(120_000)
  expect(desk.sent).toHaveLength(4)
})

test('another kind of health and a critical alert on the screen are said at once, a warning with the next heartbeat', async () => {
  desk.become(anna)
  await pass(5_000)
  desk.healthIs({ kind: 'live', behindMs: 200 })
  await pass(0)
  desk.healthIs({ kind: 'live', behindMs: 300 })
  await pass(5_000)
  expect(desk.sent.map(({ health }) => health)).toEqual(['blind', 'live'])
  desk.show({ ...shown(1), severity: 'warning' })
  await pass(5_000)
  expect(desk.sent).toHaveLength(2)
  desk.show(shown(2))
  await pass(0)
  expect(desk.sent.at(-1)?.shown.map(({ alertId }) => alertId)).toEqual([anAlertId(1), anAlertId(2)])
  await pass(30_000)
  expect(desk.sent.at(-1)?.shown).toEqual([])
})

test('a broker that comes and goes, and a storm of popups, are one request in two seconds', async () => {
  desk.become(anna)
  await pass(5_000)
  for (let i = 0; i < 100; i++) {
    desk.healthIs(i % 2 ? { kind: 'live', behindMs: 1 } : { kind: 'empty', pattern: 'x' })
    desk.show(shown(i))
    await pass(100)
  }
  expect(desk.sent.length).toBeLessThanOrEqual(7)
  await pass(2_000)
  expect(desk.waiting).toEqual([])
})

test('what was shown while the backend was away is reported when it is back, 1,000 at a time', async () => {
  desk.become(anna)
  await pass(1_000)
  desk.become(away)
  desk.show(...Array.from({ length: 2_300 }, (_, i) => shown(i)))
  await pass(120_000)
  expect(desk.sent).toHaveLength(1)
  desk.become(anna)
  await pass(10_000)
  expect(desk.sent.slice(1).map((body) => body.shown.length)).toEqual([1_000, 1_000, 300])
  expect(desk.waiting).toEqual([])
})

test('what the backend did not accept is sent again, and the log says why once', async () => {
  desk.answer = () => ({ ok: false, failure: { kind: 'unreachable', detail: 'It did not answer.' } })
  desk.waiting = [shown(1)]
  desk.become(anna)
  await pass(95_000)
  expect(desk.sent).toHaveLength(4)
  expect(desk.lines).toEqual(['heartbeat not accepted'])
  desk.answer = () => ({ ok: true, body: { known: 1, unknown: 0 } })
  await pass(30_000)
  expect(desk.sent.at(-1)?.shown).toHaveLength(1)
  expect(desk.waiting).toEqual([])
})

test.each(['not_found', 'method_not_allowed'] as const)(
  'a backend of an older version (%s) is asked again at the next sign-in, or when it was away',
  async (code) => {
    desk.answer = () => ({ ok: false, failure: { kind: 'problem', problem: aProblem(code).body } })
    desk.become(anna)
    await pass(300_000)
    desk.show(shown(1))
    await pass(300_000)
    expect(desk.sent).toHaveLength(1)
    desk.become(signedOut)
    desk.become(anna)
    await pass(300_000)
    expect(desk.sent).toHaveLength(2)
    desk.answer = () => ({ ok: true, body: { known: 1, unknown: 0 } })
    desk.become(away)
    desk.become(anna)
    await pass(60_000)
    expect(desk.sent).toHaveLength(5)
    expect(desk.waiting).toEqual([])
  },
)

test('a console whose data thread is down is still connected, and blind', async () => {
  desk.become(anna)
  await pass(1_000)
  desk.waiting = [shown(1)]
  desk.isDataDown = true
  desk.health.setThreadState({ kind: 'down', since: t0, detail: 'exit 1', retryAt: t0 + 1_000 } as never)
  await pass(30_000)
  expect(desk.sent.at(-1)).toMatchObject({ health: 'blind', shown: [] })
  desk.isDataDown = false
  await pass(30_000)
  expect(desk.waiting).toEqual([])
})

test('a data thread that has not started yet delays the first heartbeat', async () => {
  desk.isDataDown = true
  desk.become(anna)
  await pass(29_000)
  expect(desk.sent).toEqual([])
  desk.isDataDown = false
  await pass(2_000)
  expect(desk.sent).toHaveLength(1)
})
