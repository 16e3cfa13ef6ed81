import { expect, test } from './fixtures.ts'

test.use({ nodes: ['live-1', 'live-2', 'early', 'oven'] })

/** The four numbers of a message, chosen so that rounding or a wrong unit is visible. */
const metrics = { cpu_usage: 71.3, memory_usage: 48.2, disk_io: 12.4, network_traffic: 88.1 }

test("the window shows a node's values, each with its unit", async ({ launch, producer }) => {
  const console = await launch()
  const window = await console.window()
  await producer.send({ nodeId: 'live-1', nodeName: 'Server-Alpha', at: Date.now(), metrics })

  const card = window.getByRole('region', { name: 'live-1' })
  await expect(card.getByRole('group', { name: 'live-1 CPU' })).toContainText(/71\.3\s%/)
  await expect(card.getByRole('group', { name: 'live-1 Memory' })).toContainText(/48\.2\s%/)
  await expect(card.getByRole('group', { name: 'live-1 Disk I/O' })).toContainText(/12\.4\sMB\/s/)
  await expect(card.getByRole('group', { name: 'live-1 Network' })).toContainText(/88\.1\sMbps/)
  await expect(card).toContainText('Server-Alpha')
})

test('the newest value replaces the previous one, and /metrics shows it in base units', async ({
  launch,
  producer,
}) => {
  const console = await launch()
  const window = await console.window()
  await producer.send({ nodeId: 'live-2', at: Date.now() - 1000, metrics })
  const cpu = window.getByRole('group', { name: 'live-2 CPU' })
  await expect(cpu).toContainText('71.3')
  await producer.send({ nodeId: 'live-2', at: Date.now(), metrics: { ...metrics, cpu_usage: 12.5 } })
  await expect(cpu).toContainText('12.5')

  const node = 'node="live-2"'
  await expect.poll(() => console.metric('remo_node_cpu_usage_ratio', node)).toBeCloseTo(0.125, 10)
  expect(await console.metric('remo_node_memory_usage_ratio', node)).toBeCloseTo(0.482, 10)
  expect(await console.metric('remo_node_disk_io_bytes_per_second', node)).toBeCloseTo(12.4e6, 3)
  expect(await console.metric('remo_node_network_bytes_per_second', node)).toBeCloseTo(88.1e6 / 8, 3)
  expect(await console.metric('remo_node_up', node)).toBe(1)
  expect(await console.metric('remo_kafka_connected')).toBe(1)
})

test('a node that starts later appears without a restart', async ({ launch, producer }) => {
  const console = await launch()
  const window = await console.window()
  await producer.send({ nodeId: 'early', at: Date.now(), metrics })
  await expect(window.getByRole('region', { name: 'early' })).toBeVisible()
  await producer.send({ nodeId: 'late', at: Date.now(), metrics: { ...metrics, cpu_usage: 33.3 } })
  await expect(window.getByRole('group', { name: 'late CPU' })).toContainText('33.3', { timeout: 35_000 })
})

test('an unknown metric appears with the unit of its message', async ({ launch, producer }) => {
  const console = await launch()
  const window = await console.window()
  await producer.sendRaw(
    'metrics-oven',
    JSON.stringify({
      node_id: 'oven',
      node_name: 'Oven',
      timestamp: new Date().toISOString(),
      metrics: { ...metrics, temp: 42.5 },
      units: { temp: '°C' },
    }),
  )
  await window.getByRole('region', { name: 'oven' }).getByRole('button').click()
  await expect(window.getByText(/42\.5\s°C/).first()).toBeVisible()
})

test('rejected messages are counted and listed with their reason, and the stream continues', async ({
  launch,
  producer,
}) => {
  const console = await launch()
  const window = await console.window()
  const topic = 'metrics-broken'
  await producer.createTopic(topic, [{ name: 'max.message.bytes', value: '4000000' }])
  await producer.sendRaw(topic, 'not json at all')
  await producer.sendRaw(
    topic,
    '{"node_id": "broken", "node_name": "b", "timestamp": 1700000000, "metrics": {"cpu_usage": 1.0}}',
  )
  await producer.sendRaw(
    topic,
    '{"node_id": "broken", "node_name": "b", "timestamp": "2026-11-24T10:15:30Z", "metrics": {"cpu_usage": "n/a"}}',
  )
  await producer.sendRaw(
    topic,
    '{"node_id": "broken", "node_name": "b", "timestamp": "2026-11-24T10:15:30Z", "metrics": {"cpu_usage": NaN}}',
  )
  await producer.sendRaw(topic, Buffer.alloc(0))
  await producer.sendRaw(topic, null)
  await producer.sendRaw(topic, 'x'.repeat(2_000_000))
  await producer.send({ nodeId: 'broken', at: Date.now(), metrics })

  await expect(window.getByRole('group', { name: 'broken CPU' })).toContainText('71.3', { timeout: 35_000 })
  await window.getByRole('button', { name: /rejected/i }).click()
  const list = window.getByRole('grid', { name: 'Rejected messages' })
  await expect(list).toContainText('metrics.cpu_usage: expected a number, got "n/a"')
  await expect(list).toContainText('expected RFC 3339 text')
  await expect(list).toContainText('tombstone')
  const errors = async (reason: string) =>
    console.metric('remo_kafka_message_errors_total', `topic="${topic}",reason="${reason}"`)
  expect(await errors('not-json')).toBe(1)
  expect(await errors('too-large')).toBe(1)
  expect(await errors('tombstone')).toBe(1)
  expect(await errors('empty')).toBe(1)
})
