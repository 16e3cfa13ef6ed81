/** One story on one stack, in order: start, a console, the loss of one of three backends under load, removal. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { MetricMessage } from '#shared/metric/message.ts'
import type { AlertItem } from '#shared/rest/alerts.ts'
import { teamTopics } from '#shared/team/team-topics.ts'
import { AlertRecord } from '#shared/team/team-records.ts'
import { type VirtualDesktop, startVirtualDesktop } from '../../scripts/desktop/virtual-desktop.ts'
import { demoAccount } from '../../scripts/stack/demo.ts'
import { demoNodes } from '../../scripts/stack/demo.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import { RunningConsole } from '../support/running-console.ts'
import { acknowledge, addCpuThreshold, cpuAlertRow, fillSignIn, openSignIn } from '../support/window-steps.ts'
import { Api } from './api.ts'
import { ComposeProject } from './compose-project.ts'
import { freePorts } from './free-ports.ts'
import { LoadTopic } from './load-topic.ts'
import { newestRecords } from './newest-records.ts'
import { until } from './until.ts'

const [kafkaPort = 0, prometheusPort = 0] = await freePorts(2, 20_100)
const consoleMetricsPort = await freePort()
const apiPorts = await freePorts(3, 20_200)
const metricsPorts = await freePorts(3, 20_300)
const project = new ComposeProject({
  REMO_KAFKA_PORT: String(kafkaPort),
  REMO_PROMETHEUS_PORT: String(prometheusPort),
  PROMETHEUS_PORT: String(consoleMetricsPort),
  REMO_BACKEND_PORT: `${apiPorts.at(0)}-${apiPorts.at(-1)}`,
  REMO_BACKEND_METRICS_PORT: `${metricsPorts.at(0)}-${metricsPorts.at(-1)}`,
})
const bootstrap = `localhost:${kafkaPort}`
const results = join(import.meta.dirname, '..', '..', 'test-results')
const kafka = new Kafka({ clientId: 'host', brokers: [bootstrap], logLevel: logLevel.NOTHING })
const backends = async () => (await project.services()).filter(({ service }) => service === 'backend')

beforeAll(async () => {
  await project.compose('down', '--volumes', '--remove-orphans') // from a killed run
  await project.build()
  await project.compose('up', '--detach', '--no-build')
})

/** Adds the containers' logs to a failure, because the containers are removed. */
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  writeFileSync(join(results, 'containers.log'), await project.compose('logs', '--no-color', '--timestamps'))
})

afterAll(() => project.compose('down', '--volumes', '--remove-orphans'))

test('every service of compose.yaml becomes healthy, and the migration exits with 0', async () => {
  const nodes = demoNodes.map(({ id }) => id)
  const expected = ['backend healthy', 'backend-migrate 0', 'kafka healthy', 'postgres healthy', 'prometheus healthy']
  await until(120, async () => {
    const services = await project.services()
    expect(services.map(({ service, state }) => `${service} ${state}`).sort()).toEqual(
      [...expected, ...nodes.map((node) => `${node} healthy`)].sort(),
    )
  })
})

test('services run as ordinary users on read-only root file systems', async () => {
  const ours = (await project.services()).filter(({ service }) => /^(backend|node-\d)$/.test(service))
  const format = '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}'
  const hardening = await project.docker('inspect', '--format', format, ...ours.map(({ id }) => id))
  expect(new Set(hardening.trim().split('\n'))).toEqual(new Set(['1000 true [ALL] [no-new-privileges:true]']))
})

test("the producer's own health check sees its connection to Kafka", async () => {
  const nodes = (await project.services()).filter(({ service }) => /^node-\d$/.test(service))
  expect(nodes).toHaveLength(demoNodes.length)
  const format = '{{json .Config.Healthcheck.Test}}'
  const [, ...check] = JSON.parse(
    await project.docker('image', 'inspect', '--format', format, 'remo-producer'),
  ) as string[]
  for (const { id } of nodes) await project.docker('exec', id, ...check) // rejects unless it exits with 0
})

test('Prometheus loads its rules, and their tests pass', async () => {
  const prometheus = (await project.services()).find(({ service }) => service === 'prometheus')
  // it requires a writable folder
  const inside = ['exec', '--workdir=/prometheus', '--env=TMPDIR=/prometheus', prometheus?.id ?? '', 'promtool']
  const promtool = (...args: string[]) => project.docker(...inside, ...args)
  expect(await promtool('check', 'config', '/etc/prometheus/prometheus.yml')).toContain('SUCCESS')
  expect(await promtool('test', 'rules', '/etc/prometheus/rules.test.yml')).toContain('SUCCESS')
})

test('Prometheus scrapes the ports that the variables say', async () => {
  const response = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/targets?state=active`)
  const { data } = (await response.json()) as { data: { activeTargets: Array<{ scrapeUrl: string }> } }
  const ports = [...metricsPorts, prometheusPort, consoleMetricsPort]
  expect(data.activeTargets.map(({ scrapeUrl }) => scrapeUrl).sort()).toEqual(
    ports.map((port) => `http://127.0.0.1:${port}/metrics`).sort(),
  )
})

test('a producer that does not create its topic can write to a new one', async () => {
  const producer = kafka.producer()
  await producer.connect()
  const timestamp = new Date().toISOString()
  const message = { node_id: 'node-5', node_name: 'Server-Epsilon', timestamp, metrics: { cpu_usage: 12.5 } }
  await producer.send({ topic: 'metrics-node-5', messages: [{ value: JSON.stringify(message) }] })
  await producer.disconnect()
  await until(40, async () => {
    expect(await project.sql(`select node_name from node where node_id = 'node-5'`)).toEqual([['Server-Epsilon']])
  })
})

describe('the console on the host', () => {
  const node = 'node-1'
  const comment = 'load test, ends at noon'
  let admin: Api
  let desktop: VirtualDesktop
  let host: RunningConsole
  let window: Page

  beforeAll(async () => {
    const [backend] = await backends()
    const address = `http://127.0.0.1:${await publishedPort(backend?.id ?? '', 8000)}`
    admin = await Api.signIn(address, demoAccount)
    desktop = await startVirtualDesktop({ dir: process.env['REMO_TEST_DESKTOP'] ?? '' })
    const env = { ...desktop.env, REMO_BACKEND_URL: address }
    host = await RunningConsole.start({ env, bootstrap, metricsPort: consoleMetricsPort })
  })

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    await desktop.screenshot(join(results, `containers-${task.name.replaceAll(/\W+/g, '-')}.png`))
  })

  afterAll(async () => {
    await host?.quit()
    await desktop?.stop()
  })

  test('it shows the newest values of every node, the same as in Kafka', async () => {
    window = await host.window()
    const shown = await Promise.all(
      demoNodes.map(({ id }) => twoValues(window.getByRole('group', { name: `${id} CPU` }))),
    )
    const records = await newestRecords(
      kafka,
      demoNodes.map(({ topic }) => topic),
    )
    const messages = records.map(({ value }) => JSON.parse(value) as MetricMessage)
    for (const [index, { id }] of demoNodes.entries()) {
      const sent = messages.filter(({ node_id }) => node_id === id).map(({ metrics }) => metrics['cpu_usage'] ?? NaN)
      const near = (value: number) => sent.some((exact) => Math.abs(exact - value) < 0.0501)
      expect(shown[index]?.map(near), `${id} shows ${shown[index]?.join(', ')}`).toEqual([true, true])
    }
  })

  test('the demo account signs in, and a wrong password does not', async () => {
    const form = await openSignIn(window)
    await form.getByLabel('Username').fill(demoAccount.username)
    await form.getByLabel('Password', { exact: true }).fill('admin124')
    await form.getByRole('button', { name: 'Sign in', exact: true }).click()
    await form.getByRole('alert').filter({ hasText: /wrong/i }).waitFor()
    await fillSignIn(window, 'admin')
  })

  test('a threshold saved in it fires, in the console and in the backend', async () => {
    // 404 until its first record is stored, and the threshold requires the node
    await until(30, () => admin.get(`/api/nodes/${node}`))
    await addCpuThreshold(window, node, { warning: '1', critical: '2' })
    await window.getByRole('link', { name: 'Alerts' }).click()
    await cpuAlertRow(window, node).waitFor()
    await until(20, async () => expect(await official()).toMatchObject({ severity: 'critical', acknowledged: false }))
  })

  test('an alert acknowledged in it is acknowledged in the API and in Kafka', async () => {
    await acknowledge(window, node, comment)
    await until(20, async () => {
      expect(await official()).toMatchObject({ acknowledged: true, acknowledged_by: demoAccount.username, comment })
    })
    const alert = await official()
    await until(20, async () => {
      const records = await newestRecords(kafka, [teamTopics().alerts])
      const published = records
        .filter(({ key }) => key === alert?.id)
        .map(({ value }) => AlertRecord.parse(JSON.parse(value)))
      expect(published.at(-1)?.alert.acknowledgement).toMatchObject({ by: demoAccount.username, comment })
    })
    await cpuAlertRow(window, node).filter({ hasText: comment }).waitFor()
    const status = window.getByRole('contentinfo', { name: 'Status' })
    await until(20, async () => expect(await status.textContent()).not.toContain('Not sent'))
  })

  /** The alert in the backend. */
  async function official(): Promise<AlertItem | undefined> {
    const alerts = (await admin.get(`/api/alerts?node_id=${node}&phase=firing`)) as AlertItem[]
    return alerts.find(({ metric_type }) => metric_type === 'cpu_usage')
  }

  /** The current text and the next different one. */
  async function twoValues(group: Locator): Promise<[number, number]> {
    const value = async () => Number(/([\d.]+)\s%/.exec((await group.textContent()) ?? '')?.[1])
    let first = NaN
    await until(30, async () => expect((first = await value())).not.toBeNaN())
    let next = NaN
    await until(30, async () => expect((next = await value())).not.toBe(first))
    return [first, next]
  }
})

describe('three backends under load', () => {
  const load = new LoadTopic(kafka, 'metrics-load', 6)

  beforeAll(async () => {
    await load.create()
    await project.compose('up', '--detach', '--no-build', '--no-recreate', '--scale', 'backend=3')
    await until(90, async () => {
      expect((await backends()).map(({ state }) => state)).toEqual(['healthy', 'healthy', 'healthy'])
      expect(await load.readers()).toBe(3)
    })
  })

  test('killing one loses and duplicates nothing: the other two take over', async () => {
    load.start()
    await until(60, async () => expect(await stored()).toBeGreaterThan(5_000))
    const [victim] = await backends()
    await project.docker('kill', '--signal=KILL', victim?.id ?? '')
    const atKill = await stored()
    await until(90, async () => expect(await stored()).toBeGreaterThan(atKill + 20_000))
    await load.stop()
    await until(90, async () => {
      const positions = await project.sql(
        `select partition, next from stream_position where topic = '${load.topic}' order by partition`,
      )
      expect(positions.map(([, next]) => Number(next))).toEqual(load.sizes)
    })
    await until(30, async () => expect(await lag()).toBe(0))
    const rows = await project.sql(
      `select node_id, count(*) from sample join node on node.id = sample.node
       where node_id like 'load-%' group by node_id order by node_id`,
    )
    expect(rows).toEqual(load.sizes.map((size, partition) => [`load-${partition}`, String(size)]))
    expect(await project.sql('select topic, partition, first, until, reason from stream_gap')).toEqual([])
    expect(await project.sql('select topic, partition, "offset", reason from rejected')).toEqual([])
    expect((await backends()).map(({ state }) => state).sort()).toEqual(['137', 'healthy', 'healthy'])
  })

  /** Records that the running backends have not stored yet, from their metrics. */
  async function lag(): Promise<number> {
    const living = (await backends()).filter(({ state }) => state === 'healthy')
    const counters = await Promise.all(
      living.map(async ({ id }) => (await fetch(`http://127.0.0.1:${await publishedPort(id, 8001)}/metrics`)).text()),
    )
    const lags = [...counters.join('\n').matchAll(/^remo_ingest_lag_messages\{.*\} (\d+)$/gm)]
    expect(lags).toHaveLength(demoNodes.length + 1 + load.sizes.length)
    return lags.reduce((sum, [, behind]) => sum + Number(behind), 0)
  }

  async function stored(): Promise<number> {
    const [row] = await project.sql(`select coalesce(sum(next), 0) from stream_position where topic = '${load.topic}'`)
    return Number(row?.[0])
  }
})

test('down --volumes leaves no container, network or volume', async () => {
  await project.compose('down', '--volumes')
  expect(await project.remains()).toEqual([])
})

/** The port of the range that the engine assigned. */
async function publishedPort(container: string, port: number): Promise<string> {
  const published = await project.docker('port', container, `${port}/tcp`)
  return published.trim().split(':').at(-1) ?? ''
}
