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

/** A sample as text, with exact values. */
function lineOf(nodeId: string, at: number, values: ReadonlyArray<readonly [string, number]>): string {
  const present = values.filter(([, value]) => !Number.isNaN(value)).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${nodeId} ${at} ${present.map(([name, value]) => `${name}=${Object.is(value, -0) ? '-0' : value}`).join(' ')}`
}

function countOf(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}

function storedLines(dir: string, store: ConsoleStore): string[] {
  const lines: string[] = []
  const reader = ReadStore.open(dir)
  const metrics = reader.metrics()
  for (const { id } of store.samples.latest()) {
    const node = defined(reader.node(id))
    for (const chunk of reader.chunks(node, { from: 0, to: 8e15 })) {
      const columns = metrics.map(({ no, name }) => [name, chunk.values(no)] as const)
      chunk.at.forEach((at, i) =>
        lines.push(
          lineOf(
            id,
            at,
            columns.map(([name, column]) => [name, column?.[i] ?? NaN]),
          ),
        ),
      )
    }
    const head = defined(store.samples.head(id))
    const width = head.metrics.length
    head.at.forEach((at, i) =>
      lines.push(
        lineOf(
          id,
          at,
          head.metrics.map((name, m) => [name, defined(head.values[i * width + m])]),
        ),
      ),
    )
  }
  reader.close()
  return lines.sort()
}

it('stores every record once, for any batch sizes and any restarts', () => {
  fc.assert(
    fc.property(batches, (given) => {
      const folder = aFolder()
      const limits = { rows: 40, bytes: 20_000 }
      let { store } = ConsoleStore.open(folder.dir, startAt, limits)
      for (const { samples, restart } of given) {
        store.commitBatch(aBatchWrite({ samples }))
        if (!restart) continue
        store.close()
        store = ConsoleStore.open(folder.dir, startAt, limits).store
      }
      const all = given.flatMap(({ samples }) => samples)
      const lines = all.map(({ nodeId, at, names, values }) =>
        lineOf(
          nodeId,
          at,
          names.map((name, i) => [name, defined(values[i])]),
        ),
      )
      const found = storedLines(folder.dir, store)
      store.close()
      folder.dispose()
      expect(new Set(found)).toEqual(new Set(lines))
      // A late repeat may be stored or dropped. A record sent once is stored once.
      const sent = countOf(lines)
      const kept = countOf(found)
      expect([...kept].filter(([line, count]) => count > 1 && sent.get(line) === 1)).toEqual([])
    }),
    { numRuns: 40 },
  )
})
