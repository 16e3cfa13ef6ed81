import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import type { OperatorAction, OperatorChange } from '#shared/team/operator-action.ts'
import { logTo } from '../../../threads/thread-log.ts'
import { ActionSender } from './action-sender.ts'
import type { ActionSenderDeps } from './action-sender.ts'
import { unknownAlertRetryMs } from './send-action.ts'
import type { BackendFailure } from '../rest/rest-client.ts'
import { aProblem } from '../test-server.ts'

type Sent = { readonly path: string; readonly input: Record<string, unknown> }
type Said = { readonly ok: true; readonly body?: unknown } | { readonly ok: false; readonly failure: BackendFailure }

let now: number
let kept: OperatorAction[]
let listCalls: number
let sent: Sent[]
let session: OperatorSession
let say: (sent: Sent) => Said
let sender: ActionSender

const ada = { username: 'ada', role: 'admin' } as const
const fine: Said = { ok: true, body: {} }
const problem = (...[code, more]: Parameters<typeof aProblem>): Said => ({
  ok: false,
  failure: { kind: 'problem', problem: aProblem(code, more).body as never },
})

beforeEach(() => {
  vi.useFakeTimers()
  now = 1_000_000
  kept = []
  listCalls = 0
  sent = []
  session = { kind: 'signed-in', backendUrl: 'http://b', link: { reachable: true, since: 0 }, user: ada }
  say = () => fine
  const data = {
    'actions.list': () => {
      listCalls++
      return kept
    },
    'actions.settle': ({ id, outcome }: { id: string; outcome: { state: string; problem?: string } }) => {
      kept = kept.flatMap((action) => {
        if (action.id !== id) return [action]
        return outcome.state === 'done' ? [] : [{ ...action, ...outcome } as OperatorAction]
      })
      sender.setActions(kept) // the data thread publishes every change before it replies
    },
  }
  sender = new ActionSender({
    data: {
      call: ((name: keyof typeof data, request: never) => Promise.resolve(data[name](request))) as never,
    },
    call: ((contract: { path: string }, input: Sent['input']) => {
      const one = { path: contract.path, input }
      sent.push(one)
      return Promise.resolve(say(one))
    }) as ActionSenderDeps['call'],
    session: () => session,
    now: () => now,
    log: logTo(() => undefined),
  })
})
afterEach(async () => {
  await sender.end()
  vi.useRealTimers()
})

function anAction(n: number, does: OperatorChange, user = 'ada'): OperatorAction {
  return { id: anId(n), at: 500_000 + n, user, does, state: 'waiting' }
}
const ack = (n: number, user?: string): OperatorAction =>
  anAction(
    n,
    {
      kind: 'acknowledge',
      alertId: anId(900 + n),
      acknowledgement: { by: user ?? 'ada', at: 500_000, comment: 'on it' },
    },
    user,
  )
const { id: _i, version: _v, deleted: _d, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...draft } = aRule()
const save = (n: number, version?: number): OperatorAction =>
  anAction(n, { kind: 'save-rule', draft, ...(version === undefined ? {} : { ruleId: anId(100), version }) })

/** Publishes the list, and waits until the sender is idle. */
const look = async (): Promise<void> => {
  sender.setActions(kept)
  await vi.advanceTimersByTimeAsync(0)
}
const left = () => kept.map(({ id, state, problem: why }) => ({ id, state, ...(why === undefined ? {} : { why }) }))

test('what waits goes out in order, each under its own key, with its original time and version', async () => {
  kept = [ack(1), save(2), save(3, 7), anAction(4, { kind: 'remove-rule', ruleId: anId(101), version: 2 })]
  await look()
  expect(sent).toEqual([
    {
      path: '/api/alerts/:id/acknowledge',
      input: {
        params: { id: anId(901) },
        body: { at: '1970-01-01T00:08:20.000Z', comment: 'on it' },
        idempotencyKey: anId(1),
      },
    },
    { path: '/api/rules', input: { body: draft, idempotencyKey: anId(2) } },
    { path: '/api/rules/:id', input: { params: { id: anId(100) }, body: draft, ifMatch: 7, idempotencyKey: anId(3) } },
    { path: '/api/rules/:id', input: { params: { id: anId(101) }, ifMatch: 2, idempotencyKey: anId(4) } },
  ])
  expect([kept, sender.waiting]).toEqual([[], 0])
})

test('an acknowledgement that is superseded while an earlier action is sent is not sent', async () => {
  kept = [ack(1), ack(2)]
  say = () => {
    kept = kept.map((action) =>
      action.id === anId(2) ? { ...action, state: 'conflict', problem: 'Critical.' } : action,
    )
    sender.setActions(kept)
    return fine
  }
  await look()
  expect(sent.map(({ path }) => path)).toEqual(['/api/alerts/:id/acknowledge'])
  expect(kept).toMatchObject([{ id: anId(2), state: 'conflict' }])
})

test('the list is read once after the data thread starts; later it comes with the changes', async () => {
  kept = [ack(1), ack(2)]
  sender.reload()
  await vi.advanceTimersByTimeAsync(0)
  expect([sent.length, kept, listCalls]).toEqual([2, [], 1])
  kept = [ack(3)]
  await look()
  expect([sent.length, kept, listCalls]).toEqual([3, [], 1])
})

test('an action that was added while the data thread restarted is read again and sent', async () => {
  await look()
  kept = [ack(1)]
  sender.reload()
  await vi.advanceTimersByTimeAsync(0)
  expect([sent.length, kept]).toEqual([1, []])
})

test('the second change of one rule without the backend is made on top of the first', async () => {
  kept = [save(1, 7), save(2, 7)]
  say = ({ input }) => ({ ok: true, body: aRule({ version: Number(input['ifMatch']) + 1 }) })
  await look()
  expect(sent.map(({ input }) => input['ifMatch'])).toEqual([7, 8])
})

test('while the backend is away nothing is settled, and all of it goes out when it is back', async () => {
  kept = [ack(1), ack(2)]
  say = () => ({ ok: false, failure: { kind: 'unreachable', detail: 'It broke.' } })
  await look()
  expect([sent.length, left()]).toEqual([
    1,
    [
      { id: anId(1), state: 'waiting' },
      { id: anId(2), state: 'waiting' },
    ],
  ])
  say = () => fine
  sender.sendNow()
  await vi.advanceTimersByTimeAsync(0)
  expect(kept).toEqual([])
})

test.each<[string, OperatorSession]>([
  [
    'signed out',
    { kind: 'signed-out', backendUrl: 'http://b', link: { reachable: true, since: 0 }, reason: 'expired' },
  ],
  ['unreachable', { kind: 'signed-in', backendUrl: 'http://b', link: { reachable: false, since: 0 }, user: ada }],
])('%s: nothing is sent', async (_name, other) => {
  session = other
  kept = [ack(1)]
  await look()
  expect([sent, sender.waiting]).toEqual([[], 1])
})

test('what somebody else did is not sent under the name of the one who works here now', async () => {
  kept = [ack(1, 'bob'), ack(2)]
  await look()
  expect([sent.map(({ input }) => input['idempotencyKey']), left()]).toEqual([
    [anId(2)],
    [{ id: anId(1), state: 'waiting', why: 'Made by bob. ReMo sends it when bob signs in here.' }],
  ])
})

describe('what the backend does not take', () => {
  test.each<[string, OperatorAction, Said, string]>([
    ['another version meanwhile', save(1, 7), problem('version_conflict'), 'conflict'],
    ['a rule of somebody else for the same', save(1), problem('rule_exists'), 'conflict'],
    ['a role that may not', save(1, 7), problem('forbidden'), 'refused'],
    ['a request it does not understand', ack(1), problem('invalid_request'), 'refused'],
    ['a rule that is gone', save(1, 7), problem('rule_not_found'), 'refused'],
  ])('%s stays, with the sentence', async (_name, action, said, state) => {
    kept = [action]
    say = () => said
    await look()
    expect(left()).toEqual([{ id: anId(1), state, why: expect.stringMatching(/\.$/) as unknown }])
    sender.sendNow()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(1)
  })

  test('a rule that is gone already is what its removal wanted', async () => {
    kept = [anAction(1, { kind: 'remove-rule', ruleId: anId(101), version: 2 })]
    say = () => problem('rule_not_found')
    await look()
    expect(kept).toEqual([])
  })

  test('an alert that it does not know yet is asked for again for ten minutes, and holds nobody up', async () => {
    kept = [ack(1), ack(2)]
    say = ({ input }) => (input['idempotencyKey'] === anId(1) ? problem('alert_not_found') : fine)
    await look()
    expect(left()).toEqual([{ id: anId(1), state: 'waiting', why: 'The backend has not processed this alert yet.' }])
    const first = sent.length
    for (const _ of Array.from({ length: 3 })) {
      now += 5000
      await vi.advanceTimersByTimeAsync(5000)
    }
    expect([sent.length - first, left()[0]?.state]).toEqual([3, 'waiting'])
    now += unknownAlertRetryMs
    await vi.advanceTimersByTimeAsync(5000)
    expect(left()[0]?.state).toBe('refused')
  })

  test('a change that is tried again is not overtaken by a later one of the same rule', async () => {
    kept = [save(1, 7), save(2, 7), ack(3)]
    let isBusy = true
    say = ({ input }) => {
      if (isBusy && input['idempotencyKey'] === anId(1)) return problem('too_many_requests')
      return { ok: true, body: aRule({ version: Number(input['ifMatch'] ?? 0) + 1 }) }
    }
    await look()
    expect(sent.map(({ input }) => input['idempotencyKey'])).toEqual([anId(1), anId(3)])
    isBusy = false
    now += 5000
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent.slice(2).map(({ input }) => [input['idempotencyKey'], input['ifMatch']])).toEqual([
      [anId(1), 7],
      [anId(2), 8],
    ])
  })

  test('a backend that fails is asked again, not at once and not once an event', async () => {
    kept = [ack(1)]
    say = () => problem('internal')
    await look()
    await look()
    expect(sent).toHaveLength(1)
    say = () => fine
    now += 5000
    await vi.advanceTimersByTimeAsync(5000)
    expect(kept).toEqual([])
  })
})
