import { setImmediate as nextTurn } from 'node:timers/promises'
import { withTimeout } from '../client/waiting.ts'
import type { RawBatch, StoreResult, StreamHandlers } from '../stream.ts'
import type { PartitionState } from './partition-state.ts'
import { type FetchedPieces, PendingRecords, type PartOfSlice, type Slice } from './pending-records.ts'
import { startAfter } from './resume-plan.ts'
import type { StoragePause } from './storage-pause.ts'

/** Storing that takes longer hangs. */
const hangsAfterMs = 60_000
/** Work between two turns of the event loop, so that other calls of the thread are answered. */
const turnMs = 8

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
  readonly #pending: PendingRecords
  #working: Promise<void> | undefined
  #waiting: Array<() => void> = []
  #isStopped = false
  /** Time of this process spent in the calls, in ms. */
  busyMs = 0

  constructor(deps: StoreQueueDeps) {
    this.#deps = deps
    this.#pending = new PendingRecords({
      isCurrent: deps.isCurrent,
      position: ({ topic, partition }) => deps.handlers.position(topic, partition)?.next ?? 0,
    })
  }

  add(fetched: FetchedPieces): void {
    if (this.#isStopped) return
    this.#pending.add(fetched)
    this.#start()
  }

  /** Runs it after everything that was fetched before. */
  run(state: PartitionState, task: () => StoreResult): void {
    if (this.#isStopped) return
    this.#pending.addTask({ state, generation: state.generation, task })
    this.#start()
  }

  /** Resolves when less than `maxBytes` wait or are being stored. */
  room(): Promise<void> | undefined {
    if (this.#hasRoom) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Drops what waits: it is fetched again. */
  clear(): void {
    this.#pending.clear()
    this.#release()
  }

  /** Drops what waits. @returns when nothing is being stored */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.clear()
    await this.#working
  }

  get #hasRoom(): boolean {
    return this.#isStopped || this.#pending.bytes < this.#deps.maxBytes
  }

  #start(): void {
    this.#working ??= this.#work().finally(() => (this.#working = undefined))
  }

  async #work(): Promise<void> {
    const { sliceRecords, isCurrent, stored } = this.#deps
    await nextTurn() // the partitions of a response arrive one after another
    let turnAt = performance.now()
    for (let slice = this.#pending.take(sliceRecords); slice; slice = this.#pending.take(sliceRecords)) {
      if (!(await this.#isDone(this.#attempt(slice)))) return
      this.#pending.stored()
      this.#release()
      for (const { state, generation } of partsOf(slice)) if (isCurrent(state, generation)) stored(state)
      if (performance.now() - turnAt < turnMs) continue
      await nextTurn()
      turnAt = performance.now()
    }
  }

  /** An error ends the session. */
  async #isDone(attempt: boolean | Promise<boolean> | Error): Promise<boolean> {
    try {
      if (attempt instanceof Error) throw attempt
      return typeof attempt === 'boolean' ? attempt : await withTimeout(hangsAfterMs, 'storing', attempt)
    } catch (error) {
      this.clear()
      this.#deps.endSession(error instanceof Error ? error : new Error(String(error)))
      return false
    }
  }

  /** @returns whether it was stored */
  #attempt(slice: Slice): boolean | Promise<boolean> | Error {
    const startedAt = performance.now()
    try {
      return this.#deps.storage.store(() => this.#store(slice))
    } catch (error) {
      return error as Error
    } finally {
      this.busyMs += performance.now() - startedAt
    }
  }

  #store(slice: Slice): StoreResult {
    const { handlers } = this.#deps
    if (slice.kind === 'task') return slice.task()
    if (slice.kind === 'batches') return handlers.batches(slice.parts.map(rawBatchOf))
    const { topic, partition } = slice.part.state
    const { firstOffset, lastOffset, count, reason } = slice.offsets
    const records = count === 1 ? 'A batch of one message' : `A batch of ${count} messages (to offset ${lastOffset})`
    const resumeFrom = startAfter({ topic, partition }, lastOffset + 1, handlers.position(topic, partition))
    const position = { topic, partition, offset: firstOffset }
    return handlers.unreadable({ position, reason: `${records} cannot be read: ${reason}.`, resumeFrom })
  }

  #release(): void {
    if (this.#hasRoom) for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function rawBatchOf({ state: { topic, partition }, runs, next, end }: PartOfSlice): RawBatch {
  return { topic, partition, runs, next, end }
}

function partsOf(slice: Slice): ReadonlyArray<Pick<PartOfSlice, 'state' | 'generation'>> {
  return slice.kind === 'batches' ? slice.parts : [slice.part]
}
