import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { Sample } from '#shared/metric/sample.ts'
import { aBatchWrite, aSample, defined, startAt } from '../store/store-builders.ts'
import { aCachePerTest } from '../store/test-cache.ts'
import { exportNodeCsv } from './node-csv-export.ts'
import { readChunks, readRange } from './read-range.ts'

const cache = aCachePerTest()

/** By event time: of each metric the value of the newest record with it. */
type Rows = Map<number, Map<string, number>>

const names = ['cpu_usage', 'temp'] as const
const value = fc.integer({ min: -500, max: 500 })
const record = fc.record({
  /** Seconds since the record before: mostly none, as of clocks that count whole seconds. */
  step: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(0, 1) }, fc.integer({ min: -30, max: 30 })),
  cpu: fc.option(value, { freq: 4 }),
  temp: fc.option(value, { freq: 4 }),
})
const run = fc.record({
  records: fc.array(record, { minLength: 20, maxLength: 120 }),
  times: fc.integer({ min: 1, max: 50 }),
  points: fc.constantFrom(10, 100, 5000),
  batch: fc.integer({ min: 1, max: 300 }),
  restartAfter: fc.option(fc.integer({ min: 0, max: 4000 })),
})

function samplesOf(nodeId: string, { records, times }: { records: readonly Rec[]; times: number }): Sample[] {
  let at = startAt
  return Array.from({ length: times }, () => records)
    .flat()
    .flatMap(({ step, cpu, temp }, i) => {
      at += step * 1000
      const pairs = [
        ['cpu_usage', cpu === null ? null : cpu + (i % 7)],
        ['temp', temp === null ? null : temp - (i % 5)],
      ] as const
      const sent = pairs.filter((pair): pair is readonly ['cpu_usage' | 'temp', number] => pair[1] !== null)
      if (sent.length === 0) return []
      return [aSample({ nodeId, at, names: sent.map(([name]) => name), values: sent.map(([, one]) => one) })]
    })
}
interface Rec {
  readonly step: number
  readonly cpu: number | null
  readonly temp: number | null
}

function newestOf(samples: readonly Sample[]): Rows {
  const rows: Rows = new Map()
  for (const { at, names: sent, values } of samples) {
    const row = rows.get(at) ?? new Map<string, number>()
    sent.forEach((name, i) => row.set(name, defined(values[i])))
    rows.set(at, row)
  }
  return new Map([...rows].sort(([a], [b]) => a - b))
}

function chartOf({ at, min, max, last }: SeriesColumns): number[][] {
  const points = [...at].map((time, i) => [time, defined(min[i]), defined(max[i]), defined(last[i])])
  return points.filter(([, low]) => !Number.isNaN(low))
}

/** What a chart of these values shows: each of them, or the columns. */
function expectedChart(rows: Rows, metric: string, { from, to, points }: Asked): number[][][] {
  const all = [...rows].flatMap(([at, row]) => {
    const one = row.get(metric)
    return one === undefined ? [] : [[at, one, one, one]]
  })
  const perMs = points / (to - from)
  const columns = new Map<number, number[][]>()
  for (const point of all) {
    const column = Math.min(Math.floor((defined(point[0]) - from) * perMs), points - 1)
    columns.set(column, [...(columns.get(column) ?? []), point])
  }
  const joined = [...columns.values()].map((column) => {
    const values = column.map((point) => defined(point[1]))
    return [defined(column.at(-1)?.[0]), Math.min(...values), Math.max(...values), defined(values.at(-1))]
  })
  return [all, joined]
}
interface Asked {
  readonly from: number
  readonly to: number
  readonly points: number
}

it('charts, export and newest values have the newest value of each metric at each time, with restarts and without', async () => {
  let nodes = 0
  await fc.assert(
    fc.asyncProperty(run, async ({ restartAfter, batch, points, ...given }) => {
      const nodeId = `node-${nodes++}`
      const samples = samplesOf(nodeId, given)
      if (samples.length === 0) return
      for (let i = 0; i < samples.length; i += batch) {
        cache.store.commitBatch(aBatchWrite({ samples: samples.slice(i, i + batch) }))
        if (restartAfter !== null && i <= restartAfter && restartAfter < i + batch) cache.reopen()
      }
      const rows = newestOf(samples)
      const [first = 0, last = 0] = [Math.min(...rows.keys()), Math.max(...rows.keys())]
      const request = { nodeId, from: first, to: Math.max(last, first + 1000), points, metrics: [...names] }
      const head = cache.store.samples.heads(nodeId)

      const path = join(cache.dir, 'out.csv')
      await exportNodeCsv(cache.reader, head, { nodeId, from: first, to: last, path })
      const lines = parse(readFileSync(path, 'utf8'), { columns: true }) as Array<Record<string, string>>
      const exported = lines.map((line) => [Date.parse(defined(line['timestamp'])), line['cpu_percent'], line['temp']])
      const hasOnly = (name: string): boolean => samples.some((sample) => sample.names.includes(name))
      const cell = (row: Map<string, number>, name: string): string | undefined =>
        hasOnly(name) ? String(row.get(name) ?? '') : undefined
      expect(exported).toEqual([...rows].map(([at, row]) => [at, cell(row, 'cpu_usage'), cell(row, 'temp')]))

      const charts = readRange(cache.reader, head, request)
      // The chunks are read before the head is known, as by the first chart of a node.
      const early = readChunks(cache.reader, request)
      if (head && early.canTake(head)) expect(early.withHeads(head)).toEqual(charts)
      names.forEach((name, i) => {
        const chart = chartOf(defined(charts[i]))
        const [every = [], joined = []] = expectedChart(rows, name, request)
        expect(chart).toEqual(chart.length === every.length ? every : joined)
      })

      const shown = defined(cache.store.samples.latest().find(({ id }) => id === nodeId))
      expect(shown.at).toBe(last)
      for (const [name, newest] of rows.get(last) ?? []) {
        expect(shown.values[shown.metrics.indexOf(name)]).toBe(newest)
      }
    }),
    { numRuns: 120 },
  )
})
