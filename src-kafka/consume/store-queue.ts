import { setImmediate as nextTurn } from 'node:timers/promises'
import { withTimeout } from '../client/waiting.ts'
import { sliceRun, trimRun } from '../records/slice-run.ts'
import type { RecordRun } from '../records/record-run.ts'
import type { RawBatch, StoreResult, StreamHandlers } from '../stream.ts'
import type { RecordPiece, UnreadableOffsets } from '../wire/record-batches.ts'
import { startAfter } from './resume-plan.ts'
import type { PartitionState } from './partition-state.ts'
import type { StoragePause } from './storage-pause.ts'

/** Storing that takes longer hangs. */
const hangsAfterMs = 60_000
/** Work between two turns of the event loop, so that other calls of the thread are answered. */
const turnMs = 8

/** What one fetch brought of a partition. */
export interface FetchedPieces {
  readonly state: PartitionState
  /** Of the partition, when it was fetched. */
  readonly generation: number
  readonly pieces: readonly RecordPiece[]
  readonly next: number
  readonly end: number
  /** Memory that it holds. */
  readonly bytes: number
}

interface QueuedPieces extends FetchedPieces {
  /** Index of the first piece that is not stored. */
  at: number
  /** What is left of that piece. */
  rest: RecordRun | undefined
}

type Queued = QueuedPieces | { readonly state: PartitionState; readonly generation: number; readonly task: Task }

/** A call that stores something else of a partition, in its turn. */
type Task = () => StoreResult

interface PartOfSlice {
  readonly state: PartitionState
  readonly generation: number
  readonly runs: RecordRun[]
  next: number
  end: number
}

type Slice =
  | { readonly kind: 'batches'; readonly parts: readonly PartOfSlice[] }
  | { readonly kind: 'unreadable'; readonly part: Queued; readonly offsets: UnreadableOffsets }
  | { readonly kind: 'task'; readonly part: Queued; readonly task: Task }

export interface StoreQueueDeps {
  readonly handlers: Pick<StreamHandlers, 'batches' | 'unreadable' | 'position'>
  readonly storage: StoragePause
  /** Records stored in one call. */
  readonly sliceRecords: number
  /** Above this, nothing more should be fetched. */
  readonly maxBytes: number
  /** Whether this reader still has the partition, and what was fetched counts. */
  readonly isCurrent: (state: PartitionState, generation: number) => boolean
  /** Something of the partition was stored. */
  readonly stored: (state: PartitionState) => void
  readonly endSession: (error: Error) => void
}

/**
 * Stores what was fetched, in the order of each partition. One call stores the records of many partitions, up to
 * `sliceRecords`. **Invariant**: one call at a time, so the position of a partition is known before its next records are
 * handed over.
 */
export class StoreQueue {
  readonly #deps: StoreQueueDeps
  readonly #queue: Queued[] = []
  /** Of what waits and what is being stored. */
  #bytes = 0
  /** The part of it that is being stored. */
  #takenBytes = 0
  #working: Promise<void> | undefined
  #waiting: Array<() => void> = []
  #isStopped = false
  /** Time of this process spent in the calls, in ms. */
  busyMs = 0

  constructor(deps: StoreQueueDeps) {
    this.#deps = deps
  }

  add(fetched: FetchedPieces): void {
    this.#bytes += fetched.bytes
    this.#push({ ...fetched, at: 0, rest: undefined })
  }

  /** Runs it after everything that was fetched before. */
  run(state: PartitionState, task: Task): void {
    this.#push({ state, generation: state.generation, task })
  }

  /** Resolves when less than `maxBytes` wait or are being stored. */
  room(): Promise<void> | undefined {
    if (this.#bytes < this.#deps.maxBytes || this.#isStopped) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Drops what waits: it is fetched again. */
  clear(): void {
    this.#queue.length = 0
    this.#bytes = 0
    this.#takenBytes = 0
    this.#release()
  }

  /** Drops what waits. @returns when nothing is being stored */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.clear()
    await this.#working
  }

  #push(queued: Queued): void {
    if (this.#isStopped) return
    this.#queue.push(queued)
    this.#working ??= this.#work().finally(() => (this.#working = undefined))
  }

  async #work(): Promise<void> {
    await nextTurn() // the partitions of a response arrive one after another
    let turnAt = performance.now()
    for (let slice = this.#take(); slice !== undefined; slice = this.#take()) {
      const startedAt = performance.now()
      const isStored = this.#attempt(slice)
      this.busyMs += performance.now() - startedAt
      if (!(await this.#isDone(isStored))) return
      this.#bytes -= this.#takenBytes
      this.#takenBytes = 0
      this.#release()
      for (const { state, generation } of partsOf(slice)) {
        if (this.#deps.isCurrent(state, generation)) this.#deps.stored(state)
      }
      if (performance.now() - turnAt < turnMs) continue
      await nextTurn()
      turnAt = performance.now()
    }
  }

  async #isDone(isStored: boolean | Promise<boolean> | Error): Promise<boolean> {
    try {
      if (isStored instanceof Error) throw isStored
      if (typeof isStored === 'boolean') return isStored
      return await withTimeout(hangsAfterMs, 'storing', isStored)
    } catch (error) {
      this.clear()
      this.#deps.endSession(error instanceof Error ? error : new Error(String(error)))
      return false
    }
  }

  #attempt(slice: Slice): boolean | Promise<boolean> | Error {
    try {
      return this.#deps.storage.store(() => this.#store(slice))
    } catch (error) {
      return error as Error
    }
  }

  #store(slice: Slice): StoreResult {
    const { handlers } = this.#deps
    if (slice.kind === 'task') return slice.task()
    if (slice.kind === 'batches') {
      return handlers.batches(
        slice.parts.map(({ state: { topic, partition }, runs, next, end }): RawBatch => ({
          topic,
          partition,
          runs,
          next,
          end,
        })),
      )
    }
    const { topic, partition } = slice.part.state
    const { firstOffset, lastOffset, count, reason } = slice.offsets
    const records = count === 1 ? 'A batch of one message' : `A batch of ${count} messages (to offset ${lastOffset})`
    const resumeFrom = startAfter({ topic, partition }, lastOffset + 1, handlers.position(topic, partition))
    const position = { topic, partition, offset: firstOffset }
    return handlers.unreadable({ position, reason: `${records} cannot be read: ${reason}.`, resumeFrom })
  }

  /** The next slice; `undefined` if nothing waits. */
  #take(): Slice | undefined {
    const parts = new Map<string, PartOfSlice>()
    let room = this.#deps.sliceRecords
    for (let head = this.#head(); head !== undefined && room > 0; head = this.#head()) {
      if ('task' in head) {
        if (parts.size > 0) break
        this.#queue.shift()
        return { kind: 'task', part: head, task: head.task }
      }
      const piece = head.pieces[head.at]
      if (piece?.kind === 'unreadable') {
        if (parts.size > 0) break
        head.at++
        return { kind: 'unreadable', part: head, offsets: piece }
      }
      room -= this.#takeRecords(head, parts, room)
    }
    return parts.size === 0 ? undefined : { kind: 'batches', parts: [...parts.values()] }
  }

  /** @returns records taken */
  #takeRecords(head: QueuedPieces, parts: Map<string, PartOfSlice>, room: number): number {
    const { state, generation, end } = head
    const from = this.#deps.handlers.position(state.topic, state.partition)?.next ?? 0
    const piece = head.pieces[head.at]
    const run = piece?.kind === 'records' ? trimRun(head.rest ?? piece.run, from) : undefined
    const taken = run && sliceRun(run, 0, Math.min(run.count, room))
    const isWhole = taken === undefined || taken.count === run?.count
    head.rest = isWhole ? undefined : run && sliceRun(run, taken.count, run.count)
    if (isWhole) head.at++
    const isLast = head.at >= head.pieces.length
    if (isLast) this.#drop()
    const lastOffset = taken && taken.count > 0 ? (taken.offsets[taken.count - 1] ?? 0) : from - 1
    const next = Math.max(isLast ? head.next : lastOffset + 1, parts.get(state.key)?.next ?? 0)
    if (next <= from) return 0
    const part = parts.get(state.key) ?? { state, generation, runs: [], next, end }
    if (taken && taken.count > 0) part.runs.push(taken)
    part.next = next
    part.end = end
    parts.set(state.key, part)
    return taken?.count ?? 0
  }

  /** The oldest that counts. */
  #head(): Queued | undefined {
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

  #release(): void {
    if (this.#bytes < this.#deps.maxBytes || this.#isStopped) for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function partsOf(slice: Slice): ReadonlyArray<{ readonly state: PartitionState; readonly generation: number }> {
  return slice.kind === 'batches' ? slice.parts : [slice.part]
}
