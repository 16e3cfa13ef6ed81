import {
  createUserOperation,
  listUserNamesOperation,
  listUsersOperation,
  updateUserOperation,
} from '#shared/rest/users.ts'
import { mayAccess, Role } from '#shared/session/role.ts'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { listNames, listUserRows } from './repo.ts'
import { changeUser, createUser as makeUser, toAccount, type UserDeps } from './service.ts'

const UserCursor = z.tuple([z.string()])
const assignable = Role.options.filter((role) => mayAccess(role, 'operator'))

export const userRoutes = (deps: UserDeps): ApiRoute[] => [
  apiRoute(listUsersOperation, async ({ query, pool }) => {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, UserCursor)[0]
    const rows = await listUserRows(pool, { after, limit: query.limit + 1 })
    const { shown, next } = pageOf(rows, query.limit, ({ usernameKey }) => [usernameKey])
    return { body: shown.map(toAccount), next }
  }),
  apiRoute(listUserNamesOperation, async ({ query, pool }) => {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, UserCursor)[0]
    const rows = await listNames(pool, { roles: assignable, after, limit: query.limit + 1 })
    const { shown, next } = pageOf(rows, query.limit, ({ usernameKey }) => [usernameKey])
    return { body: shown.map(({ username }) => ({ username })), next }
  }),
  apiRoute(createUserOperation, async (call) => ({ body: await makeUser(deps, call, call.body) })),
  apiRoute(updateUserOperation, async (call) => ({
    body: await changeUser(deps, call, { id: call.params.id, ...call.body }),
  })),
]
