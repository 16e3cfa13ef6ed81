/** The computer sleeps, or changes its network, on a real broker behind a link. */
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { isOfflineRule } from '#shared/rule/rule.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Kafka, startKafka } from '../../scripts/stack/servers/kafka-server.ts'
import { streamOn } from '../contract/stream-broker.ts'
import { StreamFixture } from '../contract/stream-fixture.ts'
import { DataProcess } from '../support/data-process.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { tcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { DataThread } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 50 }
/** Below the 8 s after which a request without an answer fails. */
const atOnce = { timeout: 6_000, interval: 20 }

let dir: string
let broker: Kafka
let link: TcpProxy
let field: FieldProducer
const running: Array<{ stop: () => Promise<unknown> }> = []

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'remo-sleep-'))
  const [port, controllerPort, linked] = [await freePort(), await freePort(), await freePort()]
  link = await tcpProxy(linked)
  broker = await startKafka({
    dir,
    port,
    controllerPort,
    properties: {
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort},LINK://127.0.0.1:${linked}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},LINK://127.0.0.1:${link.port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LINK:PLAINTEXT',
    },
  })
  field = await new FieldProducer(broker.bootstrap).connect()
})
afterEach(async () => {
  link.set('open')
  for (const each of running.splice(0).reverse()) await each.stop()
})
afterAll(async () => {
  await field?.close()
  await link?.end()
  await broker?.stop()
  rmSync(dir, { recursive: true, force: true })
})

function dirOf(name: string): string {
  const dataDir = join(dir, name)
  mkdirSync(dataDir)
  return dataDir
}

/** A console behind the link that has shown this node. */
async function startConsole(name: string): Promise<DataThread> {
  const thread = new DataThread({
    dataDir: dirOf(name),
    bootstrap: `127.0.0.1:${link.port}`,
    topicPattern: `^metrics-${name}$`,
  })
  running.push(thread)
  await field.createTopic(`metrics-${name}`)
  await expect.poll(async () => send(name).then(() => health(thread)), within).toMatchObject({ kind: 'live' })
  return thread
}

/** Records of each node. */
const sent = new Map<string, number>()
async function send(nodeId: string): Promise<void> {
  const count = (sent.get(nodeId) ?? 0) + 1
  await field.send({ nodeId, at: Date.now(), metrics: { cpu_usage: count } })
  sent.set(nodeId, count)
}
const health = async ({ supervisor }: DataThread) => (await supervisor.call('health.report', {})).health
const stored = async ({ supervisor }: DataThread, topic: string) =>
  (await supervisor.call('counters.get', {})).messagesByTopic[topic] ?? 0

test('after the wake, connections that died without an error are replaced at once', async () => {
  const thread = await startConsole('wake')
  await thread.supervisor.call('power.changed', { isAsleep: true })
  const before = link.lost()
  link.set('dead')
  await send('wake')
  // The broker has answered the waiting fetch, and the answer is lost.
  await expect.poll(() => link.lost(), within).toBeGreaterThan(before)
  link.set('open')
  const woken = await thread.supervisor.call('power.changed', { isAsleep: false })
  expect(woken.health).toMatchObject({ kind: 'blind' })
  await expect.poll(() => stored(thread, 'metrics-wake'), atOnce).toBe(sent.get('wake'))
  await expect.poll(() => health(thread), atOnce).toMatchObject({ kind: 'live' })
})

test('a console that waits for its back-off connects at once after the wake', async () => {
  const thread = await startConsole('wait')
  link.set('cut')
  const retryAt = async () => {
    const now = await health(thread)
    return now.kind === 'blind' ? (now.retryAt ?? 0) - Date.now() : 0
  }
  await expect.poll(retryAt, within).toBeGreaterThan(6_000)
  await send('wait')
  link.set('open')
  await thread.supervisor.call('power.changed', { isAsleep: false })
  await expect.poll(() => stored(thread, 'metrics-wait'), atOnce).toBe(sent.get('wait'))
})

test('another network: connections from an address that is gone are replaced at once, others stay', async () => {
  const fixture = new StreamFixture()
  await field.createTopic('roam')
  const stream = streamOn(broker.bootstrap, fixture.handlers, { topicPattern: '^roam$' })
  running.push(stream)
  stream.start()
  await expect.poll(() => fixture.status?.kind, within).toBe('connected')
  stream.networkChanged(['10.8.0.2'])
  expect(fixture.status?.kind).toBe('connected')
  stream.networkChanged(['127.0.0.1'])
  expect(fixture.status?.kind).toBe('connecting')
  await expect.poll(() => fixture.status?.kind, atOnce).toBe('connected')
  await field.sendRaw('roam', 'a')
  await expect.poll(() => fixture.values('roam'), atOnce).toEqual(['a'])
})

test('a process that was stopped raises no alert for nodes that kept sending, and reads what it missed', async () => {
  await field.createTopic('metrics-asleep')
  const data = new DataProcess({
    dataDir: dirOf('asleep'),
    bootstrap: broker.bootstrap,
    topicPattern: '^metrics-asleep$',
  })
  running.push(data)
  const report = () => data.ask('health.report')
  const offline = { kind: 'offline', scope: { kind: 'all' }, seconds: 10, severity: 'critical', enabled: true } as const
  await expect.poll(report, within).toBeDefined()
  const [before] = await data.ask('rules.list').then((rules) => (rules ?? []).filter(isOfflineRule))
  await data.ask('rules.save', { ...before, draft: offline })
  await expect.poll(async () => send('asleep').then(report), within).toMatchObject({ health: { kind: 'live' } })
  const first = await data.stored()
  data.pause()
  const stoppedAt = Date.now()
  let missed = 0
  // Longer than a node may be silent.
  while (Date.now() - stoppedAt < 15_000) {
    await send('asleep')
    missed += 1
    await expect.poll(() => Date.now(), within).toBeGreaterThan(stoppedAt + missed * 1000)
  }
  data.resume()
  await expect.poll(async () => (await report())?.health.kind, atOnce).toBe('blind')
  await expect.poll(async () => send('asleep').then(report), within).toMatchObject({ health: { kind: 'live' } })
  expect(await data.stored()).toBeGreaterThanOrEqual(first + missed)
  expect(await data.ask('alerts.list', { open: false })).toEqual([])
})
