import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { listConsolesOperation } from '#shared/rest/consoles.ts'
import { secondChannelOperation, testSecondChannelOperation } from '#shared/rest/second-channel.ts'
import { isOfOlderBackend } from '../backend/consoles/heartbeat.ts'
import { callErrorOf } from '../backend/rest/backend-failure.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { requireSession } from './session-handlers.ts'

type ConsoleCalls = Pick<IpcHandlers, 'consoles.list' | 'secondChannel.get' | 'secondChannel.test'>

/** More consoles are not listed: a team has some ten. */
const mostConsoles = '500'
const olderBackend = { kind: 'older-backend' } as const

/** The consoles of the team and the second channel, from the backend. */
export function consoleHandlers({ session, data }: Pick<IpcDeps, 'session' | 'data'>): ConsoleCalls {
  return {
    'consoles.list': async () => {
      const { call } = requireSession(session)
      const response = await call(listConsolesOperation, { query: { limit: mostConsoles } })
      if (!response.ok) {
        if (isOfOlderBackend(response.failure)) return olderBackend
        throw callErrorOf(response.failure)
      }
      return {
        kind: 'consoles',
        consoles: response.body,
        hasMore: response.next !== undefined,
        ownId: await ownId(data),
      }
    },
    'secondChannel.get': async () => {
      const { call } = requireSession(session)
      const response = await call(secondChannelOperation, {})
      if (response.ok) return { kind: 'channel', channel: response.body }
      if (isOfOlderBackend(response.failure)) return olderBackend
      throw callErrorOf(response.failure)
    },
    'secondChannel.test': async () => {
      const backend = requireSession(session)
      requirePermission(backend.session, 'test-second-channel')
      const response = await backend.call(testSecondChannelOperation, {})
      if (!response.ok) throw callErrorOf(response.failure)
      return response.body
    },
  }
}

/** The list is of use without a mark, too: the data thread may be restarting. */
async function ownId(data: IpcDeps['data']): Promise<string | null> {
  try {
    return (await data.call('shown.list', { limit: 0 })).consoleId
  } catch {
    return null
  }
}
