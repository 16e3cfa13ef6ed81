import type { IpcHandlers, IpcReply } from '#shared/ipc/contract.ts'
import type { Operation } from '#shared/rest/operation.ts'
import {
  createUserOperation,
  listUserNamesOperation,
  listUsersOperation,
  updateUserOperation,
} from '#shared/rest/users.ts'
import { callErrorOf } from '../backend/rest/backend-failure.ts'
import { requirePermission } from '../backend/session/require-permission.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import type { BackendFailure } from '../backend/rest/rest-client.ts'
import type { OperationInput } from '../backend/rest/rest-request.ts'
import type { IpcDeps } from './ipc-deps.ts'
import { requireSession } from './session-handlers.ts'

type UserCalls = Pick<IpcHandlers, 'users.names' | 'users.list' | 'users.create' | 'users.update'>

/** User management, for administrators; names also for operators. Every call goes to the backend. */
export function userHandlers({ session }: Pick<IpcDeps, 'session'>): UserCalls {
  const admin = (): BackendSession => {
    const backend = requireSession(session)
    requirePermission(backend.session, 'manage-users')
    return backend
  }
  const operator = (): BackendSession => {
    const backend = requireSession(session)
    requirePermission(backend.session, 'acknowledge')
    return backend
  }
  return {
    'users.names': async () => userNames(operator()),
    'users.list': async () => allUsers(admin()),
    'users.create': async (body) => replyOf(admin(), createUserOperation, { body }),
    'users.update': async ({ id, change }) =>
      replyOf(admin(), updateUserOperation, { params: { id: String(id) }, body: change }),
  }
}

async function allUsers(session: BackendSession): Promise<IpcReply<'users.list'>> {
  return allPages((cursor) => session.call(listUsersOperation, { query: pageQuery(cursor) }))
}

async function userNames(session: BackendSession): Promise<IpcReply<'users.names'>> {
  const users = await allPages((cursor) => session.call(listUserNamesOperation, { query: pageQuery(cursor) }))
  return users.map(({ username }) => username)
}

type Page<T> = { readonly ok: true; readonly body: T[]; readonly next?: string | undefined }

async function allPages<T>(
  read: (cursor: string | undefined) => Promise<Page<T> | { readonly ok: false; readonly failure: BackendFailure }>,
): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const response = await read(cursor)
    if (!response.ok) throw callErrorOf(response.failure)
    items.push(...response.body)
    cursor = response.next
  } while (cursor !== undefined)
  return items
}

const pageQuery = (cursor: string | undefined) => ({ limit: '500', ...(cursor === undefined ? {} : { cursor }) })

async function replyOf<C extends Operation>(session: BackendSession, contract: C, input: OperationInput<C>) {
  const response = await session.call(contract, input)
  if (!response.ok) throw callErrorOf(response.failure)
  return response.body
}
