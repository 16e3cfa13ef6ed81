import { beforeEach, expect, test } from 'vitest'
import { ipc } from '#shared/ipc/contract.ts'
import type { ConsoleItem } from '#shared/rest/consoles.ts'
import type { Operation } from '#shared/rest/operation.ts'
import type { Role } from '#shared/session/role.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import { aProblem } from '../backend/test-server.ts'
import { consoleHandlers } from './console-handlers.ts'

const consoleId = '00000000-0000-4000-8000-000000000001'
const item: ConsoleItem = {
  id: consoleId,
  user: 'ada',
  name: 'desk',
  version: '0.2.0',
  startedAt: 1,
  health: 'live',
  doNotDisturbUntil: null,
  connected: true,
  connectedSince: 2,
  lastSeenAt: 3,
}

let role: Role
let asked: string[]
let answer: unknown
let isDataDown: boolean
beforeEach(() => {
  role = 'viewer'
  asked = []
  isDataDown = false
})

function handlers() {
  const session = {
    get session() {
      const link = { reachable: true, since: 0 }
      return { kind: 'signed-in', backendUrl: 'http://b', link, user: { username: 'ada', role } }
    },
    call: ({ method, path }: Operation) => {
      asked.push(`${method} ${path}`)
      return Promise.resolve(answer)
    },
  } as unknown as BackendSession
  const call = () => (isDataDown ? Promise.reject(new Error('down')) : Promise.resolve({ consoleId, reports: [] }))
  return consoleHandlers({ session, data: { call: call as never } })
}
const problem = (code: Parameters<typeof aProblem>[0]) => ({
  ok: false,
  failure: { kind: 'problem', problem: aProblem(code).body },
})

test('the consoles are those of the backend, with the id of this one', async () => {
  answer = { ok: true, body: [item], next: 'more' }
  const reply = await handlers()['consoles.list']({})
  expect(reply).toEqual({ kind: 'consoles', consoles: [item], hasMore: true, ownId: consoleId })
  expect(ipc['consoles.list'].reply.safeParse(reply).success).toBe(true)
  isDataDown = true
  expect(await handlers()['consoles.list']({})).toMatchObject({ consoles: [item], ownId: null })
})

test('a backend of an older version has neither consoles nor a second channel', async () => {
  answer = problem('not_found')
  expect(await handlers()['consoles.list']({})).toEqual({ kind: 'older-backend' })
  expect(await handlers()['secondChannel.get']({})).toEqual({ kind: 'older-backend' })
})

test('other failures are errors', async () => {
  answer = { ok: false, failure: { kind: 'unreachable', detail: 'It broke.' } }
  await expect(handlers()['consoles.list']({})).rejects.toThrow('The backend is unavailable. It broke.')
  await expect(handlers()['secondChannel.get']({})).rejects.toThrow('The backend is unavailable. It broke.')
  await expect(
    consoleHandlers({ session: undefined, data: { call: undefined as never } })['consoles.list']({}),
  ).rejects.toThrow('No backend is configured')
})

test('only an administrator sends a test, and sees what the receiver answered', async () => {
  answer = { ok: true, body: { delivered: false, status: 404, message: 'It answered 404.', answer: 'no', tookMs: 8 } }
  await expect(handlers()['secondChannel.test']({})).rejects.toThrow('Your role cannot test the second channel.')
  expect(asked).toEqual([])
  role = 'admin'
  expect(await handlers()['secondChannel.test']({})).toMatchObject({ delivered: false, status: 404 })
  expect(asked).toEqual(['post /api/second-channel/test'])
  answer = problem('second_channel_off')
  await expect(handlers()['secondChannel.test']({})).rejects.toThrow()
})
