import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { listAuditOperation } from '#shared/rest/audit.ts'
import { callErrorOf } from '../backend/rest/backend-failure.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { requireSession } from './session-handlers.ts'

/** Who changed what, from the backend. */
export function auditHandlers({ session }: Pick<IpcDeps, 'session'>): Pick<IpcHandlers, 'audit.list'> {
  return {
    'audit.list': async ({ cursor, action, text }) => {
      const backend = requireSession(session)
      requirePermission(backend.session, 'manage-users')
      const query = {
        limit: '100',
        ...(cursor === undefined ? {} : { cursor }),
        ...(action === undefined ? {} : { action }),
        ...(text === undefined ? {} : { text }),
      }
      const response = await backend.call(listAuditOperation, { query })
      if (!response.ok) throw callErrorOf(response.failure)
      return { entries: response.body, ...(response.next === undefined ? {} : { next: response.next }) }
    },
  }
}
