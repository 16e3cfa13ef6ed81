import { createUserOperation, listUsersOperation, updateUserOperation } from '#shared/rest/users.ts'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { listUserRows } from './repo.ts'
import { changeUser, createUser as makeUser, toAccount, type UserDeps } from './service.ts'

const UserCursor = z.tuple([z.string()])

export const userRoutes = (deps: UserDeps): ApiRoute[] => [
  apiRoute(listUsersOperation, async ({ query, pool }) => {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, UserCursor)[0]
    const rows = await listUserRows(pool, { after, limit: query.limit + 1 })
    const { shown, next } = pageOf(rows, query.limit, ({ usernameKey }) => [usernameKey])
    return { body: shown.map(toAccount), next }
  }),
  apiRoute(createUserOperation, async (call) => ({ body: await makeUser(deps, call, call.body) })),
  apiRoute(updateUserOperation, async (call) => ({
    body: await changeUser(deps, call, { id: call.params.id, ...call.body }),
  })),
]
