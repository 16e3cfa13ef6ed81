import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Sample } from '#shared/metric/sample.ts'
import { ConsoleStore } from './console-store.ts'
import { ReadStore } from './read-store.ts'
import { aBatchWrite, aFolder, startAt, defined } from './store-builders.ts'

const names = ['cpu_usage', 'memory_usage', 'temp']
const sample = fc
  .record({
    node: fc.nat(3),
    step: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 2000 }) }, fc.integer({ min: -2e8, max: 2e8 })),
    metrics: fc.subarray(names, { minLength: 1 }),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
  })
  .map(({ node, step, metrics, value }): Sample => ({
    nodeId: `node-${node}`,
    nodeName: `Node ${node}`,
    at: startAt + step,
    names: metrics,
    values: metrics.map((_, m) => value / (m + 1)),
  }))
const batches = fc.array(fc.record({ samples: fc.array(sample, { maxLength: 400 }), restart: fc.boolean() }), {
  maxLength: 12,
})

type Row = ReadonlyMap<string, number>

/** By node and time: of each metric the newest value. */
class Rows {
  readonly found = new Map<string, Map<string, number>>()

  /** A later record; NaN is no value. */
  add(nodeId: string, at: number, values: ReadonlyArray<readonly [string, number]>): void {
    const row = this.found.get(`${nodeId} ${at}`) ?? new Map<string, number>()
    for (const [name, value] of values) if (!Number.isNaN(value)) row.set(name, value)
    this.found.set(`${nodeId} ${at}`, row)
  }
}

/** What the chunks and heads have, in order of arrival. */
function storedRows(dir: string, store: ConsoleStore): ReadonlyMap<string, Row> {
  const rows = new Rows()
  const reader = ReadStore.open(dir)
  const metrics = reader.metrics()
  for (const { id } of store.samples.latest()) {
    const node = defined(reader.parts(id)[0])
    const chunks = [...reader.chunks(node, { from: 0, to: 8e15 })].sort((a, b) => a.header.ordinal - b.header.ordinal)
    for (const chunk of chunks) {
      expect(new Set(chunk.at).size).toBe(chunk.at.length)
      const columns = metrics.map(({ no, name }) => [name, chunk.values(no)] as const)
      chunk.at.forEach((at, i) =>
        rows.add(
          id,
          at,
          columns.map(([name, column]) => [name, column?.[i] ?? NaN]),
        ),
      )
    }
    const head = defined(store.samples.head(id))
    const width = head.metrics.length
    expect(new Set(head.at).size).toBe(head.at.length)
    head.at.forEach((at, i) =>
      rows.add(
        id,
        at,
        head.metrics.map((name, m) => [name, defined(head.values[i * width + m])]),
      ),
    )
  }
  reader.close()
  return rows.found
}

it('stores every record, the newest of each time, for any batch sizes and any restarts', () => {
  fc.assert(
    fc.property(batches, (given) => {
      const folder = aFolder()
      const limits = { rows: 40, bytes: 20_000 }
      let { store } = ConsoleStore.open(folder.dir, startAt, limits)
      const expected = new Rows()
      for (const { samples, restart } of given) {
        store.commitBatch(aBatchWrite({ samples }))
        for (const { nodeId, at, names: sent, values } of samples) {
          expected.add(
            nodeId,
            at,
            sent.map((name, i) => [name, defined(values[i])]),
          )
        }
        if (!restart) continue
        store.close()
        store = ConsoleStore.open(folder.dir, startAt, limits).store
      }
      const found = storedRows(folder.dir, store)
      store.close()
      folder.dispose()
      expect(found).toEqual(expected.found)
    }),
    { numRuns: 40 },
  )
})
