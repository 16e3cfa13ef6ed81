import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { Connections } from '../connections/connections.ts'

export type ConnectionCallDeps = Pick<
  Connections,
  'view' | 'save' | 'remove' | 'use' | 'unlock' | 'startDemo' | 'leaveDemo'
>

type ConnectionCalls = Pick<
  IpcHandlers,
  | 'connections.list'
  | 'connections.save'
  | 'connections.remove'
  | 'connections.use'
  | 'connections.unlock'
  | 'demo.start'
  | 'demo.leave'
>

/** Calls about the list of connections, and which one is in use. The page is loaded anew after a change. */
export function connectionHandlers(connections: ConnectionCallDeps): ConnectionCalls {
  return {
    'connections.list': () => connections.view(),
    'connections.save': ({ draft, use }) => connections.save(draft, use),
    'connections.remove': ({ id }) => connections.remove(id),
    'connections.use': ({ id }) => connections.use(id),
    'connections.unlock': ({ password }) => connections.unlock(password),
    'demo.start': () => {
      connections.startDemo()
      return Promise.resolve({})
    },
    'demo.leave': () => {
      connections.leaveDemo()
      return Promise.resolve({})
    },
  }
}
