import { describe, expect, test } from 'vitest'
import { anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import type { Alert } from '#shared/alert/alert.ts'
import type { PopupAction } from '#shared/notification/popup-action.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { aSilence } from '#shared/silence/silence-builders.ts'
import { CallError, ThreadDied } from '../../threads/call-error.ts'
import type { ActedOn, DataCalls } from '../../threads/data-calls.ts'
import { nullLog } from '../../../tests/support/null-log.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import { PopupActs } from './popup-acts.ts'

const now = 2_000_000
const hour = 3_600_000
const link = { reachable: true, since: 0 }
const signedIn = (role: 'viewer' | 'operator', reachable = true): OperatorSession => ({
  kind: 'signed-in',
  backendUrl: 'http://b',
  link: { ...link, reachable },
  user: { username: 'ada', role },
})
const signedOut: OperatorSession = { kind: 'signed-out', backendUrl: 'http://b', link, reason: 'expired' }

const cpu = anAlert({ id: anId(1), nodeId: 'web-1' })
const cpuToo = anAlert({ id: anId(2), nodeId: 'web-2' })
const disk = anAlert({ id: anId(3), nodeId: 'web-1', ruleId: anId(9), severity: 'warning' })

interface World {
  readonly session?: OperatorSession
  readonly firing?: readonly Alert[]
  readonly replies?: Partial<{ [C in keyof DataCalls]: () => unknown }>
}

function actsIn({ session, firing = [cpu, cpuToo, disk], replies = {} }: World = {}) {
  const seen: unknown[] = []
  const note =
    (what: string) =>
    (...given: unknown[]): void =>
      void seen.push([what, ...given])
  const call = (name: keyof DataCalls, request: { acts?: ReadonlyArray<{ alertId: string }> }): Promise<unknown> => {
    seen.push([name, request])
    const acted: ActedOn = {
      alerts: firing.filter(({ id }) => request.acts?.some(({ alertId }) => alertId === id)),
      refused: [],
    }
    const reply = replies[name] ?? (() => (name === 'silences.save' ? aSilence() : acted))
    return Promise.resolve().then(reply)
  }
  const acts = new PopupActs({
    data: { call: call as never },
    user: 'kim',
    session: session && ({ session } as unknown as BackendSession),
    now: () => now,
    longestDays: () => 30,
    firing: () => firing,
    doNotDisturb: { request: note('do not disturb') },
    open: note('open'),
    navigate: note('navigate'),
    done: note('done'),
    refused: note('refused'),
    log: nullLog,
  })
  return { acts, seen, run: (action: PopupAction) => acts.run(action) }
}

const acknowledge = (...alerts: readonly Alert[]): PopupAction => ({
  kind: 'acknowledge',
  alertIds: alerts.map(({ id }) => id),
})
const silence = (...alerts: readonly Alert[]): PopupAction => ({
  kind: 'silence',
  alertIds: alerts.map(({ id }) => id),
})

describe('acknowledge', () => {
  test('all of them in one write, by the user of this computer, and the window can undo it', async () => {
    const { run, seen } = actsIn()
    expect(await run(acknowledge(cpu, cpuToo))).toEqual({ kind: 'done' })
    const act = { kind: 'acknowledge', acknowledgement: { by: 'kim', at: now, comment: '' } }
    expect(seen).toEqual([
      ['alerts.act', { acts: [cpu, cpuToo].map(({ id: alertId }) => ({ alertId, act })) }],
      ['done', { acknowledged: [cpu, cpuToo] }],
    ])
  })

  test('with a backend it is the signed-in user; while that is unreachable, it is queued', async () => {
    const { run, seen } = actsIn({ session: signedIn('operator', false) })
    expect(await run(acknowledge(cpu))).toEqual({ kind: 'queued' })
    expect(seen[0]).toMatchObject(['alerts.act', { acts: [{ act: { acknowledgement: { by: 'ada' } } }] }])
    expect(await actsIn({ session: signedIn('operator') }).run(acknowledge(cpu))).toEqual({ kind: 'done' })
  })

  test.each([
    ['a viewer', signedIn('viewer'), 'Your role is view-only. Ask an operator or administrator to acknowledge.'],
    ['nobody signed in', signedOut, 'You are signed out. Sign in and try again.'],
  ])('%s: nothing is written, and the window opens at the alert', async (_, session, reason) => {
    const { acts, run, seen } = actsIn({ session })
    expect(await run(acknowledge(cpu))).toEqual({ kind: 'refused', title: 'Not acknowledged', reason })
    expect(seen).toEqual([
      ['open', cpu.id],
      ['refused', { title: 'Not acknowledged', reason, alertId: cpu.id }],
    ])
    expect(acts.problemOf('acknowledge')).toBe(reason)
  })

  test('what another person acknowledged is left out; if that is all of them, it says so', async () => {
    const message = 'bob has already acknowledged this alert.'
    const refused = [{ id: cpuToo.id, code: 'conflict' as const, message }]
    const some = actsIn({ replies: { 'alerts.act': () => ({ alerts: [cpu], refused }) } })
    expect(await some.run(acknowledge(cpu, cpuToo))).toEqual({ kind: 'done' })
    const none = actsIn({ replies: { 'alerts.act': () => ({ alerts: [], refused }) } })
    expect(await none.run(acknowledge(cpuToo))).toMatchObject({ kind: 'refused', reason: message })
    expect(none.seen.at(-2)).toEqual(['open', cpuToo.id])
  })

  test('a thread that restarts is a sentence, and an unexpected error does not show its text', async () => {
    const fails = (error: Error) => actsIn({ replies: { 'alerts.act': () => Promise.reject(error) } })
    expect(await fails(new ThreadDied('data thread')).run(acknowledge(cpu))).toMatchObject({
      reason: 'The data thread stopped and is restarting. Try again in a few seconds.',
    })
    expect(await fails(new CallError('failed', 'The disk is full.')).run(acknowledge(cpu))).toMatchObject({
      reason: 'The disk is full.',
    })
    expect(JSON.stringify(await fails(new Error('SQLITE_MISUSE')).run(acknowledge(cpu)))).not.toContain('SQLITE')
  })
})

describe('silence', () => {
  const draftsOf = (seen: readonly unknown[]): unknown[] =>
    seen.flatMap((one) => {
      const [name, request] = one as [string, { draft?: unknown }]
      return name === 'silences.save' ? [request.draft] : []
    })

  test('one alert: its rule on its node, for an hour', async () => {
    const { run, seen } = actsIn()
    expect(await run(silence(cpu))).toEqual({ kind: 'done' })
    expect(draftsOf(seen)).toEqual([
      {
        matchers: [
          { name: 'rule', operator: '=', value: cpu.ruleId },
          { name: 'node', operator: '=', value: 'web-1' },
        ],
        schedule: { kind: 'once', startsAt: now, endsAt: now + hour },
        comment: 'Silenced from the notification',
      },
    ])
    expect(seen.at(-1)).toEqual(['done', { acknowledged: [], silence: aSilence() }])
  })

  test('several: what they have in common; one that has resolved meanwhile is not silenced', async () => {
    const { run, seen } = actsIn({ firing: [cpu, cpuToo] })
    await run(silence(cpu, cpuToo, disk))
    expect(draftsOf(seen)).toMatchObject([
      {
        matchers: [
          { name: 'rule', operator: '=', value: cpu.ruleId },
          { name: 'severity', operator: '=', value: 'critical' },
          { name: 'node', operator: '=~', value: 'web-1|web-2' },
        ],
      },
    ])
  })

  test('nothing is silenced after all of them resolved', async () => {
    const { run, seen } = actsIn({ firing: [] })
    const reason = 'This alert has already resolved, so there is nothing to silence.'
    expect(await run(silence(cpu))).toEqual({ kind: 'refused', title: 'Not silenced', reason })
    expect(draftsOf(seen)).toEqual([])
  })

  test('a viewer may not', async () => {
    const { acts, run, seen } = actsIn({ session: signedIn('viewer') })
    const reason = 'Your role is view-only. Ask an operator or administrator to silence.'
    expect([await run(silence(cpu)), acts.problemOf('silence')]).toMatchObject([{ reason }, reason])
    expect(draftsOf(seen)).toEqual([])
  })

  test('what this console says about itself: its kind, by everyone', async () => {
    const lag = anOwnAlert({ id: anId(7) })
    const { run, seen } = actsIn({ session: signedOut, firing: [cpu, lag] })
    expect([await run(silence(lag)), await run(acknowledge(lag))]).toEqual([{ kind: 'done' }, { kind: 'done' }])
    expect(draftsOf(seen)).toMatchObject([{ matchers: [{ name: 'kind', operator: '=', value: 'lag' }] }])
    expect(await run(acknowledge(lag, cpu))).toMatchObject({ kind: 'refused' })
  })
})

test.each<[PopupAction, unknown[]]>([
  [{ kind: 'open', alertId: cpu.id }, [['open', cpu.id]]],
  [{ kind: 'open' }, [['open', undefined], ['navigate', { page: 'alerts' }]]], // prettier-ignore
  [{ kind: 'do-not-disturb' }, [['do not disturb', '15m']]],
  [{ kind: 'mark-seen' }, [['alerts.seen', { all: true }]]],
  [{ kind: 'test-connection' }, [['navigate', { page: 'settings', section: 'connections', test: true }]]],
])('$0.kind', async (action, expected) => {
  const { run, seen } = actsIn({ session: signedIn('viewer') })
  expect(await run(action)).toEqual({ kind: 'done' })
  expect(seen).toEqual(expected)
})
