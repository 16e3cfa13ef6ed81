import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ipcCalls } from '#shared/ipc/channels.ts'
import type { IpcCall } from '#shared/ipc/channels.ts'
import { ipc } from '#shared/ipc/contract.ts'
import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { CallError } from '../../threads/call-error.ts'
import { handleIpcCall } from './handle-ipc-call.ts'

/** Handlers that record their requests. */
function recording(reply: (call: IpcCall) => unknown = () => ({})): { handlers: IpcHandlers; reached: unknown[] } {
  const reached: unknown[] = []
  const handler = (call: IpcCall) => (request: unknown) => {
    reached.push(request)
    return Promise.resolve(reply(call))
  }
  return {
    handlers: Object.fromEntries(ipcCalls.map((call) => [call, handler(call)])) as unknown as IpcHandlers,
    reached,
  }
}
const ignore = (): void => undefined

describe.each(ipcCalls)('%s', (call) => {
  test('a call of a foreign frame reaches no handler', async () => {
    const { handlers, reached } = recording()
    const result = await handleIpcCall({ call, raw: {}, ours: false }, handlers, ignore)
    expect([result, reached]).toEqual([
      { ok: false, error: expect.objectContaining({ code: 'forbidden' }) as unknown },
      [],
    ])
  })

  test('any argument either fits the schema or reaches no handler', async () => {
    const key = fc.constantFrom('id', 'nodeId', 'from', 'to', 'limit', 'open', 'comment', 'draft', '__proto__', 'x')
    const argument = fc.oneof(fc.anything(), fc.dictionary(key, fc.anything()))
    await fc.assert(
      fc.asyncProperty(argument, async (raw) => {
        const { handlers, reached } = recording()
        const result = await handleIpcCall({ call, raw, ours: true }, handlers, ignore)
        const fits = ipc[call].request.safeParse(raw).success
        expect([result.ok, reached.length]).toEqual([fits, fits ? 1 : 0])
      }),
      { numRuns: 200 },
    )
  })

  test('an unknown key is refused', async () => {
    const { handlers, reached } = recording()
    const result = await handleIpcCall({ call, raw: { unknownKey: 1 }, ours: true }, handlers, ignore)
    expect([result, reached]).toEqual([
      { ok: false, error: expect.objectContaining({ code: 'bad-request' }) as unknown },
      [],
    ])
  })
})

test('the reply comes back as the value', async () => {
  const { handlers } = recording(() => [1])
  expect(await handleIpcCall({ call: 'rules.list', raw: {}, ours: true }, handlers, ignore)).toEqual({
    ok: true,
    value: [1],
  })
})

test('an expected error keeps its code and sentence', async () => {
  const { handlers } = recording(() => {
    throw new CallError('conflict', 'Somebody else changed this threshold.')
  })
  expect(await handleIpcCall({ call: 'rules.list', raw: {}, ours: true }, handlers, ignore)).toEqual({
    ok: false,
    error: { code: 'conflict', message: 'Somebody else changed this threshold.' },
  })
})

test('the text of an unexpected error stays here, for the log', async () => {
  const broken = new Error('SQLITE_CORRUPT: /home/ada/secret')
  const { handlers } = recording(() => {
    throw broken
  })
  const refusals: unknown[] = []
  const result = await handleIpcCall({ call: 'rules.list', raw: {}, ours: true }, handlers, (_failure, cause) =>
    refusals.push(cause),
  )
  expect(refusals).toEqual([broken])
  expect(JSON.stringify(result)).not.toContain('secret')
})

test('a password of an invalid request is not logged', async () => {
  const { handlers } = recording()
  const raw = { username: 'ada', password: 'hunter2'.repeat(100), hunter: 1 }
  const refusals: unknown[] = []
  await handleIpcCall({ call: 'session.signIn', raw, ours: true }, handlers, (failure, cause) =>
    refusals.push([failure, cause]),
  )
  expect(refusals).toHaveLength(1)
  expect(inspect(refusals, { depth: 9 })).not.toContain('hunter2')
})

describe('a reply that does not fit its schema', () => {
  const broken = { ...aRule(), version: 'one' }
  const list = (checksReply: boolean, reply: unknown, refusals: unknown[] = []) =>
    handleIpcCall(
      { call: 'rules.list', raw: {}, ours: true, checksReply },
      recording(() => reply).handlers,
      (failure) => refusals.push(failure),
    )

  test('is an error with the path, for the page and the log', async () => {
    const refusals: unknown[] = []
    const result = await list(true, [aRule(), broken], refusals)
    expect(result).toEqual({
      ok: false,
      error: { code: 'failed', message: expect.stringContaining('rules.list.1.version: ') as unknown },
    })
    expect(refusals).toEqual([result.ok ? undefined : result.error])
  })

  test('passes if replies are not checked; a valid reply passes if they are', async () => {
    expect(await list(false, [broken])).toEqual({ ok: true, value: [broken] })
    expect(await list(true, [aRule()])).toEqual({ ok: true, value: [aRule()] })
  })
})
