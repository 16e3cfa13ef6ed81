import { z } from 'zod'
import { pageQuery, textField } from '#shared/rest/fields.ts'
import { defineOperation } from '#shared/rest/operation.ts'
import { apiRoute, type ApiRoute } from '../../src-backend/http/route.ts'

const Note = z.strictObject({ note: textField(1, 200), n: z.int().optional() })

/** Operations that only exist to be called in every wrong way. */
const echo = defineOperation({
  method: 'post',
  path: '/api/echo',
  access: 'operator',
  tag: 'system',
  summary: 'Answers what it got',
  headers: ['if-match', 'idempotency-key'],
  body: { schema: Note },
  ok: { status: 200, body: z.strictObject({ note: z.string(), ifMatch: z.int().nullable(), count: z.int() }) },
  errors: ['malformed_body', 'payload_too_large', 'unsupported_media_type', 'idempotency_mismatch'],
})
const form = defineOperation({
  method: 'post',
  path: '/api/form',
  access: 'public',
  tag: 'system',
  summary: 'Answers what it got in a form',
  body: { schema: Note, form: true },
  ok: { status: 200, body: Note },
  errors: ['malformed_body', 'payload_too_large', 'unsupported_media_type'],
})
const list = defineOperation({
  method: 'get',
  path: '/api/list/:name',
  access: 'viewer',
  tag: 'system',
  summary: 'Has a query',
  params: z.object({ name: textField(1, 20) }),
  query: z.object(pageQuery),
  ok: { status: 200, body: z.array(z.string()), pages: true },
  errors: [],
})
const broken = defineOperation({
  method: 'get',
  path: '/api/broken',
  access: 'public',
  tag: 'system',
  summary: 'Throws',
  ok: { status: 204 },
  errors: [],
})

const slow = defineOperation({
  method: 'get',
  path: '/api/slow',
  access: 'public',
  tag: 'system',
  summary: 'Asks the database for too much',
  ok: { status: 204 },
  errors: [],
})

/** Calls of `echo` so far. */
export const handled = { echo: 0 }
export const routes: ApiRoute[] = [
  apiRoute(echo, ({ body, ifMatch, tx }) =>
    tx(async (db) => {
      await db.query('select 1')
      handled.echo += 1
      return { body: { note: body.note, ifMatch: ifMatch ?? null, count: handled.echo } }
    }),
  ),
  apiRoute(form, async ({ body }) => ({ body })),
  apiRoute(list, async ({ params, query }) => ({ body: [params.name, String(query.limit)], next: 'abc' })),
  apiRoute(slow, ({ tx }) =>
    tx(async (db) => {
      await db.query('set local statement_timeout = 50')
      await db.query('select pg_sleep(5)')
      return {}
    }),
  ),
  apiRoute(broken, () => Promise.reject(new Error('secret detail of the inside'))),
]
