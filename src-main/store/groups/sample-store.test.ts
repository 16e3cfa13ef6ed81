import Database from 'better-sqlite3'
import { wholeNode } from '#shared/alert/series.ts'
import { describe, expect, it } from 'vitest'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import type { HeadCopy } from '../../threads/read-calls.ts'
import { databasePath } from '../connection.ts'
import { headCapacity } from '../heads/head.ts'
import {
  aBatchWrite,
  anAnchor,
  aSample,
  aSampleBatch,
  aState,
  someSamples,
  startAt,
  defined,
} from '../store-builders.ts'
import { aCachePerTest, rowsOf, storedRows } from '../test-cache.ts'

const cache = aCachePerTest()

describe('samples', () => {
  it('are stored once, in chunks and head, before and after a restart', () => {
    const samples = someSamples(1500)
    for (let i = 0; i < samples.length; i += 7)
      cache.store.commitBatch(aBatchWrite({ samples: samples.slice(i, i + 7) }))
    expect(storedRows(cache)).toEqual(rowsOf(samples))
    expect(defined(cache.store.samples.head('node-1')).at.length).toBeLessThan(headCapacity)
    cache.reopen()
    expect(storedRows(cache)).toEqual(rowsOf(samples))
    expect(cache.store.stats()).toMatchObject({ samples: 1500, nodes: 1 })
  })

  it('of a batch larger than a head fill several chunks', () => {
    const samples = someSamples(3 * headCapacity + 10)
    cache.store.commitBatch(aBatchWrite({ samples }))
    cache.reopen()
    expect(storedRows(cache)).toEqual(rowsOf(samples))
  })

  it('keep their metrics when the messages of a node differ', () => {
    cache.store.commitBatch(
      aBatchWrite({
        samples: [
          aSample({ names: ['cpu_usage', 'temp'], values: [1, 2], units: { temp: '°C' } }),
          aSample({ at: startAt + 1, names: ['temp'], values: [3] }),
          aSample({ at: startAt + 2, names: ['disk_io', 'cpu_usage'], values: [4, 5] }),
        ],
      }),
    )
    cache.reopen()
    expect(cache.store.samples.head('node-1')).toEqual<HeadCopy>({
      ordinal: 0,
      metrics: ['cpu_usage', 'temp', 'disk_io'],
      at: Float64Array.of(startAt, startAt + 1, startAt + 2),
      values: Float64Array.of(1, 2, NaN, NaN, 3, NaN, 5, NaN, 4),
    })
    expect(cache.store.samples.metrics()).toEqual([
      { name: 'cpu_usage', unit: '' },
      { name: 'temp', unit: '°C' },
      { name: 'disk_io', unit: '' },
    ])
    expect(cache.store.samples.head('unknown')).toBeNull()
  })

  it('sent twice by a producer are stored once', () => {
    const samples = someSamples(5)
    cache.store.commitBatch(aBatchWrite({ samples: [...samples, ...samples, defined(samples[4])] }))
    cache.store.commitBatch(aBatchWrite({ samples }))
    expect(storedRows(cache)).toEqual(rowsOf(samples))
  })

  it('sent twice are stored once, even if the head was closed in between', () => {
    const samples = someSamples(headCapacity * 2)
    for (const sample of samples) cache.store.commitBatch(aBatchWrite({ samples: [sample, sample] }))
    expect(storedRows(cache)).toEqual(rowsOf(samples))
  })

  it('with the same time are one: each metric has the newest value', () => {
    const both = ['cpu_usage', 'temp']
    const samples = [
      aSample({ names: both, values: [1, 20] }),
      aSample({ values: [2] }),
      aSample({ at: startAt + 1000, names: ['temp'], values: [21] }),
      aSample({ names: ['temp'], values: [22] }),
      aSample({ at: startAt + 1000, names: both, values: [3, 23] }),
      // A value that was replaced may come back.
      aSample({ values: [1] }),
    ]
    for (const sample of samples) cache.store.commitBatch(aBatchWrite({ samples: [sample] }))
    const expected: HeadCopy = {
      ordinal: 0,
      metrics: both,
      at: Float64Array.of(startAt + 1000, startAt),
      values: Float64Array.of(3, 23, 1, 22),
    }
    expect(cache.store.samples.head('node-1')).toEqual(expected)
    expect(cache.store.stats().samples).toBe(4)
    cache.reopen()
    expect(cache.store.samples.head('node-1')).toEqual(expected)
    expect(cache.store.stats().samples).toBe(4)
  })

  it('of a clock that counts whole seconds fill chunks with one record for each second', () => {
    const samples = Array.from({ length: 6 * headCapacity }, (_, i) =>
      aSample({ at: startAt + (i >> 1) * 1000, values: [i] }),
    )
    for (let i = 0; i < samples.length; i += 3)
      cache.store.commitBatch(aBatchWrite({ samples: samples.slice(i, i + 3) }))
    const newest = samples.filter((_, i) => i % 2 === 1)
    // The first record of a second may be the last one of a chunk.
    const stored = (): Map<number, number> => new Map(storedRows(cache))
    expect(stored()).toEqual(new Map(rowsOf(newest)))
    expect(storedRows(cache).length).toBeLessThan(newest.length + 10)
    expect(cache.store.stats().samples).toBe(storedRows(cache).length)
    cache.reopen()
    expect(stored()).toEqual(new Map(rowsOf(newest)))
  })

  it('start a new chunk when their time is more than a day apart', () => {
    const day = 86_400_000
    const samples = [
      ...someSamples(3),
      aSample({ at: startAt - 3 * day, values: [7] }),
      ...someSamples(2, { at: startAt + 5000 }),
    ]
    cache.store.commitBatch(aBatchWrite({ samples }))
    const byTime = (a: readonly number[], b: readonly number[]): number => defined(a[0]) - defined(b[0])
    expect(storedRows(cache).sort(byTime)).toEqual(rowsOf(samples).sort(byTime))
    expect(defined(cache.reader.parts('node-1')[0]).span).toBeLessThan(86_400)
  })

  it('are all stored when many chunks start in the same second', () => {
    // Each run of 1,024 seconds begins a millisecond after the one before.
    const samples = Array.from({ length: 20 * headCapacity }, (_, i) =>
      aSample({ at: startAt + Math.floor(i / headCapacity) + (i % headCapacity) * 1000, values: [i] }),
    )
    cache.store.commitBatch(aBatchWrite({ samples }))
    cache.reopen()
    expect(
      storedRows(cache)
        .map(([, value]) => value)
        .sort((a, b) => a - b),
    ).toEqual(samples.map(({ values }) => values[0]))
  })

  it('of nodes that start together fill their first chunks at different times', () => {
    for (let i = 0; i < headCapacity; i++) {
      const samples = Array.from({ length: 100 }, (_, n) =>
        aSample({ nodeId: `node-${n}`, at: startAt + i * 1000, values: [i] }),
      )
      cache.store.commitBatch(aBatchWrite({ samples }))
    }
    const lengths = Array.from({ length: 100 }, (_, n) => defined(cache.store.samples.head(`node-${n}`)).at.length)
    expect(new Set(lengths).size).toBeGreaterThan(90)
  })

  it('have a newest value per metric, by event time, with a head and without', () => {
    const samples = [
      ...someSamples(headCapacity * 2, { everyMs: 5000 }),
      aSample({ nodeName: 'Server-Beta', at: startAt - 60_000, values: [99] }),
      aSample({ nodeName: 'Server-Beta', at: startAt - 50_000, names: ['temp'], values: [20] }),
    ]
    cache.store.commitBatch(aBatchWrite({ samples }))
    const latest = [
      {
        id: 'node-1',
        name: 'Server-Beta',
        at: startAt + (headCapacity * 2 - 1) * 5000,
        steps: [5000, 5000, 5000, 5000, 5000],
        metrics: ['cpu_usage', 'temp'],
        values: [((headCapacity * 2 - 1) % 1000) / 10, 20],
      },
    ]
    expect(cache.store.samples.latest()).toEqual(latest)
    cache.reopen()
    expect(cache.store.samples.latest()).toEqual(latest)
  })
})

describe('the journal', () => {
  it('is cut up to the oldest batch that a head needs', () => {
    for (const sample of someSamples(2000)) cache.store.commitBatch(aBatchWrite({ samples: [sample] }))
    expect(journalRows()).toBeLessThan(headCapacity + 40)
  })

  it('stays within its limits when one node stops sending', () => {
    cache.reopen({ rows: 200, bytes: 1e9 })
    cache.store.commitBatch(aBatchWrite({ samples: [aSample({ nodeId: 'stopped' })] }))
    const samples = someSamples(1000)
    for (const sample of samples) cache.store.commitBatch(aBatchWrite({ samples: [sample] }))
    expect(journalRows()).toBeLessThan(300)
    cache.reopen()
    expect(storedRows(cache, 'stopped')).toEqual([[startAt, 71.3]])
    expect(storedRows(cache)).toEqual(rowsOf(samples))
  })

  function journalRows(): number {
    const db = new Database(databasePath(cache.dir), { readonly: true })
    const rows = defined(db.prepare<[], number>('SELECT count(*) FROM journal').pluck().get())
    db.close()
    return rows
  }
})

describe('series states', () => {
  it('are restored as written, after any number of journal cuts', () => {
    const firing = { phase: 'firing', since: anAnchor(3), alertId: anAlert().id, severity: 'critical' } as const
    const quiet = aState({ episode: firing, last: anAnchor(4), ruleFrom: startAt })
    cache.store.commitBatch(aBatchWrite({ series: [{ nodeId: 'node-2', metric: 'cpu_usage', state: quiet }] }))
    cache.store.commitBatch(
      aBatchWrite({ series: [{ nodeId: 'node-2', metric: 'cpu_usage', state: { ...quiet, last: anAnchor(9) } }] }),
    )
    someSamples(1000, { everyMs: 1 }).forEach((sample, i) => {
      const state = aState({ last: anAnchor(i), rule: i < 500 ? null : { id: aRule().id, version: 2 } })
      const isChange = i === 0 || i === 500
      cache.store.commitBatch(
        aBatchWrite({
          samples: [aSampleBatch([sample], { from: i })],
          series: isChange ? [{ nodeId: 'node-1', metric: 'cpu_usage', state }] : [],
        }),
      )
    })
    const expected = new Map([
      ['node-1', aState({ last: anAnchor(999), rule: { id: aRule().id, version: 2 } })],
      ['node-2', { ...quiet, last: anAnchor(9) }],
    ])
    const found = () => cache.store.samples.series().filter(({ metric }) => metric !== wholeNode)
    expect(new Map(found().map(({ nodeId, state }) => [nodeId, state]))).toEqual(expected)
    cache.reopen()
    expect(new Map(found().map(({ nodeId, state }) => [nodeId, state]))).toEqual(expected)
  })
})
