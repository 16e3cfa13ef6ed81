import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'

type ToastCalls = Pick<IpcHandlers, 'toasts.list' | 'toasts.act'>

/** Notifications inside the window. What their buttons do is decided in the main process. */
export function toastHandlers({ toasts }: Pick<IpcDeps, 'toasts'>): ToastCalls {
  return {
    'toasts.list': () => Promise.resolve(toasts.list),
    'toasts.act': ({ tag, act }) => {
      toasts.act(tag, act)
      return Promise.resolve({})
    },
  }
}
