/** A backend with cut, slow or half-open connections to its dependencies reports them and recovers automatically. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Kafka, startKafka } from '../../scripts/stack/servers/kafka-server.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { type LinkMode, type TcpProxy, tcpProxy } from '../support/tcp-proxy.ts'

const recoverWithinMs = 30_000

let dir: string
let kafka: Kafka
let database: TestDatabase
let toPostgres: TcpProxy
let toKafka: TcpProxy
let backend: BackendProcess
let field: FieldProducer

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'remo-outage-'))
  const [port, controllerPort, behindLine, line] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  kafka = await startKafka({
    dir,
    port,
    controllerPort,
    properties: twoWays({ port, controllerPort, behindLine, line }),
  })
  toKafka = await tcpProxy(behindLine, line)
  database = await testDatabase()
  toPostgres = await tcpProxy(Number(new URL(inject('postgresUrl')).port))
  const url = new URL(database.url)
  url.port = String(toPostgres.port)
  field = await new FieldProducer(kafka.bootstrap).connect()
  backend = await startBackendProcess({ databaseUrl: url.href, bootstrap: `127.0.0.1:${line}` })
  await backend.untilReady()
})

afterAll(async () => {
  await backend?.stop()
  await field?.close()
  await toPostgres?.end()
  await toKafka?.end()
  await database?.end()
  await kafka?.stop()
  rmSync(dir, { recursive: true, force: true })
})

async function ready(): Promise<number> {
  return (await backend.fetch('/ready')).status
}

async function health(): Promise<unknown> {
  const { status, postgres, kafka: log } = (await (await backend.fetch('/health')).json()) as Record<string, string>
  return { status, postgres, kafka: log }
}

/** A second listener of the broker, which always advertises the proxy's address. */
function twoWays({
  port,
  controllerPort,
  behindLine,
  line,
}: Record<'port' | 'controllerPort' | 'behindLine' | 'line', number>) {
  return {
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort},LINE://127.0.0.1:${behindLine}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},LINE://127.0.0.1:${line}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LINE:PLAINTEXT',
  }
}

let sent = 0
/** Writes a record directly to Kafka, not through the proxy. */
async function measure(): Promise<void> {
  sent += 1
  await field.send({ nodeId: 'node-1', at: Date.now(), metrics: { cpu_usage: sent } })
}

/** Queries PostgreSQL directly, not through the proxy. */
async function stored(): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>('select count(*)::integer as n from sample')
  return rows[0]?.n ?? 0
}

describe.each<LinkMode>(['cut', 'dead', 'slow'])('PostgreSQL is %s', (line) => {
  test(
    'the process keeps running, answers 503 or late, and stores everything afterwards',
    { timeout: 120_000 },
    async () => {
      toPostgres.set(line)
      await measure()
      if (line === 'slow') expect(await ready()).toBe(200)
      else {
        await expect.poll(ready, { timeout: recoverWithinMs }).toBe(503)
        // a probe that waits longer than this restarts the replica, as in deploy/kubernetes/remo.yaml
        const probe = AbortSignal.timeout(10_000)
        const probed = await (await backend.fetch('/healthz', { signal: probe })).json()
        expect(probed).toMatchObject({ status: 'healthy', postgres: 'down' })
        const refused = await backend.fetch('/api/auth/login', {
          method: 'POST',
          body: new URLSearchParams({ username: 'a', password: 'b' }),
        })
        expect([refused.status, refused.headers.has('retry-after')]).toEqual([503, true])
      }
      await measure()
      toPostgres.set('open')
      await expect.poll(ready, { timeout: recoverWithinMs }).toBe(200)
      await expect.poll(stored, { timeout: recoverWithinMs }).toBe(sent)
    },
  )
})

describe.each<LinkMode>(['cut', 'dead', 'slow'])('Kafka is %s', (line) => {
  test(
    'the API keeps working, health reports the outage, and everything is read afterwards',
    { timeout: 180_000 },
    async () => {
      toKafka.set(line)
      await measure()
      if (line !== 'slow')
        await expect.poll(health, { timeout: 60_000 }).toMatchObject({ postgres: 'up', kafka: 'down' })
      expect(await ready()).toBe(200)
      await measure()
      toKafka.set('open')
      await expect.poll(stored, { timeout: recoverWithinMs + 15_000 }).toBe(sent)
      await expect.poll(health, { timeout: recoverWithinMs }).toMatchObject({ postgres: 'up', kafka: 'up' })
    },
  )
})

test('after all outages the process is the same', () => {
  expect(backend.log.filter((line) => line.includes('"msg":"listening"'))).toHaveLength(1)
})
