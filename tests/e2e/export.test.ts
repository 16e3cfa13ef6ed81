import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { saveAs } from '../support/save-dialog.ts'
import { expect, test } from './fixtures.ts'

test.use({ nodes: ['export'] })

test('the exported CSV contains the produced values', async ({ launch, producer, desktop }) => {
  const console = await launch({ env: { TZ: 'UTC' } })
  const window = await console.window()
  const start = Date.now() - 240_000
  const produced = Array.from({ length: 40 }, (_, i) => ({
    nodeId: 'export',
    nodeName: 'Say "hi", Export',
    at: start + i * 5000 + 123,
    metrics: { cpu_usage: 10 + i / 10, memory_usage: 48.25, disk_io: 0.1 * i, network_traffic: 1234.5678 },
  }))
  for (const message of produced) {
    await producer.sendRaw(
      'metrics-export',
      JSON.stringify({
        node_id: message.nodeId,
        node_name: message.nodeName,
        timestamp: new Date(message.at).toISOString(),
        metrics: message.metrics,
      }),
    )
  }
  await expect
    .poll(() => console.metric('remo_kafka_messages_total', 'topic="metrics-export"'), { timeout: 35_000 })
    .toBe(40)

  await window.getByRole('link', { name: 'Metrics' }).click()
  await expect(window.getByRole('heading', { name: 'export' })).toBeVisible()
  const file = join(console.dataDir, 'out.csv')
  await window.getByRole('button', { name: 'Export CSV' }).click()
  await saveAs(desktop.env, file)
  await expect(window.getByText(/Saved 40 rows to/)).toBeVisible()

  const text = readFileSync(file, 'utf8')
  expect(text).toContain('\r\n')
  const rows: Record<string, string>[] = parse(text, { columns: true })
  expect(rows).toEqual(
    produced.map(({ nodeId, nodeName, at, metrics }) => ({
      timestamp: new Date(at).toISOString(),
      node_id: nodeId,
      node_name: nodeName,
      cpu_percent: String(metrics.cpu_usage),
      memory_percent: String(metrics.memory_usage),
      disk_io_mb_per_s: String(metrics.disk_io),
      network_mbps: String(metrics.network_traffic),
    })),
  )
})
