import { expect, test } from 'vitest'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { aMatcher, aSilence } from '#shared/silence/silence-builders.ts'
import type { SilenceDraft } from '#shared/silence/silence.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { silenceHandlers } from './silence-handlers.ts'

const now = 2_000_000
const { matchers, schedule, comment } = aSilence()
const draft: SilenceDraft = { matchers, schedule, comment }
const { id } = aSilence()

const signedIn = (role: 'viewer' | 'operator'): OperatorSession => {
  return {
    kind: 'signed-in',
    backendUrl: 'http://b',
    link: { reachable: false, since: 0 },
    user: { username: 'ada', role },
  }
}

const ofLag = aSilence({ id: anId(7), matchers: [aMatcher('kind', '=', 'lag')] })

const signedOut: OperatorSession = {
  kind: 'signed-out',
  backendUrl: 'http://b',
  link: { reachable: true, since: 0 },
  reason: 'expired',
}

function handlers(session?: OperatorSession, longestDays = 30) {
  const calls: unknown[] = []
  const call = (name: string, request: unknown) => {
    if (name === 'silences.list') return Promise.resolve([aSilence(), ofLag])
    calls.push([name, request])
    return Promise.resolve(aSilence())
  }
  const deps = {
    data: { call },
    user: 'kim',
    session: session && ({ session } as unknown as BackendSession),
    settings: { settings: { values: { 'silences.longestDays': longestDays } } },
    now: () => now,
  } as unknown as IpcDeps
  return { calls, of: silenceHandlers(deps) }
}

test('author and time are those of the main process', async () => {
  const { calls, of } = handlers()
  await of['silences.save']({ draft })
  await of['silences.save']({ id, version: 3, draft })
  await of['silences.expire']({ id })
  expect(calls).toEqual([
    ['silences.save', { draft, by: 'kim', at: now }],
    ['silences.save', { id, version: 3, draft, by: 'kim', at: now }],
    ['silences.expire', { id, by: 'kim', at: now }],
  ])
})

test('with a backend it is the signed-in user, also while it is unreachable; a viewer may not', async () => {
  const { calls, of } = handlers(signedIn('operator'))
  await of['silences.save']({ draft })
  expect(calls).toEqual([['silences.save', { draft, by: 'ada', at: now }]])
  const viewer = handlers(signedIn('viewer')).of
  const refused = 'Your role is view-only. Ask an operator or administrator to silence.'
  await expect(viewer['silences.save']({ draft })).rejects.toThrow(refused)
  await expect(viewer['silences.expire']({ id })).rejects.toThrow(refused)
})

test.each<[string, Partial<SilenceDraft>, string]>([
  [
    'an end before the start',
    { schedule: { kind: 'once', startsAt: 9e6, endsAt: 8e6 } },
    'The end must be after the start.',
  ],
  ['an end in the past', { schedule: { kind: 'once', startsAt: 1, endsAt: 2 } }, 'The end must be in the future.'],
  ['more than 30 days', { schedule: { kind: 'once', startsAt: 0, endsAt: 3e9 } }, 'A silence lasts at most 30 days.'],
  ['a wrong pattern', { matchers: [aMatcher('node', '=~', '(a')] }, 'Missing closing ): (a'],
  ['no reason', { comment: ' ' }, 'Write why, for your team.'],
])('%s is refused, and nothing is stored', async (_, change, message) => {
  const { calls, of } = handlers()
  await expect(of['silences.save']({ draft: { ...draft, ...change } })).rejects.toMatchObject({
    code: 'bad-request',
    message,
  })
  expect(calls).toEqual([])
})

test('the setting says how long a silence may last', async () => {
  const long: SilenceDraft = { ...draft, schedule: { kind: 'once', startsAt: now, endsAt: now + 31 * 86_400_000 } }
  const { calls, of } = handlers(undefined, 31)
  await of['silences.save']({ draft: long })
  expect(calls).toHaveLength(1)
})

test.each([
  ['a viewer', signedIn('viewer'), 'ada'],
  ['who is signed out', signedOut, 'kim'],
])('%s may silence what this console says about itself, and end that', async (_who, session, by) => {
  const { calls, of } = handlers(session)
  const own = { ...draft, matchers: ofLag.matchers }
  await of['silences.save']({ draft: own })
  await of['silences.expire']({ id: ofLag.id })
  expect(calls).toEqual([
    ['silences.save', { draft: own, by, at: now }],
    ['silences.expire', { id: ofLag.id, by, at: now }],
  ])
  const ofBoth = { ...draft, matchers: [aMatcher('kind', '=~', 'lag|value')] }
  await expect(of['silences.save']({ draft: ofBoth })).rejects.toThrow()
  await expect(of['silences.expire']({ id })).rejects.toThrow()
  expect(calls).toHaveLength(2)
})
