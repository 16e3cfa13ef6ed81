import { expect, test } from 'vitest'
import { LiveTable } from '#shared/ipc/live-table.ts'
import { alertIdOf } from '#shared/alert/alert-id.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { ConsoleStore } from '../../src-main/store/console-store.ts'
import type { FieldMessage } from '../support/field-producer.ts'
import { EngineFixture } from './engine-fixture.ts'
import type { DataThread } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 100 }
const engine = EngineFixture.register()

function startThread(name: string): DataThread {
  return engine.startThread(name, { topicPattern: `^metrics-${name}` })
}

const fieldMetrics = { cpu_usage: 71, memory_usage: 48.25, disk_io: 12.4, network_traffic: 88.13 }

function aFieldMessage(nodeId: string, over: Partial<FieldMessage> = {}): FieldMessage {
  return { nodeId, at: Date.now(), metrics: fieldMetrics, ...over }
}

test('messages of field producers arrive, and a topic created later is found', async () => {
  const at = Date.now() - 1000
  await engine.field.send(
    aFieldMessage('fleet-1', { at }),
    aFieldMessage('fleet-2', { at, metrics: { cpu_usage: 3.5 } }),
  )
  const { supervisor } = startThread('fleet')
  const nodes = async () => {
    const { directory, frame } = await supervisor.call('live.snapshot', {})
    const table = new LiveTable()
    table.reset(directory, frame)
    return directory.nodes
      .map(({ id, name }, node) => ({
        id,
        name,
        at: table.at(node),
        values: Object.fromEntries(directory.metrics.map((metric, m) => [metric, table.value(node, m)])),
      }))
      .sort((a, b) => a.id.localeCompare(b.id))
  }
  const unseen = { memory_usage: NaN, disk_io: NaN, network_traffic: NaN }
  await expect.poll(nodes, within).toEqual([
    { id: 'fleet-1', name: 'Server fleet-1', at, values: fieldMetrics },
    { id: 'fleet-2', name: 'Server fleet-2', at, values: { cpu_usage: 3.5, ...unseen } },
  ])
  await expect
    .poll(() => supervisor.call('health.report', {}), within)
    .toMatchObject({
      health: { kind: 'live' },
      topics: 2,
      partitions: 2,
      rejected: 0,
      lagMessages: 0,
    })
  await engine.field.send(aFieldMessage('fleet-3'))
  await expect.poll(async () => (await nodes()).map(({ id }) => id), within).toEqual(['fleet-1', 'fleet-2', 'fleet-3'])
})

test('garbage in a topic becomes rejected records, and the valid ones between are stored', async () => {
  const topic = 'metrics-junk'
  const huge = `{"node_id":"${'x'.repeat(2 * 1024 * 1024)}"}`
  const good = (cpu: string) =>
    `{"node_id": "junk", "node_name": "J", "timestamp": "${new Date().toISOString()}", "metrics": {"cpu_usage": ${cpu}}}`
  await engine.field.createTopic(topic, [{ name: 'max.message.bytes', value: String(4 * 1024 * 1024) }])
  const corpus = ['not json', good('"71"'), good('NaN'), huge, '', null, Buffer.from([0xff, 0xfe, 0x7b]), good('1e400')]
  for (const value of corpus) {
    await engine.field.sendRaw(topic, value)
    await engine.field.sendRaw(topic, good('50.0'))
  }
  const { supervisor } = startThread('junk')
  await expect.poll(async () => (await supervisor.call('health.report', {})).rejected, within).toBe(corpus.length)
  await expect
    .poll(async () => (await supervisor.call('counters.get', {})).messagesByTopic, within)
    .toEqual({
      [topic]: 2 * corpus.length,
    })
  const rejects = await supervisor.call('rejectedRecords.list', { limit: 100 })
  expect(rejects.reverse().map(({ offset, code }) => [offset, code])).toEqual([
    [0, 'not-json'],
    [2, 'wrong-shape'],
    [4, 'wrong-shape'],
    [6, 'too-large'],
    [8, 'empty'],
    [10, 'tombstone'],
    [12, 'not-utf8'],
    [14, 'wrong-shape'],
  ])
  expect(rejects.every(({ head }) => Buffer.from(head, 'base64').length <= 1024)).toBe(true)
})

test('a breach opens the alert whose id follows from the log', async () => {
  const { supervisor } = startThread('breach')
  const draft = { scope: { kind: 'node', nodeId: 'breach' }, metric: 'disk_io', condition: 'greater' } as const
  const rule: Rule = await supervisor.call('rules.save', {
    draft: { ...draft, warning: 50, critical: 60, forSeconds: 2, enabled: true },
  })
  const at = rule.effectiveFrom
  await engine.field.send(
    aFieldMessage('breach', { at, metrics: { disk_io: 12.4 } }),
    aFieldMessage('breach', { at: at + 1000, metrics: { disk_io: 71 } }),
    aFieldMessage('breach', { at: at + 2000, metrics: { disk_io: 72 } }),
    aFieldMessage('breach', { at: at + 3000, metrics: { disk_io: 73.5 } }),
  )
  const position = { topic: 'metrics-breach', partition: 0, offset: 1 }
  const series = { nodeId: 'breach', metric: 'disk_io' }
  const id = alertIdOf('value', { rule, series, anchor: { at: at + 1000, position } })
  await expect
    .poll(() => supervisor.call('alerts.list', { open: true }), within)
    .toMatchObject([{ id, severity: 'critical', value: 73.5, since: at + 1000, openedAt: at + 3000, phase: 'firing' }])
  await expect.poll(() => engine.thread?.queued, within).toMatchObject([{ alert: { id }, transition: 'opened' }])
  await engine.field.send(aFieldMessage('breach', { at: at + 4000, metrics: { disk_io: 1 } }))
  await expect
    .poll(() => engine.thread?.alerts.at(-1), within)
    .toMatchObject({ id, phase: 'resolved', resolvedValue: 1 })
})

test('after a crash and a stop during reading it resumes at the same offset, without loss or duplicates', async () => {
  const total = 200
  const started = Date.now() - total * 10
  const values = Array.from({ length: total }, (_, i) => i + 0.25)
  const sendFrom = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      await engine.field.send(
        aFieldMessage('again', { at: started + i * 10, metrics: { cpu_usage: values[i] ?? NaN } }),
      )
    }
  }
  const stored = async () =>
    (await engine.thread?.supervisor.call('counters.get', {}))?.messagesByTopic['metrics-again'] ?? 0

  await sendFrom(0, 40)
  const first = startThread('again')
  await expect.poll(stored, within).toBe(40)
  const sending = sendFrom(40, 120)
  await expect.poll(stored, within).toBeGreaterThan(40)
  await first.crash()
  await sending
  await sendFrom(120, 160)
  await expect.poll(() => first.supervisor.state.kind, within).toBe('running')
  await expect.poll(stored, within).toBeGreaterThan(0)
  await first.stop()
  await sendFrom(160, total)
  startThread('again')
  await expect
    .poll(() => engine.thread?.supervisor.call('live.snapshot', {}).then(({ frame }) => frame.values[0]), within)
    .toBe(values.at(-1))
  await engine.thread?.stop()

  const { store } = ConsoleStore.open(engine.dirOf('again'), Date.now())
  const found = {
    position: store.position('metrics-again', 0)?.next,
    samples: store.stats().samples,
    gaps: store.gaps(10),
    rejects: store.rejectedRecords(10),
  }
  const head = store.samples.head('again')
  store.close()
  expect(found).toEqual({ position: total, samples: total, gaps: [], rejects: [] })
  expect([...(head?.values ?? [])]).toEqual(values.slice(-(head?.values.length ?? 0)))
})
