import type { Batch } from 'kafkajs'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import { fingerprintOf } from '../records/decode-batch.ts'
import { toRawRecord } from './batch-slices.ts'
import { compareLog, type Fingerprint, gapReasons, type LogRange, planResume, type RecordLoss } from './resume-plan.ts'

/** kafkajs sets `fetchedOffset` on every batch, but its types lack it. */
export type FetchedBatch = Batch & { readonly fetchedOffset: string }

/** How far a partition is read. */
export interface ReadState {
  /** Offset that kafkajs fetches next. */
  readonly fetchOffset: number
  /** The record at `fetchOffset` was stored already and must be this one. */
  readonly expectedRecord: Fingerprint | undefined
  /** `undefined` before the first record is stored. Nothing can be lost then. */
  readonly stored: ReadPosition | undefined
}

/** `first`: index of the first record to store. `lossIn`: what is lost, if this is the log range. */
export type FetchCheck =
  | { readonly kind: 'store'; readonly first: number }
  | { readonly kind: 'jumped-back'; readonly to: number }
  | {
      readonly kind: 'suspected-loss'
      readonly stored: ReadPosition
      readonly lossIn: (range: LogRange) => RecordLoss | undefined
    }

/**
 * Compares the beginning of a batch with the position.
 *
 * | the fetch began                | first record        | action                            |
 * |--------------------------------|---------------------|-----------------------------------|
 * | before the offset we asked for |                     | end the session                   |
 * | after the next offset to store |                     | suspected loss: ask the broker    |
 * | at the offset we asked for     | the one stored last | skip it                           |
 * | at the offset we asked for     | another record      | suspected new log: ask the broker |
 * | at the offset we asked for     | gone (compaction)   | no evidence: store the batch      |
 *
 * A hole after the offset we asked for is legal (compaction, transaction markers): the broker knew that offset. A fetch
 * from another offset means that kafkajs reset it after "offset out of range".
 */
export function checkFetch({ fetchOffset, expectedRecord, stored }: ReadState, batch: FetchedBatch): FetchCheck {
  const fetched = Number(batch.fetchedOffset)
  const next = expectedRecord ? fetchOffset + 1 : fetchOffset
  if (fetched < fetchOffset) return { kind: 'jumped-back', to: fetched }
  if (fetched > next && stored) {
    return { kind: 'suspected-loss', stored, lossIn: (range) => planResume({ ...stored, next }, range).loss }
  }
  const verdict = expectedRecord && fetched === fetchOffset ? verdictOn(fetchOffset, expectedRecord, batch) : 'gone'
  if (verdict !== 'another' || !stored) return { kind: 'store', first: verdict === 'same' ? 1 : 0 }
  return { kind: 'suspected-loss', stored, lossIn: () => ({ from: next, to: next, reason: gapReasons.anotherLog }) }
}

/** Whether the batch begins with the record that was stored last. */
function verdictOn(fetchOffset: number, expectedRecord: Fingerprint, batch: Batch): ReturnType<typeof compareLog> {
  const message = batch.messages[0]
  if (!message) return 'gone'
  return compareLog(expectedRecord, fetchOffset, {
    offset: Number(message.offset),
    fingerprint: () => fingerprintOf(toRawRecord(message)),
  })
}
