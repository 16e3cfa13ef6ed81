import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'

/** What is on its way to the backend, and what it did not take. */
export function actionHandlers({ data }: Pick<IpcDeps, 'data'>): Pick<IpcHandlers, 'actions.list' | 'actions.dismiss'> {
  return {
    'actions.list': () => data.call('actions.list', {}),
    'actions.dismiss': async (request) => {
      await data.call('actions.dismiss', request)
      return {}
    },
  }
}
