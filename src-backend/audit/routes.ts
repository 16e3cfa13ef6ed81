import { z } from 'zod'
import { listAuditOperation } from '#shared/rest/audit.ts'
import { decodeCursor, pageOf } from '../http/cursor.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { listAuditRows } from './repo.ts'

const AuditCursor = z.tuple([z.string().regex(/^\d{1,18}$/)])

export const auditRoutes = (): ApiRoute[] => [
  apiRoute(listAuditOperation, async ({ query, pool }) => {
    const before = query.cursor === undefined ? undefined : decodeCursor(query.cursor, AuditCursor)[0]
    const { action, text } = query
    const rows = await listAuditRows(pool, { action, text, before, limit: query.limit + 1 })
    const { shown, next } = pageOf(rows, query.limit, ({ id }) => [id])
    return { body: shown.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })), next }
  }),
]
