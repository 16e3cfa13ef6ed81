import { actionQueueOf } from '#shared/ipc/action-queue.ts'
import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'

/** Operator actions that wait for the backend, and those that it refused. */
export function actionHandlers({ data }: Pick<IpcDeps, 'data'>): Pick<IpcHandlers, 'actions.list' | 'actions.dismiss'> {
  return {
    'actions.list': async () => actionQueueOf(await data.call('actions.list', {})),
    'actions.dismiss': async (request) => {
      await data.call('actions.dismiss', request)
      return {}
    },
  }
}
