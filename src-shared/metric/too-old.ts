import { dayMs } from '../format/time-units.ts'
import { formatDateTime } from '../format/time.ts'
import type { RejectedRecord } from './read-position.ts'
import { columnsWhere, type NodeKey, type SampleBatch, type SampleColumns } from './sample-columns.ts'

/** Records that the operator sees of one batch. Others are only counted: a backlog can be all too old. */
const listedAtMost = 100

export interface KeptSamples {
  readonly columns: SampleColumns
  /** One for each record. */
  readonly rejects: readonly RejectedRecord[]
  /** How many samples are too old. */
  readonly count: number
}

/**
 * Leaves out samples that the retention would delete at once. They make no node and no newest value, because nothing
 * would be there to show.
 * @param days the retention
 * @param now epoch ms
 */
export function withoutTooOld({ topic, partition, columns }: SampleBatch, days: number, now: number): KeptSamples {
  const oldest = now - days * dayMs
  const isKept = (i: number): boolean => (columns.at[i] as number) >= oldest
  const old: number[] = []
  for (let i = 0; i < columns.count; i++) if (!isKept(i)) old.push(i)
  if (old.length === 0) return { columns, rejects: [], count: 0 }
  // Samples of one record are side by side.
  const records = old.filter((i, n) => n === 0 || columns.offset[i] !== columns.offset[old[n - 1] as number])
  const rejects = records.slice(0, listedAtMost).map((i, n): RejectedRecord => {
    const position = { topic, partition, offset: columns.offset[i] as number }
    const { id } = columns.directory.nodes[columns.node[i] as number] as NodeKey
    const unlisted = records.length - listedAtMost
    const rest = n === listedAtMost - 1 && unlisted > 0 ? `; and ${unlisted} more like it` : ''
    const got = formatDateTime(columns.at[i] as number, 0)
    const reason = `timestamp: expected at most ${days} days ago, as long as values are kept, got ${got} UTC from ${id}${rest}`
    return {
      position,
      at: columns.recordedAt[i] as number,
      reject: { code: 'too-old', reason },
      head: new Uint8Array(0),
    }
  })
  return { columns: columnsWhere(columns, isKept), rejects, count: old.length }
}
