import { heartbeatOperation, listConsolesOperation } from '#shared/rest/consoles.ts'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { consolesAfter, noteHeartbeat } from './service.ts'

/** Name, installation and account. */
const ConsoleCursor = z.tuple([
  z.string().refine((text) => !text.includes('\0') && text.isWellFormed()),
  z.uuid(),
  z.int().min(0).max(2_147_483_647),
])

export const consoleRoutes = (): ApiRoute[] => [
  apiRoute(heartbeatOperation, async ({ params: { id }, body, actor, now, tx }) => {
    const { doNotDisturbUntil, ...facts } = body
    return { body: await tx((db) => noteHeartbeat(db, { ...facts, doNotDisturbUntil, id, now }, actor)) }
  }),
  apiRoute(listConsolesOperation, async ({ query: { limit, cursor, connected }, pool }) => {
    const rows = await consolesAfter(pool, { connected, after: afterOf(cursor), limit: limit + 1 })
    const { shown, next } = pageOf(rows, limit, ({ name, id, accountId }) => [name, id, accountId])
    return { body: shown.map(({ accountId: _, ...item }) => item), next }
  }),
]

function afterOf(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [name, id, accountId] = decodeCursor(cursor, ConsoleCursor)
  return { name, id, accountId }
}
