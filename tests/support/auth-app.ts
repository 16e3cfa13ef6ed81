import { hashSync } from '@node-rs/argon2'
import type { Log, LogFields, LogLevel } from '#shared/log.ts'
import type { Tokens } from '#shared/rest/auth.ts'
import type { Role } from '#shared/session/role.ts'
import type { Pool } from 'pg'
import { createApp } from '../../src-backend/app.ts'
import { auditRoutes } from '../../src-backend/audit/routes.ts'
import { type Auth, type AuthDeps, createAuth } from '../../src-backend/auth/create-auth.ts'
import { startHttpServer } from '../../src-backend/http/server.ts'
import { userRoutes } from '../../src-backend/users/routes.ts'
import { type ApiResponse, type ApiRequest, callApi } from './backend-app.ts'
import { testDatabase } from './test-database.ts'

/** Password of every account that `addAccount` creates. */
export const password = 'violet anvil harbour'

export const signingKey = 'k9fTq2mV7xLw4bRz8NcYpJ3hGdS6uAeX1oKiQtBv'

export interface RecordedLogLine {
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

export interface AuthRequest extends Pick<ApiRequest, 'body' | 'headers'> {
  /** Access token. */
  readonly token?: string
  /** IP address of the client. */
  readonly ip?: string
}

export interface AuthApp {
  readonly url: string
  readonly pool: Pool
  readonly auth: Auth
  readonly lines: RecordedLogLine[]
  call<T = unknown>(operation: string, request?: AuthRequest): Promise<ApiResponse<T>>
  /** Creates an account and returns its id. */
  addAccount(username: string, role?: Role): Promise<number>
  /** Signs in with an existing account. Each call has its own address, so that throttling does not slow other tests. */
  signIn(username: string): Promise<Tokens>
  end(): Promise<void>
}

/** Real sign-in, sessions and users on a real port, with their own database. Trusts one proxy. */
export async function authApp(change: Partial<AuthDeps['config']> = {}): Promise<AuthApp> {
  const database = await testDatabase()
  const { pool } = database
  const lines: RecordedLogLine[] = []
  const log = recorder(lines)
  const config = {
    jwtSecretKey: signingKey,
    demo: false,
    registration: 'closed',
    passwordMinLength: 12,
    ...change,
  } as const
  const now = () => Date.now()
  const auth = createAuth({ pool, config, log, now })
  const app = createApp({
    routes: [...auth.routes, ...userRoutes({ passwords: auth.passwords, log }), ...auditRoutes()],
    pool,
    now,
    authenticate: (header) => auth.authenticate(header),
    throttle: () => Promise.resolve(),
    checkResponses: true,
    version: 'test',
    corsOrigins: [],
    trustProxy: 1,
    apiDocs: false,
    observe: () => undefined,
    log,
  })
  const server = await startHttpServer(app, 0)
  const url = `http://127.0.0.1:${server.port}`
  const call = <T>(operation: string, { token, ip = freshIp(), body, headers = {} }: AuthRequest = {}) =>
    callApi<T>(url, operation, {
      ...(body === undefined ? {} : { body }),
      headers: {
        'X-Forwarded-For': ip,
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
    })
  return {
    url,
    pool,
    auth,
    lines,
    call,
    addAccount: (username, role = 'viewer') => addAccount(pool, username, role),
    async signIn(username) {
      const { status, body } = await call<Tokens>('post /api/auth/login', { body: { username, password } })
      if (status !== 200) throw new Error(`${username} could not sign in: ${JSON.stringify(body)}`)
      return body
    },
    end: async () => {
      await server.close(1_000)
      await database.end()
    },
  }
}

const storedPassword = hashSync(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })

async function addAccount(pool: Pool, username: string, role: Role): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into account (username, username_key, email, email_key, password_hash, role)
     values ($1, lower($1), $1 || '@ops.example', lower($1) || '@ops.example', $2, $3) returning id`,
    [username, storedPassword, role],
  )
  return rows[0]?.id ?? 0
}

let addresses = 0
/** An unused address. */
export function freshIp(): string {
  addresses += 1
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`
}

function recorder(lines: RecordedLogLine[]): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields })
    }
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log }
  return log
}
