import { expect, test } from 'vitest'
import { ipcCalls } from '#shared/ipc/channels.ts'
import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { CallError } from '../../threads/call-error.ts'
import { currentHandlers } from './current-handlers.ts'

const handlersOf = (name: string): IpcHandlers =>
  Object.fromEntries(ipcCalls.map((call) => [call, () => Promise.resolve(`${name} ${call}`)])) as unknown as IpcHandlers

test('calls reach the connection in use at that time', async () => {
  let current: IpcHandlers | undefined = handlersOf('prod')
  const handlers = currentHandlers(() => current, { without: handlersOf('none'), refuse: () => expect.unreachable() })
  expect(await handlers['rules.list']({})).toBe('prod rules.list')
  current = handlersOf('stage')
  expect(await handlers['rules.list']({})).toBe('stage rules.list')
})

test('while no connection is open, calls about the app are answered and all others refused', async () => {
  const handlers = currentHandlers(() => undefined, {
    without: handlersOf('none'),
    refuse: () => {
      throw new CallError('unavailable', 'ReMo is opening Staging.')
    },
  })
  const refused: string[] = []
  for (const call of ipcCalls) {
    const answer = (handlers[call] as (request: object) => Promise<unknown>)({})
    await answer.catch((error: unknown) => error instanceof CallError && refused.push(call))
  }
  const answered = ipcCalls.filter((call) => !refused.includes(call))
  const domains = new Set(answered.map((call) => call.split('.')[0]))
  expect([...domains].sort()).toEqual([
    'app',
    'connections',
    'demo',
    'doNotDisturb',
    'health',
    'notifications',
    'settings',
    'sound',
    'toasts',
    'updates',
  ])
  expect(refused).toContain('session.get')
  expect(refused).toContain('cache.usage')
})
