import { Readable } from 'node:stream'
import { z } from 'zod'
import { defineOperation } from '#shared/rest/operation.ts'
import { createApp, type AppDeps } from '../../src-backend/app.ts'
import { createPool } from '../../src-backend/db/pool.ts'
import { StreamLimit } from '../../src-backend/http/concurrency-limit.ts'
import { apiError } from '../../src-backend/http/problem.ts'
import { apiRoute } from '../../src-backend/http/route.ts'
import { startHttpServer, type Timeouts } from '../../src-backend/http/server.ts'
import { nullLog } from '../support/null-log.ts'

const base = { access: 'public', tag: 'system', summary: 'Of no use but to be called', errors: [] } as const
const who = defineOperation({
  ...base,
  method: 'get',
  path: '/api/who',
  ok: { status: 200, body: z.strictObject({ ip: z.string() }) },
})
const say = defineOperation({
  ...base,
  method: 'post',
  path: '/api/say',
  body: { schema: z.unknown() },
  ok: { status: 204 },
})
const ask = defineOperation({ ...base, method: 'get', path: '/api/ask', ok: { status: 204 } })

export const all = defineOperation({
  ...base,
  method: 'get',
  path: '/api/all',
  access: 'viewer',
  ok: { status: 200, type: 'text/csv; charset=utf-8' },
})
export const viewer = {
  accountId: 1,
  username: 'vera',
  role: 'viewer',
  familyId: '00000000-0000-4000-8000-000000000000',
} as const

const ends: Array<() => Promise<void>> = []

/** Stops what `start` started. */
export async function stopAll(): Promise<void> {
  for (const end of ends.splice(0)) await end()
}

/** The HTTP side without a database: port 1 is closed. */
export async function start(change: Partial<AppDeps> = {}, patience?: Timeouts): Promise<string> {
  const pool = createPool({ url: 'postgres://remo@127.0.0.1:1/remo', size: 1, log: nullLog })
  const slots = new StreamLimit('readers', 1)
  const app = createApp({
    routes: [
      apiRoute(all, ({ signal }) => {
        slots.acquire(signal)
        return Promise.resolve({ stream: Readable.from(endless()) })
      }),
      apiRoute(who, ({ ip }) => Promise.resolve({ body: { ip } })),
      apiRoute(say, () => Promise.resolve({})),
      apiRoute(ask, async (call) => {
        await call.pool.query('select 1')
        return {}
      }),
    ],
    pool,
    now: Date.now,
    authenticate: () => Promise.reject(apiError('unauthenticated', 'Nobody is known here.')),
    throttle: () => Promise.resolve(),
    checkResponses: true,
    version: 'test',
    corsOrigins: [],
    trustProxy: 0,
    apiDocs: true,
    observe: () => undefined,
    log: nullLog,
    ...change,
  })
  const server = await startHttpServer(app, 0, patience)
  ends.push(async () => {
    await server.close(1_000)
    await pool.end()
  })
  return `http://127.0.0.1:${server.port}`
}

async function* endless(): AsyncGenerator<string> {
  for (;;) yield await Promise.resolve('a line\r\n'.repeat(1_000))
}
