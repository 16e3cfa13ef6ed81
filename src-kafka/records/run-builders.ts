import type { RawBatch, RawRecord } from '../stream.ts'
import { runOf } from './run-of.ts'

/** For tests: the records as a reader gives them. */
export { runOf as aRun }

interface BatchOfRecords extends Partial<Pick<RawBatch, 'partition' | 'next' | 'end'>> {
  readonly topic: string
  readonly records: readonly RawRecord[]
}

/** One fetch of a partition. By default of partition 0, and to the end of the log. For tests. */
export function aRawBatch({ topic, partition = 0, records, next, end }: BatchOfRecords): RawBatch {
  const after = next ?? (records.at(-1)?.offset ?? -1) + 1
  return { topic, partition, runs: records.length > 0 ? [runOf(records)] : [], next: after, end: end ?? after }
}
