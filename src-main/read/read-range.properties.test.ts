import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Sample } from '#shared/metric/sample.ts'
import { aBatchWrite, aSample, defined, startAt } from '../store/store-builders.ts'
import { aCachePerTest } from '../store/test-cache.ts'
import { readRange } from './read-range.ts'

const cache = aCachePerTest()

interface Point {
  readonly at: number
  readonly min: number
  readonly max: number
  readonly last: number
}

const value = fc.oneof(fc.integer({ min: -500, max: 500 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
/** Steps since the record before; after a negative one, a record arrives late. */
const step = fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.integer({ min: -3, max: 15 }))
/** Longer than the number of records, which makes all times different. */
const stepMs = 4096
const record = fc.record({ step, cpu: value, temp: fc.option(value, { freq: 3 }) })
const view = fc.record({
  from: fc.double({ min: -0.2, max: 1, noNaN: true }),
  length: fc.double({ min: 0, max: 1.2, noNaN: true }),
  points: fc.integer({ min: 10, max: 700 }),
  metric: fc.constantFrom('cpu_usage', 'temp'),
})
const run = fc.array(record, { minLength: 10, maxLength: 80 })

/** Every value of the metric in the range, by time. */
function valuesOf(samples: readonly Sample[], metric: string, { from, to }: { from: number; to: number }): Point[] {
  return samples
    .filter(({ at, names }) => at >= from && at <= to && names.includes(metric))
    .map(({ at, names, values }) => ({ at, value: defined(values[names.indexOf(metric)]) }))
    .sort((a, b) => a.at - b.at)
    .map((one) => ({ at: one.at, min: one.value, max: one.value, last: one.value }))
}

function inColumns(points: readonly Point[], { from, to }: { from: number; to: number }, count: number): Point[] {
  const perMs = count / Math.max(to - from, 1)
  const columns = new Map<number, Point[]>()
  for (const point of points) {
    const column = Math.min(Math.floor((point.at - from) * perMs), count - 1)
    columns.set(column, [...(columns.get(column) ?? []), point])
  }
  return [...columns.values()].map((column) => ({
    ...defined(column.at(-1)),
    min: Math.min(...column.map(({ min }) => min)),
    max: Math.max(...column.map(({ max }) => max)),
  }))
}

it('gives every value, or minimum, maximum and newest value of each column, for any records and any range', () => {
  let nodes = 0
  fc.assert(
    fc.property(run, fc.integer({ min: 1, max: 40 }), view, (records, times, asked) => {
      const nodeId = `node-${nodes++}`
      let at = startAt
      const samples = Array.from({ length: times }, () => records)
        .flat()
        .map(({ step: steps, cpu, temp }, i) => {
          at += steps * stepMs
          const values = temp === null ? [cpu] : [cpu, temp]
          return aSample({ nodeId, at: at + i, names: ['cpu_usage', 'temp'].slice(0, values.length), values })
        })
      for (let i = 0; i < samples.length; i += 97)
        cache.store.commitBatch(aBatchWrite({ samples: samples.slice(i, i + 97) }))
      const span = Math.max(at - startAt, 1000)
      const from = startAt + asked.from * span
      const range = { from, to: from + asked.length * span }
      const request = { nodeId, ...range, metrics: [asked.metric], points: asked.points }
      const columns = defined(readRange(cache.reader, cache.store.samples.heads(nodeId), request)[0])
      const all = valuesOf(samples, asked.metric, range)
      const found = [...columns.at].map((time, i) => ({
        at: time,
        min: defined(columns.min[i]),
        max: defined(columns.max[i]),
        last: defined(columns.last[i]),
      }))
      const points = found.filter(({ min }) => !Number.isNaN(min))
      expect(found.length).toBeLessThanOrEqual(asked.points)
      if (points.length === all.length) expect(points).toEqual(all)
      else expect(points).toEqual(inColumns(all, range, asked.points))
    }),
    { numRuns: 150 },
  )
})
