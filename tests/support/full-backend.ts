import { randomBytes } from 'node:crypto'
import type { Tokens } from '#shared/rest/auth.ts'
import type { Operation } from '#shared/rest/operation.ts'
import type { Role } from '#shared/session/role.ts'
import type { Pool } from 'pg'
import { type AppDeps, createApp } from '../../src-backend/app.ts'
import { readConfig } from '../../src-backend/config/config.ts'
import { startHttpServer } from '../../src-backend/http/server.ts'
import { createReplicaComponents, type ReplicaComponents } from '../../src-backend/replica-components.ts'
import { roles } from './backend-app.ts'
import { testDatabase } from './test-database.ts'
import { nullLog } from './null-log.ts'

export interface FullBackend {
  readonly url: string
  readonly pool: Pool
  readonly parts: ReplicaComponents
  readonly contracts: readonly Operation[]
  /** An access token of each role. */
  readonly tokens: Readonly<Record<Role, string>>
  /** Sends a request as that role. */
  fetch(path: string, init?: RequestInit & { as?: Role }): Promise<Response>
  end(): Promise<void>
}

export const passwordOf = (role: Role): string => `correct horse ${role} battery`

/** All routes with real sign-in and their own database, without background work (ingest, outbox, jobs). */
export async function fullBackend(
  env: Readonly<Record<string, string>> = {},
  { throttle = () => Promise.resolve() }: Partial<Pick<AppDeps, 'throttle'>> = {},
): Promise<FullBackend> {
  const database = await testDatabase()
  const { pool } = database
  const config = configOf({ DATABASE_URL: database.url, ...env })
  const parts = createReplicaComponents({
    config,
    pool,
    workPool: pool,
    version: 'test',
    isEnding: () => false,
    log: nullLog,
    now: Date.now,
  })
  await parts.prepare()
  const app = createApp({
    ...config,
    routes: parts.routes,
    pool,
    version: 'test',
    now: Date.now,
    authenticate: (header) => parts.auth.authenticate(header),
    throttle,
    checkResponses: true,
    observe: () => undefined,
    log: nullLog,
  })
  const server = await startHttpServer(app, 0)
  const url = `http://127.0.0.1:${server.port}`
  const tokens = await signInAll(url, pool, parts)
  return {
    url,
    pool,
    parts,
    contracts: parts.routes.map(({ operation }) => operation),
    tokens,
    fetch: (path, { as, headers, ...init } = {}) => {
      const authorization = as === undefined ? {} : { Authorization: `Bearer ${tokens[as]}` }
      return fetch(url + path, { ...init, headers: { ...authorization, ...headers } as Record<string, string> })
    },
    end: async () => {
      await server.close(1_000)
      await database.end()
    },
  }
}

function configOf(env: Readonly<Record<string, string>>) {
  const key = randomBytes(36).toString('base64')
  // Nothing listens on port 1: these tests cover a backend without Kafka.
  const base = { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1', JWT_SECRET_KEY: key, PORT: '0', PROMETHEUS_PORT: '0' }
  const read = readConfig({ ...base, ...env }, () => '')
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return read.config
}

async function signInAll(url: string, pool: Pool, { auth }: ReplicaComponents): Promise<Record<Role, string>> {
  const tokens: Partial<Record<Role, string>> = {}
  // Ids that generated requests do not hit by chance: changes of users must not end these sessions.
  await pool.query('alter table account alter column id restart with 1500000')
  for (const role of roles) {
    const hash = await auth.passwords.hash(passwordOf(role))
    await pool.query(
      `insert into account (username, username_key, email, email_key, password_hash, role)
       values ($1, $1, $2, $2, $3, $1)`,
      [role, `${role}@example.com`, hash],
    )
    const body = JSON.stringify({ username: role, password: passwordOf(role) })
    const headers = { 'Content-Type': 'application/json' }
    const response = await fetch(`${url}/api/auth/login`, { method: 'POST', body, headers })
    tokens[role] = ((await response.json()) as Tokens).access_token
  }
  return tokens as Record<Role, string>
}
