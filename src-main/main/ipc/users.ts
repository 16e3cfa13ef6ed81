import type { IpcHandlers, IpcReply } from '#shared/ipc/contract.ts'
import type { Operation } from '#shared/rest/contract.ts'
import { createUserOperation, listUsersOperation, updateUserOperation } from '#shared/rest/users.ts'
import { errorOf } from '../backend/failure.ts'
import { permitted } from '../backend/permit.ts'
import type { BackendSession } from '../backend/backend-session.ts'
import type { Input } from '../backend/rest-request.ts'
import type { IpcDeps } from './deps.ts'
import { sessionOf } from './session.ts'

type UserCalls = Pick<IpcHandlers, 'users.list' | 'users.create' | 'users.update'>

/** An administrator's page: straight through to the backend. */
export function userHandlers({ session }: Pick<IpcDeps, 'session'>): UserCalls {
  const admin = (): BackendSession => {
    const backend = sessionOf(session)
    permitted(backend.session, 'manage-users')
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
    if (!response.ok) throw errorOf(response.failure)
    users.push(...response.body)
    cursor = response.next
  } while (cursor !== undefined)
  return users
}

async function replyOf<C extends Operation>(session: BackendSession, contract: C, input: Input<C>) {
  const response = await session.call(contract, input)
  if (!response.ok) throw errorOf(response.failure)
  return response.body
}
