import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'

type DoNotDisturbCalls = Pick<IpcHandlers, 'doNotDisturb.get' | 'doNotDisturb.request'>

export function doNotDisturbHandlers({ doNotDisturb }: Pick<IpcDeps, 'doNotDisturb'>): DoNotDisturbCalls {
  return {
    'doNotDisturb.get': () => Promise.resolve(doNotDisturb.view),
    'doNotDisturb.request': ({ request }) => {
      doNotDisturb.request(request)
      return Promise.resolve(doNotDisturb.view)
    },
  }
}
