/** Metrics and nodes with the names of members of an object are like any others. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fullBackend, type FullBackend } from '../support/full-backend.ts'
import { seedSamples, steadily } from '../support/metric-rows.ts'

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']

let backend: FullBackend
beforeAll(async () => {
  backend = await fullBackend()
  const now = Date.now()
  const range = { from: now - 60_000, to: now, everyMs: 10_000 }
  for (const nodeId of names) {
    const units = Object.fromEntries(names.map((name) => [name, 'kg']))
    await seedSamples(backend.pool, { nodeId, metrics: names, records: steadily(range, () => [1, 2, 3, 4]), units })
  }
})
afterAll(() => backend.end())

const get = async (path: string): Promise<string> => (await backend.fetch(path, { as: 'viewer' })).text()

test('latest values have them', async () => {
  const latest = JSON.parse(await get('/api/metrics/latest')) as Record<string, Record<string, { value: number }>>
  expect(Object.keys(latest)).toEqual(names)
  for (const metrics of Object.values(latest)) {
    const values = Object.entries(metrics).map(([metric, { value }]) => `${metric} ${value}`)
    expect(values.toSorted()).toEqual(['__proto__ 1', 'constructor 2', 'hasOwnProperty 4', 'toString 3'])
  }
})

test.each(names)('history, range, CSV and summary have %s', async (name) => {
  const history = JSON.parse(await get(`/api/metrics/history?node_id=${name}`)) as object
  expect(Object.keys(history).toSorted()).toEqual(names.toSorted())
  const times = `from=${new Date(Date.now() - 120_000).toISOString()}&to=${new Date().toISOString()}`
  const range = JSON.parse(await get(`/api/metrics/range?node_id=${name}&metrics=${names.join(',')}&${times}`)) as {
    series: Array<{ metric: string; unit: string }>
  }
  expect(range.series.map(({ metric, unit }) => `${metric} ${unit}`).toSorted()).toEqual(
    names.map((metric) => `${metric} kg`).toSorted(),
  )
  const csv = await get(`/api/export/csv?node_id=${name}&metric_type=${name}`)
  expect(csv).toMatch(new RegExp(`,${name},${name},\\d,kg\\r\\n`))
  const { summary } = JSON.parse(await get(`/api/export/summary?node_id=${name}`)) as {
    summary: Array<{ metric_type: string }>
  }
  expect(summary.map(({ metric_type: metric }) => metric).toSorted()).toEqual(names.toSorted())
})
