import { expect, test } from 'vitest'
import { alertIdOf } from '#shared/alert/alert-id.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { EngineFixture } from './engine-fixture.ts'

const within = { timeout: 40_000, interval: 50 }
const engine = EngineFixture.register()

test('a new console evaluates a backlog with the team rules, and receives acknowledgements', async () => {
  const first = aRule({ forSeconds: 0, warning: 85, critical: 95 })
  const second = { ...first, version: 2, warning: 90, effectiveFrom: Date.now() - 10_000 }
  const at = Date.now() - 5000
  const nodes = ['s-1', 's-2', 's-3', 's-4']
  for (const nodeId of nodes) await engine.field.send({ nodeId, at, metrics: { cpu_usage: 92 } })
  await engine.kafka.createTopic('remo-rules')
  await engine.kafka.createTopic('remo-alerts')
  const others = Array.from({ length: 400 }, (_, i) => aRule({ id: crypto.randomUUID(), metric: `m${i}` }))
  const records = others.map((rule) => ({ rule, earlier: [] }))
  await engine.kafka.write(
    'remo-rules',
    [...records, { rule: second, earlier: [first] }].map((r) => JSON.stringify(r)),
  )

  const { supervisor, alerts } = engine.startThread('fresh', {
    topicPattern: '^metrics-|^remo-',
    hasBackend: true,
  })
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
    .toMatchObject({ topics: 6, rejected: 0, lagMessages: 0 })

  const [alert] = await supervisor.call('alerts.list', { open: true })
  const acknowledgement = { by: 'lee', at: Date.now(), comment: 'on it' }
  await engine.kafka.write('remo-alerts', [JSON.stringify({ version: 2, alert: { ...alert, acknowledgement } })])
  await expect.poll(() => alerts.at(-1), within).toEqual({ ...alert, acknowledgement })
})
