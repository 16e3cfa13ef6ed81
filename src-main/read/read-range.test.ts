import { describe, expect, it } from 'vitest'
import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import { headCapacity } from '../store/heads/head.ts'
import { aBatchWrite, aSample, someSamples, startAt, defined } from '../store/store-builders.ts'
import { aCachePerTest } from '../store/test-cache.ts'
import { readRange } from './read-range.ts'
import type { RangeRequest } from './read-range.ts'

const cache = aCachePerTest()

function range(part: Partial<RangeRequest> = {}): SeriesColumns[] {
  const request = {
    nodeId: 'node-1',
    from: startAt,
    to: startAt + 3600_000,
    metrics: ['cpu_usage'],
    points: 500,
    ...part,
  }
  return readRange(cache.reader, cache.store.samples.heads(request.nodeId), request)
}

function columns(part: Partial<RangeRequest> = {}): SeriesColumns {
  return defined(range(part)[0])
}

/** Minimum and maximum of the written samples. */
function extremes(samples: ReturnType<typeof someSamples>): { min: number; max: number } {
  const values = samples.map(({ values: [value] }) => defined(value))
  return { min: Math.min(...values), max: Math.max(...values) }
}

describe('few records', () => {
  it('are returned unchanged, chunks and head together', () => {
    const samples = someSamples(400)
    cache.store.commitBatch(aBatchWrite({ samples }))
    const values = Float64Array.from(samples, ({ values: [value] }) => defined(value))
    expect(columns()).toEqual({
      metric: 'cpu_usage',
      at: Float64Array.from(samples, ({ at }) => at),
      min: values,
      max: values,
      last: values,
    })
  })

  it('are those of the range, both ends included, in order of time', () => {
    cache.store.commitBatch(aBatchWrite({ samples: someSamples(headCapacity * 3).reverse() }))
    const { at } = columns({ from: startAt + 300_000, to: startAt + 302_000 })
    expect([...at]).toEqual([startAt + 300_000, startAt + 301_000, startAt + 302_000])
  })

  it('have a gap when records are missing for more than fifteen seconds and three intervals', () => {
    const slow = { nodeId: 'slow', everyMs: 60_000 }
    const samples = [
      ...someSamples(3),
      ...someSamples(3, { at: startAt + 17_000 }),
      ...someSamples(3, { at: startAt + 40_000 }),
      ...someSamples(4, slow),
      ...someSamples(2, { ...slow, at: startAt + 600_000 }),
    ]
    cache.store.commitBatch(aBatchWrite({ samples }))
    expect(columns().at.length - columns().min.filter((value) => !Number.isNaN(value)).length).toBe(1)
    expect([...columns().last.slice(0, 8)]).toEqual([0, 0.1, 0.2, 0, 0.1, 0.2, NaN, 0])
    expect([...columns({ nodeId: 'slow' }).last]).toEqual([0, 0.1, 0.2, 0.3, NaN, 0, 0.1])
  })

  it('have no gaps for a metric in every tenth record', () => {
    const samples = someSamples(200).map((sample, i) =>
      i % 20 === 0 ? { ...sample, names: ['cpu_usage', 'temp'], values: [1, i] } : sample,
    )
    cache.store.commitBatch(aBatchWrite({ samples }))
    expect([...columns({ metrics: ['temp'] }).last]).toEqual(Array.from({ length: 10 }, (_, i) => i * 20))
  })
})

describe('many records', () => {
  it('keep every spike, in at most the requested number of columns', () => {
    const samples = someSamples(30_000)
    samples[17_123] = { ...defined(samples[17_123]), values: [99_999] }
    samples[29_990] = { ...defined(samples[29_990]), values: [-5] }
    for (let i = 0; i < samples.length; i += 100)
      cache.store.commitBatch(aBatchWrite({ samples: samples.slice(i, i + 100) }))
    for (const points of [10, 97, 500, 5000]) {
      const { at, min, max, last } = columns({ to: startAt + 30_000_000, points })
      expect(at.length).toBeLessThanOrEqual(points)
      expect({ min: Math.min(...min), max: Math.max(...max) }).toEqual(extremes(samples))
      expect(last.at(-1)).toBe(defined(samples.at(-1)).values[0])
      expect([...at]).toEqual([...at].sort((a, b) => a - b))
    }
  })

  it('give minimum, maximum and newest value of the records in each column', () => {
    const samples = someSamples(5000, { everyMs: 700 }).map((sample, i) => ({ ...sample, values: [Math.sin(i) * 50] }))
    cache.store.commitBatch(aBatchWrite({ samples }))
    const request = { from: startAt + 12_345, to: startAt + 3_000_001, points: 100 }
    const width = (request.to - request.from) / request.points
    const byColumn = Array.from({ length: request.points }, (_, c) =>
      samples.filter(
        ({ at }) =>
          at >= request.from && at <= request.to && Math.min(Math.floor((at - request.from) / width), 99) === c,
      ),
    )
    const { at, min, max, last } = columns(request)
    expect([...at]).toEqual(byColumn.map((column) => defined(column.at(-1)).at))
    expect([...min]).toEqual(byColumn.map((column) => extremes(column).min))
    expect([...max]).toEqual(byColumn.map((column) => extremes(column).max))
    expect([...last]).toEqual(byColumn.map((column) => defined(column.at(-1)).values[0]))
  })

  it('have a gap when columns are empty', () => {
    const samples = [...someSamples(3000), ...someSamples(3000, { at: startAt + 6_000_000 })]
    cache.store.commitBatch(aBatchWrite({ samples }))
    const { at, min } = columns({ to: startAt + 9_000_000, points: 300 })
    const gaps = [...min].flatMap((value, i) => (Number.isNaN(value) ? [defined(at[i])] : []))
    expect(gaps).toHaveLength(1)
    expect(gaps[0]).toBeGreaterThan(startAt + 3_000_000)
    expect(gaps[0]).toBeLessThan(startAt + 6_000_000)
  })
})

it('counts records once when a head becomes a chunk after the copy', () => {
  const samples = someSamples(headCapacity * 2)
  cache.store.commitBatch(aBatchWrite({ samples: samples.slice(0, 300) }))
  const head = cache.store.samples.heads('node-1')
  cache.store.commitBatch(aBatchWrite({ samples: samples.slice(300) }))
  const request = { nodeId: 'node-1', from: startAt, to: startAt + 1e7, metrics: ['cpu_usage'], points: 5000 }
  expect([...defined(readRange(cache.reader, head, request)[0]).at]).toEqual(samples.slice(0, 300).map(({ at }) => at))
})

it('gives empty columns for an unknown node or metric and for a range without records', () => {
  cache.store.commitBatch(aBatchWrite({ samples: [aSample()] }))
  const empty = {
    at: new Float64Array(0),
    min: new Float64Array(0),
    max: new Float64Array(0),
    last: new Float64Array(0),
  }
  expect(range({ nodeId: 'unknown' })).toEqual([{ metric: 'cpu_usage', ...empty }])
  expect(range({ metrics: ['cpu_usage', 'nothing'], from: 0, to: 1 })).toEqual([
    { metric: 'cpu_usage', ...empty },
    { metric: 'nothing', ...empty },
  ])
})
