import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { ConsoleItem } from '#shared/rest/consoles.ts'
import type { SecondChannel } from '#shared/rest/second-channel.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { FakeBridge, failureReply, okReply } from '../../bridge/fake-bridge.ts'
import { AppState } from '../../live/app-state.svelte.ts'
import { TeamConsoles } from './team-consoles.svelte.ts'
import { channelRule, channelText, consoleState, deliveryProblem, deliveryText } from './team-consoles-text.ts'

const now = 1_764_000_000_000
const ownId = '00000000-0000-4000-8000-000000000001'
const item = (over: Partial<ConsoleItem> = {}): ConsoleItem => ({
  id: ownId,
  user: 'anna',
  name: 'desk',
  version: '0.2.0',
  startedAt: now,
  health: 'live',
  doNotDisturbUntil: null,
  connected: true,
  connectedSince: now,
  lastSeenAt: now,
  ...over,
})
const channel: SecondChannel = {
  enabled: true,
  format: 'ntfy',
  host: 'https://ntfy.sh',
  signed: true,
  afterMinutes: 5,
  since: now,
  waiting: 0,
  lastDelivery: null,
  lastProblem: null,
}
const link = { reachable: true, since: now }
const anna: OperatorSession = { kind: 'signed-in', backendUrl: 'b', link, user: { username: 'anna', role: 'admin' } }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function aTeam(session: OperatorSession = anna) {
  const bridge = new FakeBridge({ 'session.get': () => okReply(session) })
  const app = new AppState(bridge.api)
  onTestFinished(app.follow())
  await vi.advanceTimersByTimeAsync(0)
  return { bridge, team: new TeamConsoles(app) }
}
const asked = (bridge: FakeBridge): number => bridge.requests.filter(({ call }) => call === 'consoles.list').length

test('the list has those that are connected first, and marks this console of this user', async () => {
  const { bridge, team } = await aTeam()
  const consoles = [item({ id: crypto.randomUUID(), name: 'a', connected: false }), item(), item({ user: 'ben' })]
  bridge.replies['consoles.list'] = () => okReply({ kind: 'consoles', consoles, hasMore: false, ownId })
  onTestFinished(team.follow())
  expect(team.consoles.kind).toBe('loading')
  await vi.advanceTimersByTimeAsync(0)
  expect(team.rows.map(({ name, user }) => `${name} ${user}`)).toEqual(['desk anna', 'desk ben', 'a anna'])
  expect(team.rows.map((row) => team.isOwn(row))).toEqual([true, false, false])
})

test('it is asked again each 30 s, sooner without an answer, and not after it was left', async () => {
  const { bridge, team } = await aTeam()
  bridge.replies['secondChannel.get'] = () => okReply({ kind: 'channel', channel })
  bridge.replies['consoles.list'] = () => failureReply('unavailable', 'It does not answer.')
  const stop = team.follow()
  await vi.advanceTimersByTimeAsync(0)
  expect(team.consoles).toMatchObject({ kind: 'unavailable', failure: { message: 'It does not answer.' } })
  bridge.replies['consoles.list'] = () => okReply({ kind: 'older-backend' })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(team.consoles).toEqual({ kind: 'loaded', view: { kind: 'older-backend' } })
  expect(team.rows).toEqual([])
  await vi.advanceTimersByTimeAsync(29_999)
  expect(asked(bridge)).toBe(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked(bridge)).toBe(3)
  stop()
  await vi.advanceTimersByTimeAsync(300_000)
  expect(asked(bridge)).toBe(3)
})

test('who is signed out asks nobody', async () => {
  const { team } = await aTeam({ kind: 'signed-out', backendUrl: 'b', link, reason: 'expired' })
  expect(team.asks).toBeUndefined()
  expect((await aTeam()).team.asks).toBe('anna true')
})

test('a test says what the receiver answered, and the last message follows', async () => {
  const { bridge, team } = await aTeam()
  const answered = { status: 200, message: 'Delivered after 8 ms.', answer: ' ', tookMs: 8 }
  bridge.replies['secondChannel.test'] = () => okReply({ delivered: true, ...answered })
  bridge.replies['secondChannel.get'] = () => okReply({ kind: 'channel', channel })
  await team.test()
  expect(team.tested).toEqual({ ok: true, text: 'Delivered after 8 ms.' })
  expect(team.channel).toEqual({ kind: 'loaded', view: { kind: 'channel', channel } })
  bridge.replies['secondChannel.test'] = () =>
    okReply({ delivered: false, status: 403, message: 'It answered 403.', answer: 'read-only', tookMs: 8 })
  await team.test()
  expect(team.tested).toEqual({ ok: false, text: 'It answered 403.', answer: 'read-only' })
  bridge.replies['secondChannel.test'] = () => failureReply('forbidden', 'Ask an administrator.')
  await team.test()
  expect([team.tested, team.testing]).toEqual([{ ok: false, text: 'Ask an administrator.' }, false])
})

test('the state of a console says what it can show', () => {
  const text = (over: Partial<ConsoleItem>): string => {
    const { look, text: word, more } = consoleState(item(over), now, (at) => `${(at - now) / 60_000} m`)
    return [look, word, ...(more === undefined ? [] : [more])].join(', ')
  }
  expect([
    text({}),
    text({ health: 'catching-up' }),
    text({ health: 'blind' }),
    text({ health: 'empty' }),
    text({ doNotDisturbUntil: now + 60_000 }),
    text({ doNotDisturbUntil: now - 60_000 }),
    text({ health: 'blind', doNotDisturbUntil: now + 60_000 }),
    text({ connected: false, health: 'blind', lastSeenAt: now - 120_000 }),
  ]).toEqual([
    'ok, Live',
    'warning, Catching up',
    'critical, Blind',
    'unknown, No metrics',
    'ok, Live, do not disturb until 1 m',
    'ok, Live',
    'critical, Blind, do not disturb until 1 m',
    'unknown, Not connected, since -2 m',
  ])
})

test('the second channel says where it sends, and what became of the last message', () => {
  const timeOf = (): string => '12:04:31'
  const off = { ...channel, enabled: false, format: null, host: null }
  expect([channelText(off), channelText(channel)]).toEqual(['Off', 'ntfy at https://ntfy.sh, signed'])
  expect(channelRule(off)).toContain('NOTIFY_WEBHOOK_URL')
  expect(channelRule(channel)).toContain('fires for 5\u202fm, no console has shown it')
  expect(deliveryText(channel, timeOf)).toBe('None yet')
  expect(deliveryText({ ...channel, lastDelivery: { at: now, alerts: 1 }, waiting: 2 }, timeOf)).toBe(
    '12:04:31, 1 alert; 2 messages waiting',
  )
  expect(deliveryProblem(channel, timeOf)).toBeUndefined()
  const lastProblem = { at: now, problem: 'It answered 403.', givenUp: true }
  expect(deliveryProblem({ ...channel, lastProblem }, timeOf)).toBe('12:04:31: It answered 403. It is not tried again.')
})
