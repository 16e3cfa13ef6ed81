import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'

type AppCalls = Pick<IpcHandlers, 'app.info' | 'health.get' | 'stream.reconnect' | 'live.snapshot'>

/** Calls about the app and the current state of the stream. */
export function appHandlers({
  info,
  health,
  data,
  probeBackend,
}: Pick<IpcDeps, 'info' | 'health' | 'data' | 'probeBackend'>): AppCalls {
  return {
    'app.info': () => Promise.resolve(info()),
    'health.get': () => Promise.resolve(health.report),
    'stream.reconnect': async () => {
      probeBackend?.()
      await data.call('stream.reconnect', {})
      return {}
    },
    'live.snapshot': () => data.call('live.snapshot', {}),
  }
}
