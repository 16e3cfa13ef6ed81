import { randomBytes } from 'node:crypto'
import type { Tokens } from '#shared/rest/auth.ts'
import type { Role } from '#shared/session/role.ts'
import pg from 'pg'
import { freePort } from '../../scripts/process/free-port.ts'
import type { Postgres } from '../../scripts/stack/servers/postgres-server.ts'
import { migrateSchema } from '../../src-backend/db/schema-migrations.ts'
import { createPool } from '../../src-backend/db/pool.ts'
import { type BackendProcess, startBackendProcess } from './backend-process.ts'
import { nullLog } from './null-log.ts'
import { teamUsers } from './team-users.ts'

/** A backend for several consoles, with the same address after a restart. */
export class TeamBackend {
  readonly url: string
  readonly pool: pg.Pool
  readonly #options: { databaseUrl: string; bootstrap: string; env: Record<string, string> }
  #process: BackendProcess | undefined

  private constructor(port: number, databaseUrl: string, bootstrap: string) {
    this.url = `http://127.0.0.1:${port}`
    this.pool = createPool({ url: databaseUrl, size: 4, log: nullLog })
    this.#options = { databaseUrl, bootstrap, env: { REMO_DEMO: 'true', PORT: String(port), PASSWORD_MIN_LENGTH: '8' } }
  }

  static async start(postgres: Postgres, bootstrap: string): Promise<TeamBackend> {
    const backend = new TeamBackend(await freePort(), await newDatabase(postgres), bootstrap)
    await migrateSchema(backend.pool)
    await backend.run()
    const token = await backend.signIn('admin')
    for (const role of ['operator', 'viewer'] as const) await backend.#addUser(token, role)
    return backend
  }

  /** Starts it and resolves when it is ready. */
  async run(): Promise<void> {
    const started = await startBackendProcess(this.#options)
    this.#process = started
    await started.untilReady()
  }

  async stop(): Promise<void> {
    await this.#process?.stop()
    this.#process = undefined
  }

  /** What it stores is of no use any more, so it need not stop in order. */
  async end(): Promise<void> {
    await this.#process?.kill()
    await this.pool.end()
  }

  /** @returns an access token */
  async signIn(role: Role): Promise<string> {
    const response = await fetch(`${this.url}/api/auth/login`, {
      method: 'POST',
      body: new URLSearchParams(teamUsers[role]),
    })
    return ((await response.json()) as Tokens).access_token
  }

  async get<T>(path: string, token: string): Promise<T> {
    const response = await fetch(this.url + path, { headers: { Authorization: `Bearer ${token}` } })
    return (await response.json()) as T
  }

  async #addUser(token: string, role: 'operator' | 'viewer'): Promise<void> {
    const { username, password } = teamUsers[role]
    const response = await fetch(`${this.url}/api/users`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password, role, email: `${username}@example.com` }),
    })
    if (response.status !== 201) throw new Error(`${username} was not created: ${await response.text()}`)
  }
}

async function newDatabase(postgres: Postgres): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const name = `team_${randomBytes(6).toString('hex')}`
  await client.query(`create database ${name}`)
  await client.end()
  const url = new URL(postgres.url)
  url.pathname = `/${name}`
  return url.href
}
