import { expect, test } from 'vitest'
import { anId } from '#shared/rule/rule-builders.ts'
import { aSilence } from '#shared/silence/silence-builders.ts'
import type { OperatorAction, OperatorChange } from '#shared/team/operator-action.ts'
import { aProblem } from '../test-server.ts'
import type { CallBackend } from '../rest/rest-client.ts'
import { sendAction, sendResultOf } from './send-action.ts'

const silence = aSilence()
const { matchers, schedule, comment } = silence
const at = 5_000_000
const anAction = (change: OperatorChange): OperatorAction => {
  return { id: anId(1), at, user: 'kim', change, state: 'waiting' }
}

async function sent(change: OperatorChange) {
  const requests: unknown[] = []
  const call = ((operation: { method: string; path: string }, input: object) => {
    requests.push([`${operation.method} ${operation.path}`, input])
    return Promise.resolve({ ok: true, body: { ...silence, version: 7 } })
  }) as unknown as CallBackend
  const result = await sendAction(call, anAction(change))
  return { requests, result }
}

test.each<[string, OperatorChange, string, object]>([
  [
    'a new silence with its own id and time',
    { kind: 'save-silence', silence },
    'post /api/silences',
    { body: { id: silence.id, at, matchers, schedule, comment } },
  ],
  [
    'an edit of the version before',
    { kind: 'save-silence', silence: { ...silence, version: 3 } },
    'put /api/silences/:id',
    { params: { id: silence.id }, body: { at, matchers, schedule, comment }, ifMatch: 2 },
  ],
  [
    'an end, whatever the version',
    { kind: 'expire-silence', silenceId: silence.id },
    'delete /api/silences/:id',
    { params: { id: silence.id }, query: { at: String(at) } },
  ],
])('%s is sent', async (_, change, request, input) => {
  const { requests, result } = await sent(change)
  expect(requests).toEqual([[request, { ...input, idempotencyKey: anId(1) }]])
  expect(result).toEqual({ ok: true, silenceVersion: 7 })
})

const save: OperatorChange = { kind: 'save-silence', silence }
const end: OperatorChange = { kind: 'expire-silence', silenceId: silence.id }
test.each<[Parameters<typeof aProblem>[0], OperatorChange, object]>([
  ['version_conflict', save, { kind: 'settled', state: 'conflict' }],
  ['silence_exists', save, { kind: 'settled', state: 'conflict' }],
  ['silence_ended', save, { kind: 'settled', state: 'conflict' }],
  ['silence_not_found', save, { kind: 'settled', state: 'refused' }],
  ['silence_not_found', end, { kind: 'done' }],
  ['forbidden', end, { kind: 'settled', state: 'refused' }],
  ['too_many_requests', save, { kind: 'later' }],
])('after %s, %# is settled', (code, change, expected) => {
  const failure = { kind: 'problem', problem: aProblem(code).body as never } as const
  expect(sendResultOf(change, failure, 0)).toMatchObject(expected)
})
