import fc from 'fast-check'
import { cpSync } from 'node:fs'
import { expect, it } from 'vitest'
import { wholeNode } from '#shared/alert/series.ts'
import { type CounterValue, nextCounter } from '#shared/metric/assemble/counter-value.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import { evaluateNode } from '#shared/evaluation/node-series.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { type SampleBatch, SampleDirectory } from '#shared/metric/sample-columns.ts'
import type { BatchWrite } from './batch-write.ts'
import { ConsoleStore } from './console-store.ts'
import { aPartBatch, aPartSample, type PartSample } from './part-builders.ts'
import { ReadStore } from './read-store.ts'
import { aBatchWrite, aFolder, aPosition, aSample, defined, startAt } from './store-builders.ts'

const parts = ['', 'cpu', 'disk{path=/}', 'disk{path=/var}']
// Also metrics that several parts have.
const names = ['cpu_usage', 'a', 'b', 'c']
const counters = ['x', 'y', 'cpu_usage']
const value = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 1e6 }).map((n) => n / 100) },
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const raw = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 31 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, -Number.MAX_VALUE, 2 ** 60),
)
const drawn = fc.record({
  node: fc.nat(1),
  part: fc.constantFrom(...parts),
  // Equal times are common: parts of a record have one, and totals are made again.
  step: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(5000)),
  names: fc.subarray(names),
  counters: fc.subarray(counters),
  value,
  raw,
})
// A record has values, raw values, or both.
const sample = drawn.map((one) => (one.names.length + one.counters.length === 0 ? { ...one, names: ['a'] } : one))
type Drawn = typeof sample extends fc.Arbitrary<infer T> ? T : never
const batches = fc.array(
  fc.record({
    partitions: fc.array(fc.array(sample, { maxLength: 60 }), { minLength: 1, maxLength: 2 }),
    /** The transaction fails first, and what it has found is discarded. */
    fails: fc.boolean(),
    others: fc.constantFrom(0, 1, 40),
    /** The evaluation has states of the parts so far. */
    evaluates: fc.boolean(),
    /** The clock of this node was set back in the batch: the states of all its parts are given. */
    setsBack: fc.option(fc.nat(1), { freq: 3 }),
    restart: fc.constantFrom('none', 'none', 'close', 'kill'),
  }),
  { maxLength: 12 },
)

type Row = Map<string, number>

/** What the store must have. */
class Model {
  readonly rows = new Map<string, Row>()
  readonly counters = new Map<string, Map<string, CounterValue>>()
  readonly times = new Map<string, SeriesState>()
  /** Parts whose states are stored. */
  readonly evaluated = new Set<string>()
  readonly #directory = new SampleDirectory()
  readonly #offsets = [0, 0]
  readonly #at = [startAt, startAt]

  /** The samples of one partition. */
  add(partition: number, records: readonly Drawn[]): SampleBatch {
    const from = this.#offsets[partition] ?? 0
    const samples = records.map((one, i): PartSample => {
      const at = (this.#at[partition] = defined(this.#at[partition]) + one.step)
      const nodeId = `node-${one.node}`
      const sent = { nodeId, part: one.part, at, ...this.#row(one, at), ...this.#raw(one, partition, at) }
      const key = `${nodeId} ${one.part}`
      const before = this.times.get(key)
      const position = { topic: 'metrics', partition, offset: from + i }
      const state = evaluateNode(
        before ?? emptySeries,
        { nodeId, nodeName: '', metric: wholeNode },
        { at, position },
      )[0]
      const { resumedAt: _, ...rest } = state
      this.times.set(key, rest)
      return aPartSample(sent)
    })
    this.#offsets[partition] = from + records.length
    return aPartBatch(samples, { partition, from }, this.#directory)
  }

  /** The clock of a node was set back: states of its parts as the evaluation gives them. */
  setBack(nodeId: string): BatchWrite['series'] {
    const position = { topic: 'metrics', partition: 0, offset: this.#offsets[0] ?? 0 }
    const ofNode = [...this.times.keys()].filter((key) => key.startsWith(`${nodeId} `))
    const rows = ofNode.map((key, i) => {
      const state: SeriesState = { ...emptySeries, last: { at: startAt - 1e6 - i, position }, steps: [1000 + i] }
      this.times.set(key, state)
      this.evaluated.add(key)
      return { nodeId, part: key.slice(nodeId.length + 1), metric: wholeNode, state }
    })
    const [first] = rows
    return first ? [...rows, { nodeId, metric: wholeNode, state: first.state }] : []
  }

  /** The states that are not stored yet. */
  evaluate(): BatchWrite['series'] {
    const added = [...this.times].filter(([key]) => !this.evaluated.has(key))
    for (const [key] of added) this.evaluated.add(key)
    return added.map(([key, state]) => {
      const [nodeId = '', part = ''] = key.split(' ')
      return { nodeId, part, metric: wholeNode, state }
    })
  }

  #row({ node, part, names: sent, value: first }: Drawn, at: number) {
    const values = sent.map((_, i) => first / (i + 1))
    if (sent.length > 0) {
      const key = `node-${node} ${part} ${at}`
      const row = this.rows.get(key) ?? new Map<string, number>()
      sent.forEach((name, i) => row.set(name, defined(values[i])))
      this.rows.set(key, row)
    }
    return { names: sent, values }
  }

  #raw({ node, part, counters: sent, raw: first }: Drawn, partition: number, at: number) {
    const key = `${partition} node-${node} ${part}`
    const known = this.counters.get(key) ?? new Map<string, CounterValue>()
    if (sent.length > 0) this.counters.set(key, known)
    const values = sent.map((_, i) => first - i)
    sent.forEach((name, i) => known.set(name, nextCounter(known.get(name), defined(values[i]), at)))
    return { counters: sent, raw: values }
  }
}

function storedRows(dir: string, store: ConsoleStore): Map<string, Row> {
  const found = new Map<string, Row>()
  const reader = ReadStore.open(dir)
  const metrics = reader.metrics()
  const add = (key: string, name: string, one: number): void => {
    if (Number.isNaN(one)) return
    found.set(key, (found.get(key) ?? new Map<string, number>()).set(name, one))
  }
  for (const { id } of reader.nodes().filter(({ id: node }) => node !== 'other')) {
    for (const part of reader.parts(id)) {
      const chunks = [...reader.chunks(part, { from: 0, to: 8e15 })].sort((a, b) => a.header.ordinal - b.header.ordinal)
      for (const chunk of chunks) {
        for (const { no, name } of metrics) {
          chunk.values(no)?.forEach((one, i) => add(`${id} ${part.part} ${chunk.at[i] ?? NaN}`, name, one))
        }
      }
      const head = defined(store.samples.head(id, part.part))
      head.at.forEach((at, i) => {
        const key = `${id} ${part.part} ${at}`
        head.metrics.forEach((name, m) => add(key, name, defined(head.values[i * head.metrics.length + m])))
      })
    }
  }
  reader.close()
  return found
}

it('stores the rows of every part, the raw values of counters and the times of parts, whatever fails or is killed', () => {
  fc.assert(
    fc.property(batches, (given) => {
      const folders = [aFolder()]
      const limits = { rows: 10, bytes: 5_000 }
      let dir = defined(folders[0]).dir
      let { store } = ConsoleStore.open(dir, startAt, limits)
      const model = new Model()
      let others = 0
      store.commitBatch(aBatchWrite({ positions: [aPosition(9, 'other')] }))
      for (const { partitions, fails, restart, others: more, evaluates, setsBack } of given) {
        const samples = partitions.map((records, partition) => model.add(partition, records))
        // A record sets the clock back.
        const hasRecord = partitions.some((records) => records.some(({ node }) => node === setsBack))
        const back = hasRecord ? model.setBack(`node-${setsBack}`) : []
        const series = [...back, ...(evaluates ? model.evaluate() : [])]
        const write = aBatchWrite({ samples, series, setBack: back.length > 0 ? [`node-${setsBack}`] : [] })
        if (fails) {
          expect(() => store.commitBatch({ ...write, positions: [aPosition(1, 'other')] })).toThrow('go back')
          store.discardUnsaved()
        }
        store.commitBatch(write)
        // Batches without these parts: the journal is cut past their records.
        for (let i = 0; i < more; i++) {
          store.commitBatch(aBatchWrite({ samples: [aSample({ nodeId: 'other', at: startAt + others++ })] }))
        }
        if (restart === 'none') continue
        if (restart === 'close') store.close()
        else {
          const copy = aFolder()
          folders.push(copy)
          cpSync(dir, copy.dir, { recursive: true })
          store.close()
          dir = copy.dir
        }
        store = ConsoleStore.open(dir, startAt, limits).store
      }
      const found = storedRows(dir, store)
      const rates = store.counterRows().map(({ partition, nodeId, part, values }) => {
        return [`${partition} ${nodeId} ${part}`, values] as const
      })
      const times = store.samples.series().flatMap(({ nodeId, part, state }) => {
        return part === undefined ? [] : [[`${nodeId} ${part}`, state] as const]
      })
      store.close()
      for (const folder of folders) folder.dispose()
      expect(found).toEqual(model.rows)
      expect(new Map(rates)).toEqual(model.counters)
      const evaluated = [...model.times].filter(([key]) => model.evaluated.has(key))
      expect(new Map(times)).toEqual(new Map(evaluated))
    }),
    { numRuns: 60 },
  )
}, 60_000)
