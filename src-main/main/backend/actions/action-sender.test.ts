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
type Reply = { readonly ok: true; readonly body?: unknown } | { readonly ok: false; readonly failure: BackendFailure }

let now: number
let queue: OperatorAction[]
let listCalls: number
let sent: Sent[]
let settled: unknown[]
let session: OperatorSession
let respond: (sent: Sent) => Reply
let sender: ActionSender

const ada = { username: 'ada', role: 'admin' } as const
const fine: Reply = { ok: true, body: { alert: { version: 2 } } }
const problem = (...[code, more]: Parameters<typeof aProblem>): Reply => ({
  ok: false,
  failure: { kind: 'problem', problem: aProblem(code, more).body as never },
})

beforeEach(() => {
  vi.useFakeTimers()
  now = 1_000_000
  queue = []
  listCalls = 0
  sent = []
  settled = []
  session = { kind: 'signed-in', backendUrl: 'http://b', link: { reachable: true, since: 0 }, user: ada }
  respond = () => fine
  const data = {
    'actions.list': () => {
      listCalls++
      return queue
    },
    'actions.settle': ({ id, outcome }: { id: string; outcome: { state: string; problem?: string } }) => {
      settled.push(outcome)
      queue = queue.flatMap((action) => {
        if (action.id !== id) return [action]
        return outcome.state === 'done' ? [] : [{ ...action, ...outcome } as OperatorAction]
      })
      sender.setActions(queue) // the data thread publishes every change before it replies
    },
  }
  sender = new ActionSender({
    data: {
      call: ((name: keyof typeof data, request: never) => Promise.resolve(data[name](request))) as never,
    },
    call: ((contract: { path: string }, input: Sent['input']) => {
      const one = { path: contract.path, input }
      sent.push(one)
      return Promise.resolve(respond(one))
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

function anAction(n: number, change: OperatorChange, user = 'ada'): OperatorAction {
  return { id: anId(n), at: 500_000 + n, user, change, state: 'waiting' }
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
const sendDue = async (): Promise<void> => {
  sender.setActions(queue)
  await vi.advanceTimersByTimeAsync(0)
}
const remaining = () =>
  queue.map(({ id, state, problem: reason }) => ({ id, state, ...(reason === undefined ? {} : { reason }) }))

test('queued actions are sent in order, each with its own key, original time and version', async () => {
  queue = [ack(1), save(2), save(3, 7), anAction(4, { kind: 'remove-rule', ruleId: anId(101), version: 2 })]
  await sendDue()
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
  expect([queue, sender.waiting]).toEqual([[], 0])
})

test('an acknowledgement that is superseded while an earlier action is sent is not sent', async () => {
  queue = [ack(1), ack(2)]
  respond = () => {
    queue = queue.map((action) =>
      action.id === anId(2) ? { ...action, state: 'conflict', problem: 'Critical.' } : action,
    )
    sender.setActions(queue)
    return fine
  }
  await sendDue()
  expect(sent.map(({ path }) => path)).toEqual(['/api/alerts/:id/acknowledge'])
  expect(queue).toMatchObject([{ id: anId(2), state: 'conflict' }])
})

test('the list is read once after the data thread starts; later it comes with the changes', async () => {
  queue = [ack(1), ack(2)]
  sender.reload()
  await vi.advanceTimersByTimeAsync(0)
  expect([sent.length, queue, listCalls]).toEqual([2, [], 1])
  queue = [ack(3)]
  await sendDue()
  expect([sent.length, queue, listCalls]).toEqual([3, [], 1])
})

test('an action that was added while the data thread restarted is read again and sent', async () => {
  await sendDue()
  queue = [ack(1)]
  sender.reload()
  await vi.advanceTimersByTimeAsync(0)
  expect([sent.length, queue]).toEqual([1, []])
})

test('taking back an acknowledgement names it, and follows it although that is postponed', async () => {
  const { change } = ack(1)
  if (change.kind !== 'acknowledge') throw new Error('no acknowledgement')
  queue = [ack(1), anAction(2, { ...change, kind: 'unacknowledge' }), ack(3)]
  let isBusy = true
  respond = ({ input }) => (isBusy && input['idempotencyKey'] === anId(1) ? problem('too_many_requests') : fine)
  await sendDue()
  expect(sent.map(({ input }) => input['idempotencyKey'])).toEqual([anId(1), anId(3)])
  isBusy = false
  now += 5000
  await vi.advanceTimersByTimeAsync(5000)
  expect(sent.slice(3)).toEqual([
    {
      path: '/api/alerts/:id/acknowledgement',
      input: {
        params: { id: anId(901) },
        query: { by: 'ada', at: '1970-01-01T00:08:20.000Z' },
        idempotencyKey: anId(2),
      },
    },
  ])
  expect(settled.at(-1)).toEqual({ state: 'done', alertVersion: 2 })
})

test('the second change of one rule without the backend is made on top of the first', async () => {
  queue = [save(1, 7), save(2, 7)]
  respond = ({ input }) => ({ ok: true, body: aRule({ version: Number(input['ifMatch']) + 1 }) })
  await sendDue()
  expect(sent.map(({ input }) => input['ifMatch'])).toEqual([7, 8])
})

test('while the backend is unreachable nothing is settled, and all actions are sent when it is reachable', async () => {
  queue = [ack(1), ack(2)]
  respond = () => ({ ok: false, failure: { kind: 'unreachable', detail: 'It broke.' } })
  await sendDue()
  expect([sent.length, remaining()]).toEqual([
    1,
    [
      { id: anId(1), state: 'waiting' },
      { id: anId(2), state: 'waiting' },
    ],
  ])
  respond = () => fine
  sender.sendNow()
  await vi.advanceTimersByTimeAsync(0)
  expect(queue).toEqual([])
})

test.each<[string, OperatorSession]>([
  [
    'signed out',
    { kind: 'signed-out', backendUrl: 'http://b', link: { reachable: true, since: 0 }, reason: 'expired' },
  ],
  ['unreachable', { kind: 'signed-in', backendUrl: 'http://b', link: { reachable: false, since: 0 }, user: ada }],
])('%s: nothing is sent', async (_name, other) => {
  session = other
  queue = [ack(1)]
  await sendDue()
  expect([sent, sender.waiting]).toEqual([[], 1])
})

test('an action of another user is not sent as the signed-in user', async () => {
  queue = [ack(1, 'bob'), ack(2)]
  await sendDue()
  expect([sent.map(({ input }) => input['idempotencyKey']), remaining()]).toEqual([
    [anId(2)],
    [{ id: anId(1), state: 'waiting', reason: 'Made by bob. ReMo sends it when bob signs in here.' }],
  ])
})

describe('an action that the backend does not accept', () => {
  test.each<[string, OperatorAction, Reply, string]>([
    ['another version', save(1, 7), problem('version_conflict'), 'conflict'],
    ['an existing rule for the same series', save(1), problem('rule_exists'), 'conflict'],
    ['a role without the permission', save(1, 7), problem('forbidden'), 'refused'],
    ['an invalid request', ack(1), problem('invalid_request'), 'refused'],
    ['a deleted rule', save(1, 7), problem('rule_not_found'), 'refused'],
  ])('%s: the action stays, with the reason', async (_name, action, response, state) => {
    queue = [action]
    respond = () => response
    await sendDue()
    expect(remaining()).toEqual([{ id: anId(1), state, reason: expect.stringMatching(/\.$/) as unknown }])
    sender.sendNow()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(1)
  })

  test('the deletion of a deleted rule is done', async () => {
    queue = [anAction(1, { kind: 'remove-rule', ruleId: anId(101), version: 2 })]
    respond = () => problem('rule_not_found')
    await sendDue()
    expect(queue).toEqual([])
  })

  test('an unknown alert is retried for ten minutes and does not block other actions', async () => {
    queue = [ack(1), ack(2)]
    respond = ({ input }) => (input['idempotencyKey'] === anId(1) ? problem('alert_not_found') : fine)
    await sendDue()
    expect(remaining()).toEqual([
      { id: anId(1), state: 'waiting', reason: 'The backend has not processed this alert yet.' },
    ])
    const first = sent.length
    for (const _ of Array.from({ length: 3 })) {
      now += 5000
      await vi.advanceTimersByTimeAsync(5000)
    }
    expect([sent.length - first, remaining()[0]?.state]).toEqual([3, 'waiting'])
    now += unknownAlertRetryMs
    await vi.advanceTimersByTimeAsync(5000)
    expect(remaining()[0]?.state).toBe('refused')
  })

  test('a later change of the same rule does not overtake a postponed one', async () => {
    queue = [save(1, 7), save(2, 7), ack(3)]
    let isBusy = true
    respond = ({ input }) => {
      if (isBusy && input['idempotencyKey'] === anId(1)) return problem('too_many_requests')
      return { ok: true, body: { ...aRule({ version: Number(input['ifMatch'] ?? 0) + 1 }), alert: { version: 2 } } }
    }
    await sendDue()
    expect(sent.map(({ input }) => input['idempotencyKey'])).toEqual([anId(1), anId(3)])
    isBusy = false
    now += 5000
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent.slice(2).map(({ input }) => [input['idempotencyKey'], input['ifMatch']])).toEqual([
      [anId(1), 7],
      [anId(2), 8],
    ])
  })

  test('after a failure the sender retries with a delay, not on every event', async () => {
    queue = [ack(1)]
    respond = () => problem('internal')
    await sendDue()
    await sendDue()
    expect(sent).toHaveLength(1)
    respond = () => fine
    now += 5000
    await vi.advanceTimersByTimeAsync(5000)
    expect(queue).toEqual([])
  })
})

test('500 acknowledgements are sent within seconds, and never faster than the backend permits', async () => {
  queue = Array.from({ length: 500 }, (_, i) => ack(i))
  await sendDue()
  expect(sent).toHaveLength(200)
  for (let second = 0; second < 7; second++) {
    now += 1000
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect([sent.length, queue.length]).toEqual([500, 0])
})

test('when the backend asks to wait, nothing is sent until then, and no action has a problem', async () => {
  const tooMany: Reply = {
    ok: false,
    failure: { kind: 'problem', problem: aProblem('too_many_requests').body as never, retryAfterSeconds: 7 },
  }
  respond = () => (sent.length < 3 ? fine : tooMany)
  queue = [ack(1), ack(2), ack(3), ack(4)]
  await sendDue()
  expect([sent.length, remaining()]).toEqual([
    3,
    [
      { id: anId(3), state: 'waiting' },
      { id: anId(4), state: 'waiting' },
    ],
  ])
  respond = () => fine
  sender.sendNow()
  await vi.advanceTimersByTimeAsync(0)
  expect(sent).toHaveLength(3)
  now += 7000
  await vi.advanceTimersByTimeAsync(7000)
  expect(remaining()).toEqual([])
})

test('a comment and an assignment are sent with their own time', async () => {
  const note = { by: 'ada', at: 500_000, comment: 'moved the job' }
  const alertId = anId(901)
  queue = [
    anAction(1, { kind: 'comment', alertId, note: { kind: 'commented', ...note } }),
    anAction(2, { kind: 'assign', alertId, note: { kind: 'assigned', ...note, comment: '', to: 'ben' } }),
  ]
  await sendDue()
  const at = '1970-01-01T00:08:20.000Z'
  expect(sent.map(({ path, input }) => [path, input['body']])).toEqual([
    ['/api/alerts/:id/comments', { comment: 'moved the job', at }],
    ['/api/alerts/:id/assignments', { to: 'ben', at }],
  ])
  expect(settled).toEqual([
    { state: 'done', alertVersion: 2 },
    { state: 'done', alertVersion: 2 },
  ])
})
