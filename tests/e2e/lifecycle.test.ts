import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync, mkdtempSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quietClient } from '../contract/stream-broker.ts'
import { electronPath } from '../support/running-console.ts'
import { expect, test } from './fixtures.ts'

test.use({ nodes: ['ready'] })

const metrics = { cpu_usage: 42.1, memory_usage: 40.1, disk_io: 3.2, network_traffic: 9.9 }

test('an unreadable cache is moved aside with a notice, and read again from Kafka', async ({ launch, producer }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'remo-corrupt-'))
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(
    join(dataDir, 'remo.sqlite'),
    'this is not a database, but it is long enough to look like one. '.repeat(200),
  )
  await producer.send({ nodeId: 'again', at: Date.now(), metrics })
  const console = await launch({ dataDir })
  const window = await console.window()
  await expect(window.getByRole('group', { name: 'again CPU' })).toContainText('42.1')
  await expect(window.getByText(/The local cache was damaged\. ReMo moved it to .*corrupt-/)).toBeVisible()
  expect(readdirSync(dataDir).filter((name) => name.startsWith('corrupt-'))).toHaveLength(1)
})

test('a second start shows the window of the first and exits', async ({ launch, desktop, broker }) => {
  const console = await launch({ args: ['--hidden'] })
  await expect.poll(() => console.metric('remo_kafka_connected')).toBe(1)
  const visible = () =>
    console.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((one) => one.isVisible()))
  expect(await visible()).toBe(false)
  const second = spawnSync(electronPath(), ['.'], {
    env: {
      ...desktop.env,
      REMO_DATA_DIR: console.dataDir,
      KAFKA_BOOTSTRAP_SERVERS: broker.bootstrap,
      PROMETHEUS_PORT: '0',
    },
    timeout: 60_000,
  })
  expect(second.status).toBe(0)
  await expect.poll(visible).toBe(true)
})

test('a quit leaves no consumer group in Kafka', async ({ launch, producer, broker }) => {
  const admin = quietClient(broker.bootstrap).admin()
  await admin.connect()
  // Kafka removes those of backends of other tests when it likes.
  const groups = async (): Promise<string[]> =>
    (await admin.listGroups()).groups.map(({ groupId }) => groupId).filter((name) => !name.startsWith('remo-backend-'))
  await producer.send({ nodeId: 'quitting', at: Date.now(), metrics })
  const console = await launch()
  await expect((await console.window()).getByRole('group', { name: 'quitting CPU' })).toContainText('42.1')
  expect(await groups()).toEqual([])
  await console.quit()
  expect(await groups()).toEqual([])
  await admin.disconnect()
})

for (const [what, args, env] of [
  ['flag', ['--colour'], {}],
  ['port', [], { PROMETHEUS_PORT: 'abc' }],
  ['topic pattern', [], { KAFKA_TOPIC_PATTERN: '(' }],
  ['file of an authority', [], { KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SSL_CA: '/nowhere/ca.pem' }],
] as const) {
  test(`a wrong ${what} prints one sentence and exits with 2`, ({ desktop }) => {
    const run = spawnSync(electronPath(), ['.', ...args], {
      env: { ...desktop.env, ...env },
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect(run.status).toBe(2)
    const lines = run.stderr.split('\n').filter((line) => line.startsWith('ReMo:'))
    expect(lines).toHaveLength(1)
  })
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} stops the app in order, and its exit code is ${code}`, async ({ launch }) => {
    const console = await launch({ args: ['--hidden'] })
    await expect.poll(() => console.metric('remo_kafka_connected')).toBe(1)
    const child = console.app.process()
    const exited = once(child, 'exit')
    process.kill(child.pid ?? 0, signal)
    expect(await exited).toEqual([code, null])
    const log = readFileSync(join(console.dataDir, 'logs', 'remo.log'), 'utf8')
    expect(log.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`INFO main: stopped code=${code}$`))
  })
}

test('the endpoint says health, readiness and build, in the format of the log too', async ({ launch, producer }) => {
  const env = { REMO_LOG_FORMAT: 'json', REMO_PROMETHEUS_NODE_SERIES: 'off', NO_COLOR: '1' }
  const console = await launch({ args: ['--hidden'], env })
  const ask = async (path: string) => {
    const response = await fetch(new URL(path, console.metricsUrl)).catch(() => undefined)
    return [response?.status, await response?.json()] as const
  }
  await expect.poll(async () => (await ask('/readyz'))[0]).toBe(503)
  expect((await ask('/healthz'))[0]).toBe(200)
  await producer.send({ nodeId: 'ready', at: Date.now(), metrics })
  await expect.poll(() => ask('/readyz')).toEqual([200, { status: 'ready', monitoring: 'live' }])
  const [, build] = await ask('/version')
  expect(build).toMatchObject({ revision: expect.stringMatching(/^[0-9a-f]{12}(-dirty)?$|^unknown$/) })
  expect(await console.metric('remo_node_up', 'node="ready"')).toBeUndefined()
  expect(await console.metric('remo_nodes_without_series', 'reason="off"')).toBe(1)
  await console.quit()
  const lines = readFileSync(join(console.dataDir, 'logs', 'remo.log'), 'utf8')
    .trimEnd()
    .split('\n')
  const events = lines.map((line) => JSON.parse(line) as { time: string; level: string; part: string; msg: string })
  expect(events.every(({ time }) => new Date(time).toISOString() === time)).toBe(true)
  expect(events).toContainEqual(
    expect.objectContaining({ level: 'info', part: 'main', msg: 'starting', ...(build as object) }),
  )
})

test('--version prints the version and opens no window', ({ desktop }) => {
  const run = spawnSync(electronPath(), ['.', '--version'], { env: desktop.env, encoding: 'utf8', timeout: 60_000 })
  expect(run.status).toBe(0)
  expect(run.stdout).toMatch(/^ReMo \d+\.\d+\.\d+/m)
})
