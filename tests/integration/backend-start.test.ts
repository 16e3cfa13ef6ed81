/** The backend as a process: its output and behavior at start and stop. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'

const nowhere = '127.0.0.1:1'
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.end())

test.each(['main.ts', 'migrate.ts'])(
  '%s with a wrong configuration reports every error, opens nothing, and exits with 78',
  async (program) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../src-backend', program)], {
      env: {
        PATH: process.env.PATH,
        PORT: 'eight',
        JWT_SECRET_KEY: 'short',
        DATABASE_URL: 'postgres://a:b@nowhere.invalid/x',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stderr, stdout] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')])
    expect([child.exitCode, stdout, stderr.trim().split('\n')]).toEqual([
      78,
      '',
      [
        'The ReMo backend cannot start. Correct these variables:',
        '  PORT: expected a whole number from 0 to 65535, got "eight".',
        '  KAFKA_BOOTSTRAP_SERVERS: required.',
        '  JWT_SECRET_KEY: is shorter than 32 bytes. Generate one: openssl rand -base64 48',
      ],
    ])
  },
)

test('a database without tables is refused with a message', async () => {
  const empty = await testDatabase()
  await empty.pool.query('drop schema public cascade')
  await empty.pool.query('create schema public')
  const backend = await startBackendProcess({ databaseUrl: empty.url, bootstrap: nowhere })
  const code = await backend.exited
  await empty.end()
  expect([code, backend.log.some((line) => line.includes('run node src-backend/migrate.ts first'))]).toEqual([1, true])
})

test('the demo warns about its user; another start prints no set-up token', async () => {
  const backend = await startBackendProcess({
    databaseUrl: database.url,
    bootstrap: nowhere,
    env: { REMO_DEMO: 'true' },
  })
  await expect.poll(async () => (await backend.fetch('/ready')).status).toBe(200)
  await expect.poll(() => backend.log.filter((line) => line.includes('admin123'))).toHaveLength(1)
  expect(await backend.stop()).toBe(143)
  const again = await startBackendProcess({ databaseUrl: database.url, bootstrap: nowhere })
  await expect.poll(async () => (await again.fetch('/ready')).status).toBe(200)
  expect(await again.stop()).toBe(143)
  expect(again.log.filter((line) => /set-?up|admin123/i.test(line))).toEqual([])
})

test('Ctrl+C stops a replica in order, and its exit code says so', async () => {
  const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap: nowhere })
  await backend.untilReady()
  backend.signal('SIGINT')
  expect(await backend.exited).toBe(130)
  expect(backend.log.some((line) => line.includes('"msg":"stopping"') && line.includes('SIGINT'))).toBe(true)
})

test('a replica says at once which build it is, also while its database is away', async () => {
  const env = { REMO_REVISION: '37a478c8d1e2' }
  const backend = await startBackendProcess({
    databaseUrl: 'postgres://remo:x@127.0.0.1:1/remo',
    bootstrap: nowhere,
    env,
  })
  const { version, ...rest } = (await (await backend.fetch('/version')).json()) as Record<string, string>
  const metrics = await (await fetch(`http://127.0.0.1:${backend.metricsPort}/metrics`)).text()
  const states = await Promise.all(['/healthz', '/readyz'].map(async (path) => (await backend.fetch(path)).status))
  await backend.stop()
  expect(rest).toEqual({ revision: '37a478c8d1e2' })
  expect(metrics).toContain(`remo_build_info{version="${version}",revision="37a478c8d1e2"} 1`)
  expect(states).toEqual([200, 503])
})

test('a request that is running at SIGTERM gets its response', async () => {
  const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap: nowhere })
  const login = request(`${backend.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Expect: '100-continue' },
  })
  login.flushHeaders()
  await once(login, 'continue') // the backend has the request and waits for its body
  backend.signal('SIGTERM')
  await expect.poll(() => backend.log.some((line) => line.includes('"msg":"stopping"'))).toBe(true)
  login.end('username=nobody&password=nothing+at+all')
  const [response] = (await once(login, 'response')) as [IncomingMessage]
  expect([response.statusCode, await backend.exited]).toEqual([401, 143])
})
