import { beforeEach, describe, expect, test } from 'vitest'
import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { Operation } from '#shared/rest/operation.ts'
import { anAlert, anOwnAlert } from '#shared/alert/alert-builders.ts'
import { aRule, anId } from '#shared/rule/rule-builders.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import { aProblem } from '../backend/test-server.ts'
import type { SentResponse } from '../backend/test-server.ts'
import { CurrentHealth } from '../app/current-health.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { pageDeps } from './page-deps-builder.ts'
import { ipcHandlers } from './ipc-handlers.ts'

const alertId = '0b2e6a52-54a5-8f3c-9d5e-4d2f0f6a7b11'
const ofLag = anOwnAlert({ id: anId(7) })
const link = { reachable: true, since: 0 }
const common = { backendUrl: 'http://b', link }
const signedIn = (role: 'viewer' | 'operator' | 'admin', over: Partial<OperatorSession> = {}): OperatorSession =>
  ({ kind: 'signed-in', ...common, user: { username: 'ada', role }, ...over }) as OperatorSession
const unreachable = { link: { reachable: false, since: 0, detail: 'It broke.' } }
const signedOut: OperatorSession = { kind: 'signed-out', ...common, reason: 'expired' }

let session: OperatorSession
/** The response of the backend; `undefined`: unreachable. */
let respond: (path: string, input: Record<string, unknown>) => SentResponse | undefined
let toBackend: Array<readonly [string, Record<string, unknown>]>
let toThreads: Array<readonly [string, unknown]>
let cache: (request: { from: number }) => { series: SeriesColumns[]; cachedFrom: number | null }

beforeEach(() => {
  session = signedIn('admin')
  respond = () => ({ status: 200, body: {} })
  toBackend = []
  toThreads = []
})

function handlers() {
  const call = (contract: Operation, input: Record<string, unknown>) => {
    if (session.kind !== 'signed-in') return Promise.resolve({ ok: false, failure: { kind: 'signed-out' } })
    toBackend.push([`${contract.method} ${contract.path}`, input])
    const response = respond(contract.path, input)
    if (!response) return Promise.resolve({ ok: false, failure: { kind: 'unreachable', detail: 'It broke.' } })
    return Promise.resolve(
      response.status < 400
        ? { ok: true, body: response.body }
        : { ok: false, failure: { kind: 'problem', problem: response.body } },
    )
  }
  const thread = ((name: string, request: { from: number; to: number }) => {
    if (name === 'alerts.list') return Promise.resolve([anAlert({ id: alertId }), ofLag])
    toThreads.push([name, request])
    return Promise.resolve(name === 'samples.range' ? { ...request, ...cache(request) } : request)
  }) as never
  return ipcHandlers({
    info: () => expect.unreachable('app.info is not called'),
    health: new CurrentHealth(0),
    data: { call: thread },
    read: { call: thread },
    chooseFile: () => Promise.resolve(undefined),
    user: 'the user of this computer',
    session: {
      get session() {
        return session
      },
      call,
    } as unknown as BackendSession,
    probeBackend: undefined,
    ...pageDeps(),
    now: () => 1000,
  } satisfies IpcDeps)
}

const rule = aRule({ version: 2 })
const { id: _i, version: _v, deleted: _d, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...draft } = rule

describe('a node', () => {
  const forget = () => handlers()['nodes.forget']({ nodeId: 'node-3' })

  test('is forgotten by the backend, which tells every console', async () => {
    expect(await forget()).toEqual({ kind: 'forgotten' })
    expect(toBackend).toEqual([
      ['delete /api/nodes/:node_id', { params: { node_id: 'node-3' }, idempotencyKey: expect.any(String) as string }],
    ])
    expect(toThreads).toEqual([])
  })

  test('waits in the queue while the backend is unreachable', async () => {
    respond = () => undefined
    const result = await forget()
    expect(result).toMatchObject({ kind: 'queued', action: { user: 'ada', change: { kind: 'forget-node' } } })
    expect(toThreads).toMatchObject([['actions.add', { action: { change: { nodeId: 'node-3' } } }]])
  })

  test('that the backend does not know is an error', async () => {
    respond = () => aProblem('node_not_found', { detail: 'Node node-3 not found.' })
    await expect(forget()).rejects.toThrow('Node node-3 not found.')
  })

  test('is forgotten by administrators only', async () => {
    session = signedIn('operator')
    await expect(forget()).rejects.toThrow('Your role cannot forget nodes. Ask an administrator.')
    expect([toBackend, toThreads]).toEqual([[], []])
  })
})

describe('a threshold', () => {
  test('is changed at the backend and takes effect', async () => {
    respond = () => ({ status: 200, body: rule })
    expect(await handlers()['rules.save']({ id: rule.id, version: 1, draft })).toEqual({ kind: 'saved', rule })
    expect([toBackend[0]?.[0], toThreads]).toEqual(['put /api/rules/:id', []])
  })

  test('that someone else changed is a conflict, and nothing is queued', async () => {
    respond = () => aProblem('version_conflict', { detail: 'Bob changed it.' })
    await expect(handlers()['rules.save']({ id: rule.id, version: 1, draft })).rejects.toMatchObject({
      code: 'conflict',
      message: 'Bob changed it.',
    })
    expect(toThreads).toEqual([])
  })

  test('is queued in the cache while the backend is unreachable', async () => {
    session = signedIn('admin', unreachable)
    const written = await handlers()['rules.remove']({ id: rule.id, version: 1 })
    const action = {
      id: expect.any(String) as string,
      at: 1000,
      user: 'ada',
      change: { kind: 'remove-rule', ruleId: rule.id, version: 1 },
      state: 'waiting',
    }
    expect([written, toBackend, toThreads]).toEqual([{ kind: 'queued', action }, [], [['actions.add', { action }]]])
  })

  test.each([
    ['no response', undefined],
    ['no database', aProblem('unavailable')],
  ])('that got %s is queued with the key that it was sent with', async (_name, response) => {
    respond = () => response
    const written = await handlers()['rules.save']({ draft })
    expect(written.kind === 'queued' && written.action.id).toBe(toBackend[0]?.[1]['idempotencyKey'])
  })

  test.each([
    ['an operator', signedIn('operator'), 'forbidden'],
    ['a signed-out user', signedOut, 'signed-out'],
  ])('%s cannot change it', async (_name, user, code) => {
    session = user
    await expect(handlers()['rules.save']({ draft })).rejects.toMatchObject({ code })
    await expect(handlers()['rules.remove']({ id: rule.id, version: 1 })).rejects.toMatchObject({ code })
    expect([toBackend, toThreads]).toEqual([[], []])
  })
})

describe('an acknowledgement', () => {
  const acknowledge = () => handlers()['alerts.acknowledge']({ id: alertId, comment: 'on it' })

  test('has the signed-in user as author, not the user of this computer', async () => {
    session = signedIn('operator', unreachable)
    await acknowledge()
    const acknowledgement = { by: 'ada', at: 1000, comment: 'on it' }
    expect(toThreads).toEqual([['alerts.acknowledge', { id: alertId, acknowledgement }]])
  })

  test.each([
    ['a viewer', signedIn('viewer'), 'forbidden'],
    ['a signed-out user', signedOut, 'signed-out'],
  ])('%s cannot acknowledge', async (_name, user, code) => {
    session = user
    await expect(acknowledge()).rejects.toMatchObject({ code })
    expect(toThreads).toEqual([])
  })

  test.each([
    ['a viewer', signedIn('viewer'), 'forbidden', 'ada'],
    ['a signed-out user', signedOut, 'signed-out', 'the user of this computer'],
  ])('%s can act on what this console says about itself, and on nothing beside it', async (_name, user, code, by) => {
    session = user
    const acknowledgement = { kind: 'acknowledge', comment: 'seen' } as const
    await handlers()['alerts.acknowledge']({ id: ofLag.id, comment: 'seen' })
    await handlers()['alerts.actOnMany']({ ids: [ofLag.id], act: acknowledgement })
    await handlers()['alerts.comment']({ id: ofLag.id, comment: 'slow line' })
    expect(toThreads).toEqual([
      ['alerts.acknowledge', { id: ofLag.id, acknowledgement: { by, at: 1000, comment: 'seen' } }],
      [
        'alerts.act',
        {
          acts: [
            { alertId: ofLag.id, act: { kind: 'acknowledge', acknowledgement: { by, at: 1000, comment: 'seen' } } },
          ],
        },
      ],
      ['alerts.note', { id: ofLag.id, note: { kind: 'commented', by, at: 1000, comment: 'slow line' } }],
    ])
    const both = { ids: [ofLag.id, alertId], act: acknowledgement }
    await expect(handlers()['alerts.actOnMany'](both)).rejects.toMatchObject({ code })
    expect(toThreads).toHaveLength(3)
  })
})

describe('a range', () => {
  const column = (...at: number[]): SeriesColumns => {
    const times = Float64Array.from(at)
    return { metric: 'cpu_usage', at: times, min: times, max: times, last: times }
  }
  const request = { nodeId: 'node-1', metrics: ['cpu_usage'], from: 0, to: 100_000, points: 100 }
  const history = (...t: number[]): SentResponse => {
    const series = [{ metric: 'cpu_usage', unit: '%', t, min: t, max: t, last: t }]
    return { status: 200, body: { resolution: 60, series } }
  }
  const at = async () => {
    const { series, ...rest } = await handlers()['samples.range'](request)
    return { at: [...(series[0]?.at ?? [])], ...rest }
  }

  test('within the cache comes from the cache', async () => {
    cache = () => ({ series: [column(1, 2)], cachedFrom: -5 })
    const segments = [{ from: 0, to: 100_000, source: 'cache', resolution: 0 }]
    expect([await at(), toBackend]).toEqual([{ at: [1, 2], from: 0, to: 100_000, segments }, []])
  })

  test('that begins before the cache is joined with values from the backend', async () => {
    cache = ({ from }) => ({ series: [column(...[60_000, 70_000].filter((t) => t >= from))], cachedFrom: 60_000 })
    respond = () => history(50_000, 59_999, 60_000)
    expect(await at()).toEqual({
      at: [50_000, 59_999, 60_000, 70_000],
      from: 0,
      to: 100_000,
      segments: [
        { from: 0, to: 60_000, source: 'backend', resolution: 60 },
        { from: 60_000, to: 100_000, source: 'cache', resolution: 0 },
      ],
    })
    expect(toBackend).toEqual([
      [
        'get /api/metrics/range',
        {
          query: {
            node_id: 'node-1',
            metrics: 'cpu_usage',
            from: '1970-01-01T00:00:00.000Z',
            to: '1970-01-01T00:00:59.999Z',
            points: '60',
          },
        },
      ],
    ])
  })

  test('of a node that the cache does not have comes from the backend', async () => {
    cache = () => ({ series: [column()], cachedFrom: null })
    respond = () => history(50_000, 100_000)
    const segments = [{ from: 0, to: 100_000, source: 'backend', resolution: 60 }]
    expect(await at()).toEqual({ at: [50_000, 100_000], from: 0, to: 100_000, segments })
  })

  test.each<[string, () => void, string]>([
    ['signed out', () => (session = signedOut), 'Sign in to see older values from the backend.'],
    ['unreachable', () => (respond = () => undefined), 'Older values are not available: the backend does not answer.'],
  ])('%s: the reply has the cached values and a reason', async (_name, arrange, missingReason) => {
    arrange()
    cache = () => ({ series: [column(60_000)], cachedFrom: 60_000 })
    const segments = [{ from: 60_000, to: 100_000, source: 'cache', resolution: 0 }]
    expect(await at()).toEqual({ at: [60_000], from: 0, to: 100_000, segments, missingReason })
  })
})

test('only an administrator manages users', async () => {
  respond = () => ({ status: 200, body: [] })
  expect(await handlers()['users.list']({})).toEqual([])
  await handlers()['users.update']({ id: 7, change: { disabled: true } })
  expect(toBackend).toEqual([
    ['get /api/users', { query: { limit: '500' } }],
    ['patch /api/users/:id', { params: { id: '7' }, body: { disabled: true } }],
  ])
  session = signedIn('operator')
  await expect(handlers()['users.list']({})).rejects.toMatchObject({ code: 'forbidden' })
})
