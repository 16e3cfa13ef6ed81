import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wholeNode, type Anchor } from '#shared/alert/series.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import { evaluateNode } from '#shared/evaluation/node-series.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { isNewest } from '#shared/evaluation/lateness.ts'
import { columnsOf, SampleDirectory } from '#shared/metric/sample-columns.ts'
import type { Sample } from '#shared/metric/sample.ts'
import { ConsoleStore } from './console-store.ts'
import { aBatchWrite, aFolder, aSample, aState, anAnchor, someSamples, startAt } from './store-builders.ts'
import { aCachePerTest, rowsOf, storedRows } from './test-cache.ts'

const cache = aCachePerTest()
const names = ['cpu_usage', 'memory_usage', 'temp']
const sample = fc
  .record({
    node: fc.nat(2),
    // Few times and values: equal times, late records and retries are common.
    step: fc.oneof({ weight: 20, arbitrary: fc.nat(40) }, fc.constant(2e8)),
    // A clock that is wrong for a record, or for several.
    clock: fc.constantFrom(0, 0, 0, 0, 3e6, -3e6, 3e6 + 10),
    recordedBy: fc.constantFrom('node' as const, 'node' as const, 'broker' as const, 'nobody' as const),
    metrics: fc.subarray(names, { minLength: 1 }),
    value: fc.nat(2),
  })
  .map(({ node, step, clock, recordedBy, metrics, value }) => {
    const at = startAt + step + clock
    const recordedAt = recordedBy === 'node' ? at : recordedBy === 'broker' ? startAt + step : -1
    return {
      recordedAt,
      one: aSample({ nodeId: `node-${node}`, at, names: metrics, values: metrics.map(() => value) }),
    }
  })
const batches = fc.array(
  fc.record({ parts: fc.array(fc.array(sample, { maxLength: 40 }), { maxLength: 3 }), restart: fc.boolean() }),
  { maxLength: 40 },
)

it('the newest record of each series and the steps of each node follow from the samples, for any batches and any restarts', () => {
  fc.assert(
    fc.property(batches, (given) => {
      const folder = aFolder()
      const limits = { rows: 10, bytes: 5_000 }
      let { store } = ConsoleStore.open(folder.dir, startAt, limits)
      const directory = new SampleDirectory()
      const expected = new Map<string, Anchor>()
      const nodes = new Map<string, SeriesState>()
      const offsets = [0, 0, 0]
      for (const { parts, restart } of given) {
        const added = new Map<string, { readonly nodeId: string; readonly metric: string }>()
        const setBack = new Set<string>()
        const samples = parts.map((part, partition) => {
          const from = offsets[partition] ?? 0
          offsets[partition] = from + part.length
          for (const [i, { one, recordedAt }] of part.entries()) {
            const position = { topic: 'metrics', partition, offset: from + i }
            const node = nodes.get(one.nodeId) ?? emptySeries
            const series = { nodeId: one.nodeId, nodeName: '', metric: wholeNode }
            const [moved] = evaluateNode(node, series, { at: one.at, recordedAt, position })
            const { resumedAt: _, ...state } = moved
            if (state.last && node.last && state.last.at < node.last.at) setBack.add(one.nodeId)
            nodes.set(one.nodeId, state)
            if (node === emptySeries) added.set(`${one.nodeId} `, { nodeId: one.nodeId, metric: wholeNode })
            for (const metric of one.names) {
              const key = `${one.nodeId} ${metric}`
              const last = expected.get(key)
              if (!last) added.set(key, { nodeId: one.nodeId, metric })
              if (last && !isNewest(last.at, one.at, recordedAt)) continue
              if (last && one.at < last.at) setBack.add(one.nodeId)
              expected.set(key, { at: one.at, position })
            }
          }
          const columns = columnsOf(
            part.map(({ one }) => one),
            part.map((_, i) => from + i),
            directory,
          )
          const recordedAt = Float64Array.from(part, (record) => record.recordedAt)
          return { topic: 'metrics', partition, columns: { ...columns, recordedAt } }
        })
        const ofSetBack = [...expected.keys()].map((key) => key.split(' ')).filter(([id = '']) => setBack.has(id))
        for (const [nodeId = '', metric = ''] of ofSetBack) added.set(`${nodeId} ${metric}`, { nodeId, metric })
        for (const nodeId of setBack) added.set(`${nodeId} `, { nodeId, metric: wholeNode })
        const series = [...added].map(([key, one]) => {
          if (one.metric === wholeNode) return { ...one, state: nodes.get(one.nodeId) ?? emptySeries }
          return { ...one, state: aState({ last: expected.get(key) ?? null }) }
        })
        store.commitBatch(aBatchWrite({ samples, series, setBack: [...setBack] }))
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
      const states = store.samples.series()
      const [ofNodes, found] = [true, false].map((isNode) => states.filter((s) => (s.metric === wholeNode) === isNode))
      store.close()
      folder.dispose()
      expect(new Map(found?.map(({ nodeId, metric, state }) => [`${nodeId} ${metric}`, state.last]))).toEqual(expected)
      expect(new Map(ofNodes?.map(({ nodeId, state }) => [nodeId, state]))).toEqual(nodes)
    }),
    { numRuns: 60 },
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

it('nodes of a cache of version 0.1.0, which has no states of nodes, are known from their metrics and the journal', () => {
  const samples = someSamples(4, { everyMs: 90_000 })
  const state = aState({ last: { at: startAt, position: { topic: 'metrics-node-1', partition: 0, offset: 0 } } })
  const series = [{ nodeId: 'node-1', metric: 'cpu_usage', state }]
  cache.store.commitBatch(aBatchWrite({ samples, series }))
  const gone = { nodeId: 'gone', metric: 'cpu_usage', state: aState({ last: anAnchor(7) }) }
  cache.store.commitBatch(aBatchWrite({ series: [gone] }))
  cache.reopen()
  const ofNodes = cache.store.samples.series().filter(({ metric }) => metric === wholeNode)
  expect(new Map(ofNodes.map(({ nodeId, state: { last, steps } }) => [nodeId, [last?.at, steps]]))).toEqual(
    new Map([
      ['node-1', [startAt + 270_000, [90_000, 90_000, 90_000]]],
      ['gone', [startAt + 7, undefined]],
    ]),
  )
})
