import type { IpcHandlers, IpcReply } from '#shared/ipc/contract.ts'
import type { Operation } from '#shared/rest/operation.ts'
import { createUserOperation, listUsersOperation, updateUserOperation } from '#shared/rest/users.ts'
import { callErrorOf } from '../backend/rest/backend-failure.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import type { OperationInput } from '../backend/rest/rest-request.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { requireSession } from './session-handlers.ts'

type UserCalls = Pick<IpcHandlers, 'users.list' | 'users.create' | 'users.update'>

/** User management, for administrators. Every call goes to the backend. */
export function userHandlers({ session }: Pick<IpcDeps, 'session'>): UserCalls {
  const admin = (): BackendSession => {
    const backend = requireSession(session)
    requirePermission(backend.session, 'manage-users')
    return backend
  }
  return {
    'users.list': async () => allUsers(admin()),
    'users.create': async (body) => replyOf(admin(), createUserOperation, { body }),
    'users.update': async ({ id, change }) =>
      replyOf(admin(), updateUserOperation, { params: { id: String(id) }, body: change }),
  }
}

async function allUsers(session: BackendSession): Promise<IpcReply<'users.list'>> {
  const users: IpcReply<'users.list'> = []
  let cursor: string | undefined
  do {
    const response = await session.call(listUsersOperation, {
      query: { limit: '500', ...(cursor === undefined ? {} : { cursor }) },
    })
    if (!response.ok) throw callErrorOf(response.failure)
    users.push(...response.body)
    cursor = response.next
  } while (cursor !== undefined)
  return users
}

async function replyOf<C extends Operation>(session: BackendSession, contract: C, input: OperationInput<C>) {
  const response = await session.call(contract, input)
  if (!response.ok) throw callErrorOf(response.failure)
  return response.body
}
