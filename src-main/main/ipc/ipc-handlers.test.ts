import { expect, test } from 'vitest'
import { ipcCalls } from '#shared/ipc/channels.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { CurrentHealth } from '../app/current-health.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { pageDeps } from './page-deps-builder.ts'
import { csvFileName } from './sample-handlers.ts'
import { ipcHandlers } from './ipc-handlers.ts'

const id = '0b2e6a52-54a5-8f3c-9d5e-4d2f0f6a7b11'

const { id: _i, version: _v, deleted: _d, effectiveFrom: _e, updatedBy: _b, updatedAt: _a, ...draft } = aRule()

/** Handlers with threads that record their calls and return `replies`. */
function testHandlers(over: Partial<IpcDeps> = {}, replies: Record<string, unknown> = {}) {
  const calls: Array<readonly [string, unknown]> = []
  const call = ((name: string, request: unknown) => {
    calls.push([name, request])
    return Promise.resolve(replies[name])
  }) as IpcDeps['data']['call'] & IpcDeps['read']['call']
  const deps: IpcDeps = {
    info: () => expect.unreachable('app.info is not called'),
    health: new CurrentHealth(0),
    data: { call },
    read: { call },
    chooseFile: () => Promise.resolve('/home/ada/export.csv'),
    user: 'ada',
    session: undefined,
    probeBackend: undefined,
    ...pageDeps(),
    now: () => 1000,
    ...over,
  }
  return { handlers: ipcHandlers(deps), calls }
}

test("without a backend no user signs in, and thresholds are this console's own", async () => {
  const rule = aRule()
  const { handlers, calls } = testHandlers({}, { 'rules.save': rule, 'rules.remove': undefined })
  expect(await handlers['session.get']({})).toEqual({ kind: 'standalone' })
  await expect(handlers['session.signIn']({ username: 'ada', password: 'x' })).rejects.toMatchObject({
    code: 'unavailable',
  })
  expect([
    await handlers['rules.save']({ id: rule.id, version: 1, draft }),
    await handlers['rules.remove']({ id: rule.id, version: 2 }),
  ]).toEqual([{ kind: 'saved', rule }, { kind: 'saved' }])
  expect(calls).toEqual([
    ['rules.save', { id: rule.id, version: 1, draft }],
    ['rules.remove', { id: rule.id, version: 2 }],
  ])
})

test('every call of the contract has a handler, and there are no others', () => {
  expect(Object.keys(testHandlers().handlers).sort()).toEqual([...ipcCalls].sort())
})

test('an acknowledgement carries the user and time of this console, not of the window', async () => {
  const { handlers, calls } = testHandlers()
  await handlers['alerts.acknowledge']({ id, comment: 'on it', until: 5000 })
  await handlers['alerts.acknowledge']({ id, comment: '' })
  expect(calls).toEqual([
    ['alerts.acknowledge', { id, acknowledgement: { by: 'ada', at: 1000, comment: 'on it', until: 5000 } }],
    ['alerts.acknowledge', { id, acknowledgement: { by: 'ada', at: 1000, comment: '' } }],
  ])
})

test('a reconnect tries Kafka and probes the backend, even if the data thread is down', async () => {
  let probes = 0
  const probeBackend = () => probes++
  const { handlers, calls } = testHandlers({ probeBackend })
  expect([await handlers['stream.reconnect']({}), calls, probes]).toEqual([{}, [['stream.reconnect', {}]], 1])
  const stopped = { call: () => Promise.reject(new Error('It is restarting.')) }
  await expect(testHandlers({ probeBackend, data: stopped }).handlers['stream.reconnect']({})).rejects.toThrow(
    'restarting',
  )
  expect(probes).toBe(2)
})

test('an export writes to the chosen file', async () => {
  const { handlers, calls } = testHandlers({}, { 'samples.export': { rows: 42 } })
  const range = { nodeId: 'node-1', from: 0, to: 60_000 }
  expect(await handlers['samples.export'](range)).toEqual({ saved: true, path: '/home/ada/export.csv', rows: 42 })
  expect(calls).toEqual([['samples.export', { ...range, path: '/home/ada/export.csv', zone: 'local' }]])
})

test('an export without a file reads no values', async () => {
  const { handlers, calls } = testHandlers({ chooseFile: () => Promise.resolve(undefined) })
  expect(await handlers['samples.export']({ nodeId: 'node-1', from: 0, to: 1 })).toEqual({ saved: false })
  expect(calls).toEqual([])
})

test('the file name of an export contains node and range and is valid on every system', () => {
  const [from, to] = [Date.UTC(2026, 10, 24, 10, 15), Date.UTC(2026, 10, 24, 10, 30)]
  expect([csvFileName('node-1', from, to), csvFileName('../rack/7: "a"', from, to)]).toEqual([
    'remo-node-1-20261124T101500Z-20261124T103000Z.csv',
    'remo-.._rack_7_a_-20261124T101500Z-20261124T103000Z.csv',
  ])
})

test('a test notification reports what the desktop says', async () => {
  const { handlers } = testHandlers({})
  expect(await handlers['notifications.test']({})).toEqual({ shown: true })
  const { handlers: failing } = testHandlers({ notify: () => Promise.resolve('the system did not answer') })
  expect(await failing['notifications.test']({})).toEqual({ shown: false, problem: 'The system did not answer.' })
})

test('a check of the backend reports one request', async () => {
  await expect(testHandlers().handlers['backend.check']({})).rejects.toMatchObject({ code: 'unavailable' })
  const checkBackend = () => Promise.resolve({ reachable: false, since: 0, detail: 'Nothing answers.' })
  const { handlers } = testHandlers({ checkBackend })
  expect(await handlers['backend.check']({})).toEqual({ reachable: false, detail: 'Nothing answers.', ms: 0 })
})

test('a test sound reports what was played, and a canceled dialog changes nothing', async () => {
  const result = { played: false, problem: 'This computer has no sound output.' }
  const { handlers } = testHandlers({ sounds: { test: () => Promise.resolve(result) } })
  expect(await handlers['sound.test']({ kind: 'critical' })).toEqual(result)
  expect(await handlers['sound.chooseFile']({})).toEqual({})
  const { handlers: chosen } = testHandlers({ chooseSound: () => Promise.resolve('/home/ada/pager.ogg') })
  expect(await chosen['sound.chooseFile']({})).toEqual({ file: '/home/ada/pager.ogg' })
})
