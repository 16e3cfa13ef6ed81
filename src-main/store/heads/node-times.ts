import type { Anchor } from '#shared/alert/series.ts'
import { isBefore } from '#shared/evaluation/node-series.ts'
import { stepsKept } from '#shared/evaluation/observed-interval.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { TopicPartition } from '#shared/metric/topic-partition.ts'

/** Numbers of `wholeNode` in the table of series, for a node and for a part of it; metrics count from 1. */
export const wholeNodeNo = 0
export const wholePartNo = 2 ** 32 - 1

/** Records that give all steps. */
const recordsKept = stepsKept + 1

/**
 * Newest record of one node, or of a part of it, and the newest steps between its event times. Both follow from the records of the journal,
 * from the last row in the table on. A record that is not newer changes nothing, so replaying more records than needed
 * gives the same.
 */
export class NodeTimes {
  #at = -Infinity
  #offset = 0
  #partition: TopicPartition = { topic: '', partition: 0 }
  readonly #steps = new Float64Array(stepsKept)
  #stepCount = 0
  /** Journal batches of the newest records. */
  readonly #seqs = new Float64Array(recordsKept)
  #recordCount = 0
  /** Batch of the first record that the table does not have; Infinity: it has all. */
  #unsavedFrom = Infinity
  /** The row in the table. Where a replay passes its record, its steps are right. */
  #row: Pick<SeriesState, 'last' | 'steps'> = { last: null }

  get at(): number {
    return this.#at
  }

  /** The row of the table, at start. */
  restore(row: SeriesState): void {
    this.#row = row
    this.#set(row.last, row.steps)
  }

  /** A state that no row has yet. */
  begin(last: Anchor | null): void {
    if (last !== null && last.at > this.#at) this.#set(last, [])
    this.#unsavedFrom = 0
  }

  /** The clock of the node was set back to this record. `steps`: absent in a replay. */
  setBack(last: Anchor | null, steps?: readonly number[]): void {
    this.#set(last, steps ?? (isSame(this.#row.last, last) ? this.#row.steps : []))
  }

  /** A record of journal batch `seq`. */
  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  note(at: number, offset: number, partition: TopicPartition, seq: number): void {
    const stepMs = at - this.#at
    if (stepMs < 0 || (stepMs === 0 && this.#isBefore(offset, partition))) return
    if (stepMs > 0) {
      if (stepMs !== Infinity) this.#steps[this.#stepCount++ % stepsKept] = stepMs
      this.#seqs[this.#recordCount++ % recordsKept] = seq
    }
    this.#at = at
    this.#offset = offset
    this.#partition = partition
    if (seq < this.#unsavedFrom) this.#unsavedFrom = seq
    const { last, steps } = this.#row
    if (last !== null && at === last.at && offset === last.position.offset) this.#setSteps(steps)
  }

  /** `state` with the newest record, unless it has a newer one. */
  applyTo(state: SeriesState): SeriesState {
    if (state.last !== null && state.last.at > this.#at) return state
    const { steps: _, ...rest } = state
    const steps = this.steps()
    const last =
      this.#at === -Infinity ? state.last : { at: this.#at, position: { ...this.#partition, offset: this.#offset } }
    return steps.length === 0 ? { ...rest, last } : { ...rest, last, steps }
  }

  /** Whether records before batch `cut` are in no row, and the records from it on do not give all steps. */
  isLostBefore(cut: number): boolean {
    if (this.#unsavedFrom >= cut) return false
    const oldest = this.#recordCount < recordsKept ? 0 : (this.#seqs[this.#recordCount % recordsKept] as number)
    return oldest < cut
  }

  saved(): void {
    this.#unsavedFrom = Infinity
  }

  /** The newest steps, oldest first. */
  steps(): number[] {
    const kept = Math.min(this.#stepCount, stepsKept)
    return Array.from({ length: kept }, (_, i) => this.#steps[(this.#stepCount - kept + i) % stepsKept] as number)
  }

  /** Whether a record is before the newest one, of those with its time. As `isNewer` of the evaluation. */
  #isBefore(offset: number, partition: TopicPartition): boolean {
    if (partition === this.#partition) return offset < this.#offset
    return isBefore({ ...partition, offset }, { ...this.#partition, offset: this.#offset })
  }

  #set(last: Anchor | null, steps: readonly number[] | undefined): void {
    this.#at = last?.at ?? -Infinity
    if (last !== null) {
      const { topic, partition, offset } = last.position
      this.#offset = offset
      this.#partition = { topic, partition }
    }
    this.#setSteps(steps)
  }

  #setSteps(steps: readonly number[] = []): void {
    this.#steps.set(steps)
    this.#stepCount = steps.length
  }
}

function isSame(a: Anchor | null, b: Anchor | null): boolean {
  return a?.at === b?.at && a?.position.offset === b?.position.offset
}
