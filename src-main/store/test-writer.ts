import { ConsoleStore } from './console-store.ts'
import { StorageError } from './errors.ts'
import type { BatchWrite } from './batch-write.ts'
import { aBatchWrite, aPosition, aSample, aSampleBatch, aState, anAnchor, startAt, defined } from './store-builders.ts'

/**
 * A process that commits batches until it is killed or the disk refuses. Record k has node k % 10, time `startAt` + k
 * and value k. It resumes from the stored position, as the console does. Once it has written 200 records, it says so.
 */
const batchSize = 50
const begunAfter = 200
const topic = 'metrics-all'

function newSeries(k: number): BatchWrite['series'][number] {
  return { nodeId: `node-${k % 10}`, metric: 'cpu_usage', state: aState({ last: anAnchor(k, topic) }) }
}

const { store } = ConsoleStore.open(defined(process.argv[2]), startAt)

const first = store.position(topic, 0)?.next ?? 0
let next = first
try {
  for (;;) {
    const offsets = Array.from({ length: batchSize }, (_, i) => next + i)
    next += batchSize
    store.commitBatch(
      aBatchWrite({
        samples: [
          aSampleBatch(
            offsets.map((k) => aSample({ nodeId: `node-${k % 10}`, at: startAt + k, values: [k] })),
            { from: offsets[0], topic },
          ),
        ],
        // Later batches change nothing but the newest times, which follow from the samples.
        series: offsets[0] === 0 ? offsets.slice(-10).map(newSeries) : [],
        positions: [aPosition(next, topic)],
      }),
    )
    if (next === first + begunAfter) process.stdout.write('writing\n')
  }
} catch (error) {
  if (!(error instanceof StorageError)) throw error
  const inMemory =
    store.samples.latest().length === 0
      ? -1
      : Math.max(...store.samples.latest().map(({ values }) => defined(values[0])))
  process.stdout.write(`${error.kind} ${inMemory + 1} ${store.position(topic, 0)?.next ?? 0}\n`)
}
