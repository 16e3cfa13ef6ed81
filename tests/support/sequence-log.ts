import { ConsoleStore } from '../../src-main/store/console-store.ts'
import { ReadStore } from '../../src-main/store/read-store.ts'
import { storedRows } from '../../src-main/store/test-cache.ts'
import type { FlowOptions } from './java-client.ts'

type Sequence = Pick<FlowOptions, 'topic' | 'partitions' | 'perSecond'> & { readonly nodes: number }

/** A flow of messages whose only value is their number in their partition. */
export function sequenceFlow(sequence: Sequence): FlowOptions {
  const value =
    '{"node_id": "{partition}-{node}", "node_name": "S", "timestamp": "{time}", "metrics": {"queue_depth": {seq}}}'
  return { ...sequence, value }
}

export interface SequenceCheck {
  readonly lost: number
  readonly doubled: number
  readonly rejects: number
  readonly gaps: number
  /** Position of each partition. */
  readonly positions: readonly number[]
}

/**
 * Compares the cache with what was sent. No process may have it open.
 * @param sent number of messages of each partition
 */
export function checkSequence(dataDir: string, { topic, nodes }: Sequence, sent: readonly number[]): SequenceCheck {
  const { store } = ConsoleStore.open(dataDir, Date.now())
  const reader = ReadStore.open(dataDir)
  let lost = 0
  let doubled = 0
  sent.forEach((count, partition) => {
    const times = new Uint8Array(count)
    for (let node = 0; node < Math.min(nodes, count); node++) {
      if (store.samples.head(`${partition}-${node}`) === null) continue
      for (const [, seq] of storedRows({ reader, store }, `${partition}-${node}`)) times[seq] = (times[seq] ?? 0) + 1
    }
    lost += times.filter((n) => n === 0).length
    doubled += times.filter((n) => n > 1).length
  })
  const positions = sent.map((_, partition) => store.position(topic, partition)?.next ?? 0)
  const { rejects, gaps } = { rejects: store.rejectedRecords(10).length, gaps: store.gaps(10).length }
  reader.close()
  store.close()
  return { lost, doubled, rejects, gaps, positions }
}
