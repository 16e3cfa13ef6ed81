import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { alertIdOf } from '#shared/alert/alert-id.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { DataThread } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 50 }
let kafka: StreamBroker
let field: FieldProducer
let thread: DataThread | undefined

beforeAll(async () => {
  kafka = await startStreamBroker()
  field = await new FieldProducer(kafka.bootstrap).connect()
})

afterEach(async () => {
  await thread?.stop()
  thread = undefined
})

afterAll(async () => {
  await field?.close()
  await kafka?.end()
})

function startThread(name: string): DataThread {
  const dataDir = join(kafka.dir, name)
  mkdirSync(dataDir, { recursive: true })
  const { bootstrap } = kafka
  return (thread = new DataThread({ dataDir, bootstrap, topicPattern: '^metrics-|^remo-', hasBackend: true }))
}

test('a new console evaluates a backlog with the team rules, and receives acknowledgements', async () => {
  const first = aRule({ forSeconds: 0, warning: 85, critical: 95 })
  const second = { ...first, version: 2, warning: 90, effectiveFrom: Date.now() - 10_000 }
  const at = Date.now() - 5000
  const nodes = ['s-1', 's-2', 's-3', 's-4']
  for (const nodeId of nodes) await field.send({ nodeId, at, metrics: { cpu_usage: 92 } })
  await kafka.createTopic('remo-rules')
  await kafka.createTopic('remo-alerts')
  const others = Array.from({ length: 400 }, (_, i) => aRule({ id: crypto.randomUUID(), metric: `m${i}` }))
  const records = others.map((rule) => ({ rule, earlier: [] }))
  await kafka.write(
    'remo-rules',
    [...records, { rule: second, earlier: [first] }].map((r) => JSON.stringify(r)),
  )

  const { supervisor, alerts } = startThread('fresh')
  const idOf = (nodeId: string) =>
    alertIdOf('value', {
      rule: second,
      series: { nodeId, metric: 'cpu_usage' },
      anchor: { at, position: { topic: `metrics-${nodeId}`, partition: 0, offset: 0 } },
    })
  await expect
    .poll(async () => (await supervisor.call('alerts.list', { open: true })).map(({ id }) => id).sort(), within)
    .toEqual(nodes.map(idOf).sort())
  expect(alerts.map(({ ruleVersion }) => ruleVersion)).toEqual([2, 2, 2, 2])
  await expect
    .poll(() => supervisor.call('health.report', {}), within)
    .toMatchObject({ topics: 4, rejected: 0, lagMessages: 0 })

  const [alert] = await supervisor.call('alerts.list', { open: true })
  const acknowledgement = { by: 'lee', at: Date.now(), comment: 'on it' }
  const toldAt = Date.now()
  await kafka.write('remo-alerts', [JSON.stringify({ version: 2, alert: { ...alert, acknowledgement } })])
  await expect.poll(() => alerts.at(-1), within).toEqual({ ...alert, acknowledgement })
  expect(Date.now() - toldAt).toBeLessThan(2000)
})
