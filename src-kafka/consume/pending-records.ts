import { sliceRun, trimRun } from '../records/slice-run.ts'
import type { RecordRun } from '../records/record-run.ts'
import type { StoreResult } from '../stream.ts'
import type { RecordPiece, UnreadableOffsets } from '../wire/record-batches.ts'
import type { PartitionState } from './partition-state.ts'

/** What is queued belongs to a partition as it was then: `generation`. */
interface OfPartition {
  readonly state: PartitionState
  readonly generation: number
}

/** What one fetch brought of a partition. */
export interface FetchedPieces extends OfPartition {
  readonly pieces: readonly RecordPiece[]
  /** Offset to continue from. */
  readonly next: number
  /** End of what can be read. */
  readonly end: number
  /** Memory that it holds. */
  readonly bytes: number
}

/** A call that stores something else of a partition, in its turn. */
export interface PendingTask extends OfPartition {
  readonly task: () => StoreResult
}

/** Records of one partition for one call. `next`: its position afterwards. */
export interface PartOfSlice extends OfPartition {
  readonly runs: RecordRun[]
  next: number
  end: number
}

/** What is stored by one call. */
export type Slice =
  | { readonly kind: 'batches'; readonly parts: readonly PartOfSlice[] }
  | { readonly kind: 'unreadable'; readonly part: OfPartition; readonly offsets: UnreadableOffsets }
  | { readonly kind: 'task'; readonly part: OfPartition; readonly task: PendingTask['task'] }

interface PendingPieces extends FetchedPieces {
  /** Index of the first piece that is not taken. */
  at: number
  /** What is left of that piece. */
  rest: RecordRun | undefined
}

export interface PendingRecordsDeps {
  /** Whether what was queued of a partition still counts. */
  readonly isCurrent: (state: PartitionState, generation: number) => boolean
  /** Stored position of a partition: earlier records are left out. */
  readonly position: (state: PartitionState) => number
}

/** What was fetched and is not stored yet, in the order of arrival. It is taken in slices of many partitions. */
export class PendingRecords {
  readonly #deps: PendingRecordsDeps
  readonly #queue: Array<PendingPieces | PendingTask> = []
  #bytes = 0
  /** The part of it that was taken and may not be stored yet. */
  #takenBytes = 0

  constructor(deps: PendingRecordsDeps) {
    this.#deps = deps
  }

  /** Memory of what waits, and of the slice that was taken last. */
  get bytes(): number {
    return this.#bytes
  }

  add(fetched: FetchedPieces): void {
    this.#bytes += fetched.bytes
    this.#queue.push({ ...fetched, at: 0, rest: undefined })
  }

  addTask(task: PendingTask): void {
    this.#queue.push(task)
  }

  clear(): void {
    this.#queue.length = 0
    this.#bytes = 0
    this.#takenBytes = 0
  }

  /** The slice that was taken last is stored. */
  stored(): void {
    this.#bytes -= this.#takenBytes
    this.#takenBytes = 0
  }

  /**
   * The next slice; `undefined` if nothing waits.
   * @param records at most so many
   */
  take(records: number): Slice | undefined {
    const parts = new Map<string, PartOfSlice>()
    let room = records
    for (let head = this.#head(); head !== undefined && room > 0; head = this.#head()) {
      const alone = aloneIn(head)
      if (alone && parts.size > 0) break
      if (alone) {
        if ('task' in head) this.#drop()
        else head.at++
        return alone
      }
      room -= this.#takeRun(head as PendingPieces, parts, room)
    }
    return parts.size === 0 ? undefined : { kind: 'batches', parts: [...parts.values()] }
  }

  /** Takes records of the first piece. @returns their number */
  #takeRun(head: PendingPieces, parts: Map<string, PartOfSlice>, room: number): number {
    const from = this.#deps.position(head.state)
    const run = runOf(head, from)
    const taken = run && sliceRun(run, 0, Math.min(run.count, room))
    const count = taken?.count ?? 0
    if (run && count < run.count) head.rest = sliceRun(run, count, run.count)
    else advance(head)
    const isLast = head.at >= head.pieces.length
    if (isLast) this.#drop()
    const next = isLast ? head.next : offsetAfter(taken)
    if (next <= from) return count
    const part = partOf(parts, head)
    if (taken && count > 0) part.runs.push(taken)
    part.next = Math.max(part.next, next)
    part.end = head.end
    return count
  }

  /** The oldest that counts. */
  #head(): PendingPieces | PendingTask | undefined {
    for (;;) {
      const head = this.#queue[0]
      if (head === undefined || this.#deps.isCurrent(head.state, head.generation)) return head
      this.#drop()
    }
  }

  #drop(): void {
    const head = this.#queue.shift()
    if (head && 'bytes' in head) this.#takenBytes += head.bytes
  }
}

/** What goes into a call of its own. */
function aloneIn(head: PendingPieces | PendingTask): Slice | undefined {
  if ('task' in head) return { kind: 'task', part: head, task: head.task }
  const piece = head.pieces[head.at]
  return piece?.kind === 'unreadable' ? { kind: 'unreadable', part: head, offsets: piece } : undefined
}

/** The records of the first piece that are not stored; `undefined` if only markers or aborted records came. */
function runOf({ pieces, at, rest }: PendingPieces, from: number): RecordRun | undefined {
  const piece = pieces[at]
  return piece?.kind === 'records' ? trimRun(rest ?? piece.run, from) : undefined
}

function offsetAfter(run: RecordRun | undefined): number {
  return (run?.offsets[run.count - 1] ?? -1) + 1
}

function advance(head: PendingPieces): void {
  head.at++
  head.rest = undefined
}

function partOf(parts: Map<string, PartOfSlice>, { state, generation, end }: PendingPieces): PartOfSlice {
  const part = parts.get(state.key) ?? { state, generation, runs: [], next: 0, end }
  parts.set(state.key, part)
  return part
}
