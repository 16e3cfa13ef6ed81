import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Anchor } from '#shared/alert/series.ts'
import { columnsOf, SampleDirectory } from '#shared/metric/sample-columns.ts'
import type { Sample } from '#shared/metric/sample.ts'
import { ConsoleStore } from './console-store.ts'
import { aBatchWrite, aFolder, aSample, aState, startAt } from './store-builders.ts'
import { aCachePerTest, rowsOf, storedRows } from './test-cache.ts'

const cache = aCachePerTest()
const names = ['cpu_usage', 'memory_usage', 'temp']
const sample = fc
  .record({
    node: fc.nat(2),
    // Few times and values: equal times, late records and retries are common.
    step: fc.oneof({ weight: 20, arbitrary: fc.nat(40) }, fc.constant(2e8)),
    metrics: fc.subarray(names, { minLength: 1 }),
    value: fc.nat(2),
  })
  .map(({ node, step, metrics, value }) =>
    aSample({ nodeId: `node-${node}`, at: startAt + step, names: metrics, values: metrics.map(() => value) }),
  )
const batches = fc.array(
  fc.record({ parts: fc.array(fc.array(sample, { maxLength: 40 }), { maxLength: 3 }), restart: fc.boolean() }),
  { maxLength: 40 },
)

it('the newest record of each series follows from the samples, for any batches and any restarts', () => {
  fc.assert(
    fc.property(batches, (given) => {
      const folder = aFolder()
      const limits = { rows: 10, bytes: 5_000 }
      let { store } = ConsoleStore.open(folder.dir, startAt, limits)
      const directory = new SampleDirectory()
      const expected = new Map<string, Anchor>()
      const offsets = [0, 0, 0]
      for (const { parts, restart } of given) {
        const added = new Map<string, { readonly nodeId: string; readonly metric: string }>()
        const samples = parts.map((part, partition) => {
          const from = offsets[partition] ?? 0
          offsets[partition] = from + part.length
          for (const [i, one] of part.entries()) {
            for (const metric of one.names) {
              const key = `${one.nodeId} ${metric}`
              const last = expected.get(key)
              if (!last) added.set(key, { nodeId: one.nodeId, metric })
              if (last && last.at > one.at) continue
              expected.set(key, { at: one.at, position: { topic: 'metrics', partition, offset: from + i } })
            }
          }
          const columns = columnsOf(
            part,
            part.map((_, i) => from + i),
            directory,
          )
          return { topic: 'metrics', partition, columns }
        })
        const series = [...added].map(([key, one]) => ({ ...one, state: aState({ last: expected.get(key) ?? null }) }))
        store.commitBatch(aBatchWrite({ samples, series }))
        // Batches without samples of these series: the journal is cut past the newest records.
        for (let i = 0; i < 20; i++) {
          store.commitBatch(
            aBatchWrite({ samples: [aSample({ nodeId: 'other', at: startAt + (offsets[0] ?? 0) * 100 + i })] }),
          )
        }
        if (!restart) continue
        store.close()
        store = ConsoleStore.open(folder.dir, startAt, limits).store
      }
      const found = store.samples
        .series()
        .map(({ nodeId, metric, state }) => [`${nodeId} ${metric}`, state.last] as const)
      store.close()
      folder.dispose()
      expect(new Map(found)).toEqual(expected)
    }),
    { numRuns: 40 },
  )
})

it('of any number of records with one event time the newest one counts, and retries change nothing', () => {
  const samples: Sample[] = Array.from({ length: 3_000 }, (_, i) => aSample({ values: [i] }))
  cache.store.commitBatch(aBatchWrite({ samples: samples.slice(0, 400) }))
  cache.store.commitBatch(aBatchWrite({ samples: samples.slice(399, 400) }))
  cache.store.commitBatch(aBatchWrite({ samples: samples.slice(200) }))
  expect(storedRows(cache)).toEqual(rowsOf(samples.slice(-1)))
  expect(cache.store.stats().samples).toBe(1)
  cache.reopen()
  expect(storedRows(cache)).toEqual(rowsOf(samples.slice(-1)))
  expect(cache.store.stats().samples).toBe(1)
})

it('records of a node that stopped are dropped when they are too old, saved or not', () => {
  cache.reopen({ rows: 10, bytes: 1e9 })
  cache.store.commitBatch(aBatchWrite({ samples: [aSample({ nodeId: 'stopped' })] }))
  for (let i = 0; i < 100; i++) {
    cache.store.commitBatch(aBatchWrite({ samples: [aSample({ at: startAt + 1_000 + i, values: [i] })] }))
  }
  cache.store.dropBefore(startAt + 500)
  const head = () => cache.store.samples.head('stopped')?.at.length
  expect(head()).toBe(0)
  cache.reopen()
  expect(head()).toBe(0)
  expect(storedRows(cache)).toHaveLength(100)
})
