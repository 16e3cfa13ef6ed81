import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { CallError } from '../../threads/call-error.ts'
import type { IpcDeps } from './ipc-deps.ts'

/** A request to the backend, now, for a person who waits for the result. */
export function backendHandlers({
  checkBackend,
  now,
}: Pick<IpcDeps, 'checkBackend' | 'now'>): Pick<IpcHandlers, 'backend.check'> {
  return {
    'backend.check': async () => {
      if (!checkBackend) throw new CallError('unavailable', 'This connection has no backend.')
      const startedAt = now()
      const { reachable, detail } = await checkBackend()
      return { reachable, ms: now() - startedAt, ...(detail === undefined ? {} : { detail }) }
    },
  }
}
