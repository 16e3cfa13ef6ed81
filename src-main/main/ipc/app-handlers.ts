import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { IpcDeps } from './ipc-deps.ts'

type AppCalls = Pick<IpcHandlers, 'app.info' | 'health.get' | 'stream.reconnect' | 'live.snapshot'>

/** What the window asks about the app itself and about the stream as it stands now. */
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
