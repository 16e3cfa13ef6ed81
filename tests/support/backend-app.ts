import type { Problem } from '#shared/rest/problems.ts'
import type { Role } from '#shared/session/role.ts'
import type { Pool } from 'pg'
import { createApp } from '../../src-backend/app.ts'
import { apiError } from '../../src-backend/http/problem.ts'
import type { Actor, ApiRoute } from '../../src-backend/http/route.ts'
import { startHttpServer } from '../../src-backend/http/server.ts'
import { testDatabase, type TestDatabase } from './test-database.ts'
import { nullLog } from './null-log.ts'

export interface ApiResponse<T = unknown> {
  readonly status: number
  readonly headers: Headers
  /** Parsed if it is JSON, else the text. */
  readonly body: T
}

export interface ApiRequest {
  readonly as?: Role
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface TestApp {
  readonly database: TestDatabase
  readonly pool: Pool
  readonly url: string
  readonly accounts: Readonly<Record<Role, Actor>>
  /** `call('post /api/rules', { as: 'admin', body })`. Resolves for every status. */
  call<T = unknown>(operation: string, request?: ApiRequest): Promise<ApiResponse<T>>
  end(): Promise<void>
}

export const roles = ['viewer', 'operator', 'admin'] as const

/**
 * Routes on a real port with their own database; responses are checked against their contracts. Tokens are the names of
 * the three roles; tests/backend/auth.test.ts covers real tokens.
 */
export async function testApp(makeRoutes: (pool: Pool) => ApiRoute[]): Promise<TestApp> {
  const database = await testDatabase()
  const { pool } = database
  const accounts = await makeAccounts(pool)
  const app = createApp({
    routes: makeRoutes(pool),
    pool,
    now: Date.now,
    authenticate: (header) => actorOf(accounts, header),
    throttle: () => Promise.resolve(),
    checkResponses: true,
    version: 'test',
    corsOrigins: [],
    trustProxy: 0,
    apiDocs: true,
    observe: () => undefined,
    log: nullLog,
  })
  const server = await startHttpServer(app, 0)
  const url = `http://127.0.0.1:${server.port}`
  return {
    database,
    pool,
    url,
    accounts,
    call: <T>(operation: string, request: ApiRequest = {}) => callApi<T>(url, operation, request),
    end: async () => {
      await server.close(1_000)
      await database.end()
    },
  }
}

export async function callApi<T>(url: string, operation: string, request: ApiRequest): Promise<ApiResponse<T>> {
  const [method = 'get', path = '/'] = operation.split(' ')
  const { as, body, headers = {} } = request
  const response = await fetch(url + path, {
    method: method.toUpperCase(),
    headers: {
      ...(as === undefined ? {} : { Authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T }
}

/** Status and code of a problem response, for whole-value comparisons. */
export function problemIn({ status, body }: ApiResponse): readonly [number, string] {
  return [status, (body as Problem).code]
}

async function makeAccounts(pool: Pool): Promise<Record<Role, Actor>> {
  const { rows } = await pool.query<{ id: number; role: Role }>(
    `insert into account (username, username_key, email, email_key, password_hash, role)
     select role, role, role || '@remo.local', role || '@remo.local', 'none', role from unnest($1::text[]) as role
     returning id, role`,
    [roles],
  )
  const actors = rows.map(({ id, role }): [Role, Actor] => [
    role,
    { accountId: id, username: role, role, familyId: '00000000-0000-4000-8000-000000000000' },
  ])
  return Object.fromEntries(actors) as Record<Role, Actor>
}

function actorOf(accounts: Record<Role, Actor>, header: string | undefined): Promise<Actor> {
  const role = roles.find((name) => header === `Bearer ${name}`)
  return role ? Promise.resolve(accounts[role]) : Promise.reject(apiError('unauthenticated', 'Sign in first.'))
}
