import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { promisify } from 'node:util'
import type { AlertItem } from '#shared/rest/alerts.ts'
import type { Tokens } from '#shared/rest/auth.ts'
import type { Role } from '#shared/session/role.ts'
import { migrateSchema } from '../../src-backend/db/schema-migrations.ts'
import { createPool } from '../../src-backend/db/pool.ts'
import { type BackendProcess, startBackendProcess } from '../../tests/support/backend-process.ts'
import { nullLog } from '../../tests/support/null-log.ts'
import { type Postgres, startPostgres } from '../stack/servers/postgres-server.ts'
import { madeUpHosts } from './made-up-computer.ts'

const port = 8000
const tlsPort = 8443
const databasePassword = 'b7Q2xk9TzLw4'

/** The people of the pictures. Their console is that of Anna. */
export const people = {
  anna: { role: 'admin', password: 'calm nights for all of us' },
  ben: { role: 'operator', password: 'another fine long password' },
  carla: { role: 'viewer', password: 'she only wants to look' },
} as const satisfies Readonly<Record<string, { role: Role; password: string }>>

type Person = keyof typeof people

interface Parts {
  readonly postgres: Postgres
  readonly backend: BackendProcess
  readonly proxy: Server
  readonly authority: string
}

/** A backend with its database and its people. */
export class Team {
  readonly url = `https://${madeUpHosts.backend}:${tlsPort}`
  /** PEM file of the authority that signed its certificate. */
  readonly authority: string
  readonly #postgres: Postgres
  readonly #backend: BackendProcess
  readonly #proxy: Server

  private constructor({ postgres, backend, proxy, authority }: Parts) {
    this.#postgres = postgres
    this.#backend = backend
    this.#proxy = proxy
    this.authority = authority
  }

  static async start(dir: string, bootstrap: string): Promise<Team> {
    const postgres = await startPostgres({
      dir: join(dir, 'postgres'),
      port: 5432,
      password: databasePassword,
      settings: { fsync: 'off' },
    })
    const pool = createPool({ url: postgres.url, size: 2, log: nullLog })
    await migrateSchema(pool)
    await pool.end()
    const env = { PORT: String(port), PASSWORD_MIN_LENGTH: '12' }
    const backend = await startBackendProcess({ databaseUrl: postgres.url, bootstrap, env })
    await backend.untilReady()
    const team = new Team({ postgres, backend, ...(await startTlsProxy(dir)) })
    await team.#addPeople()
    return team
  }

  /** As Ben does it in his own console. Waits until the backend has the alert. */
  async acknowledgeAsBen(nodeId: string, comment: string): Promise<void> {
    const token = await this.#signIn('ben')
    const deadline = Date.now() + 30_000
    for (;;) {
      const alerts = await this.#ask<AlertItem[]>('GET', `/api/alerts?phase=firing&node_id=${nodeId}`, { token })
      const [alert] = alerts
      if (alert)
        return void (await this.#ask('POST', `/api/alerts/${alert.id}/acknowledge`, { token, body: { comment } }))
      if (Date.now() > deadline) throw new Error(`the backend has no alert of ${nodeId}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  async stop(): Promise<void> {
    this.#proxy.close()
    await this.#backend.stop()
    await this.#postgres.stop()
  }

  async #addPeople(): Promise<void> {
    const [token = ''] = this.#backend.log.flatMap((line) => /"setupToken":"([^"]+)"/.exec(line)?.[1] ?? [])
    const [first, ...others] = Object.keys(people) as [Person, ...Person[]]
    await this.#ask('POST', '/api/auth/setup', { body: { token, ...accountOf(first) } })
    const admin = await this.#signIn(first)
    for (const person of others) {
      const { role } = people[person]
      await this.#ask('POST', '/api/users', { token: admin, body: { ...accountOf(person), role } })
    }
  }

  async #signIn(username: Person): Promise<string> {
    const { password } = people[username]
    const body = new URLSearchParams({ username, password })
    const response = await this.#backend.fetch('/api/auth/login', { method: 'POST', body })
    return ((await response.json()) as Tokens).access_token
  }

  async #ask<T>(method: string, path: string, { token, body }: { token?: string; body?: object }): Promise<T> {
    const response = await this.#backend.fetch(path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return (await response.json()) as T
  }
}

function accountOf(username: Person) {
  return { username, email: `${username}@example.com`, password: people[username].password }
}

/** In front of the backend, as every team should have it. Without TLS the window warns on each page. */
async function startTlsProxy(dir: string): Promise<{ proxy: Server; authority: string }> {
  const [key, cert] = [join(dir, 'backend.key'), join(dir, 'backend.pem')]
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert]
  const subject = ['-subj', `/CN=${madeUpHosts.backend}`, '-addext', `subjectAltName=DNS:${madeUpHosts.backend}`]
  await promisify(execFile)('openssl', ['req', '-x509', ...newKey, ...subject, '-days', '2'])
  const proxy = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (client) => {
    const server = connect(port, '127.0.0.1')
    for (const socket of [client, server]) socket.on('error', () => [client, server].map((end) => end.destroy()))
    client.pipe(server).pipe(client)
  })
  await once(proxy.listen(tlsPort, '127.0.0.1'), 'listening')
  return { proxy, authority: cert }
}
