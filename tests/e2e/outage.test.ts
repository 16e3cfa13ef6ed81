import { expect, test } from './fixtures.ts'

test.use({ nodes: ['outage', 'restart', 'cached', 'killed'] })

const metrics = { cpu_usage: 21.5, memory_usage: 40.1, disk_io: 3.2, network_traffic: 9.9 }

test('a restart of Kafka is shown and loses nothing', async ({ launch, producer, broker, tray }) => {
  const console = await launch()
  const window = await console.window()
  await producer.send({ nodeId: 'outage', at: Date.now(), metrics })
  await expect(window.getByRole('group', { name: 'outage CPU' })).toContainText('21.5')
  await expect(window.getByRole('banner').getByRole('status')).toContainText('Live')
  const before = await console.metric('remo_kafka_messages_total', 'topic="metrics-outage"')
  expect(await console.metric('remo_node_up', 'node="outage"')).toBe(1)

  await broker.stop()
  await expect(window.getByRole('banner').getByRole('status')).toContainText('Not connected since')
  await expect(window.getByRole('alert')).toContainText('Monitoring is blind')
  await expect.poll(() => tray.tooltip()).toContain('not connected since')
  expect(await console.metric('remo_kafka_connected')).toBe(0)
  expect(await console.metric('remo_node_up', 'node="outage"')).toBeUndefined()
  expect(await console.metric('remo_node_cpu_usage_ratio', 'node="outage"')).toBeUndefined()

  await broker.start()
  await producer.send({ nodeId: 'outage', at: Date.now(), metrics: { ...metrics, cpu_usage: 22.5 } })
  await expect(window.getByRole('group', { name: 'outage CPU' })).toContainText('22.5', { timeout: 40_000 })
  await expect(window.getByRole('banner').getByRole('status')).toContainText('Live')
  await expect(window.getByRole('alert')).toHaveCount(0)
  await expect.poll(() => console.metric('remo_kafka_messages_total', 'topic="metrics-outage"')).toBe((before ?? 0) + 1)
})

test('a start without Kafka shows the outage and connects automatically later', async ({
  launch,
  producer,
  broker,
}) => {
  await producer.send({ nodeId: 'patient', at: Date.now(), metrics })
  await broker.stop()
  const console = await launch()
  const window = await console.window()
  await expect(window.getByRole('banner').getByRole('status')).toContainText('Not connected')
  await expect(window.getByText(broker.bootstrap).first()).toBeVisible()

  await broker.start()
  await expect(window.getByRole('group', { name: 'patient CPU' })).toContainText('21.5', { timeout: 60_000 })
})

test('after a quit it resumes at the same offset, without loss or duplicates', async ({ launch, producer }) => {
  const at = Date.now() - 60_000
  const first = await launch()
  await (await first.window()).getByRole('navigation').waitFor()
  await producer.send({ nodeId: 'restart', at, metrics }, { nodeId: 'restart', at: at + 1000, metrics })
  const topic = 'topic="metrics-restart"'
  await expect.poll(() => first.metric('remo_kafka_messages_total', topic), { timeout: 35_000 }).toBe(2)
  await expect.poll(() => first.metric('remo_cache_rows')).toBe(8)
  await first.quit()

  await producer.send({ nodeId: 'restart', at: at + 2000, metrics: { ...metrics, cpu_usage: 77.7 } })
  const second = await launch({ dataDir: first.dataDir })
  const window = await second.window()
  await expect(window.getByRole('group', { name: 'restart CPU' })).toContainText('77.7')
  expect(await second.metric('remo_kafka_messages_total', topic)).toBe(1)
  await expect.poll(() => second.metric('remo_cache_rows')).toBe(12)
})

test('a restart without Kafka shows the cached fleet in grey with its age, not the guide', async ({
  launch,
  producer,
  broker,
}) => {
  const first = await launch()
  await first.window()
  await producer.send({ nodeId: 'cached', at: Date.now() - 180_000, metrics })
  await expect
    .poll(() => first.metric('remo_kafka_messages_total', 'topic="metrics-cached"'), { timeout: 35_000 })
    .toBe(1)
  await first.quit()

  await broker.stop()
  const second = await launch({ dataDir: first.dataDir })
  const window = await second.window()
  await expect(window.getByRole('group', { name: 'cached CPU' })).toContainText('21.5')
  await expect(window.getByRole('region', { name: 'cached', exact: true })).toContainText(/sampled [345]\sm ago/)
  await expect(window.getByRole('alert')).toContainText('Values and alerts are from')
  await expect(window.getByText('Your own Kafka.')).toHaveCount(0)
  await broker.start()
})

test('after a kill during work it resumes where it stopped', async ({ launch, producer }) => {
  const first = await launch()
  await first.window()
  const at = Date.now() - 60_000
  await producer.send({ nodeId: 'killed', at, metrics })
  const topic = 'topic="metrics-killed"'
  await expect.poll(() => first.metric('remo_kafka_messages_total', topic), { timeout: 35_000 }).toBe(1)
  await first.kill()

  await producer.send({ nodeId: 'killed', at: at + 1000, metrics: { ...metrics, cpu_usage: 66.6 } })
  const second = await launch({ dataDir: first.dataDir })
  await expect((await second.window()).getByRole('group', { name: 'killed CPU' })).toContainText('66.6')
  await expect.poll(() => second.metric('remo_cache_rows')).toBe(8)
})
