import type { Batch, Consumer, EachBatchPayload } from 'kafkajs'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import { HandlerError, PositionMovedError } from '../client/kafka-failure.ts'
import { withHeartbeat } from '../client/waiting.ts'
import {
  partitionKey,
  type PartitionLogRange,
  type StoreResult,
  type StreamHandlers,
  type TopicPartition,
} from '../stream.ts'
import { type BatchSlice, sliceBatch } from './batch-slices.ts'
import { checkFetch, type FetchedBatch } from './loss-check.ts'
import { type Fingerprint, type LogRange, planResume, type RecordLoss } from './resume-plan.ts'
import type { StoragePause } from './storage-pause.ts'
import { StoreQueue } from './store-queue.ts'
import type { TopicPriority } from './topic-priority.ts'

/** State of one partition. */
interface Partition {
  /** Offset that kafkajs fetches next. */
  fetchOffset: number
  /** The record at `fetchOffset` was stored already and must be this one. */
  expectedRecord: Fingerprint | undefined
  /** `undefined` before the first record is stored. Nothing can be lost then. */
  stored: ReadPosition | undefined
  /** A loss is suspected and the broker is asked. Nothing is read until it answers. */
  confirming: Promise<void> | undefined
  /** The slice that is being stored. The next one waits for it. */
  storing: Promise<void> | undefined
}

type Heartbeat = EachBatchPayload['heartbeat']

interface SuspectedLoss {
  /** What is lost, if this is the log range. */
  readonly lossIn: (range: LogRange) => RecordLoss | undefined
  /** Runs the storing call. @returns whether it stored the loss */
  readonly store: (work: () => StoreResult) => boolean | Promise<boolean>
}

export interface ReaderDeps {
  readonly consumer: Pick<Consumer, 'seek'>
  readonly handlers: StreamHandlers
  readonly storage: StoragePause
  /** The broker's current answer. */
  readonly logRanges: (topic: string) => Promise<readonly PartitionLogRange[]>
  readonly now: () => number
  /** Records stored in one call, between two heartbeats. */
  readonly sliceRecords: number
  /** For all partitions together: above this, the next slice waits. */
  readonly storingBytes: number
  /** The position is no longer reliable. Ends the session; the next one compares the log again. */
  readonly endSession: (error: Error) => void
  /** Absent: topics have no priority. */
  readonly priority?: TopicPriority
}

/**
 * Hands records from kafkajs to the handlers and detects losses. **Invariants**:
 * - The next offset to fetch follows from the stored position alone. Each join seeks every partition, so neither the
 *   group's committed offset nor a reset inside kafkajs decides.
 * - After every `await`, a partition moves only if its state is unchanged: a join may have come in between.
 * - A loss is recorded only after the broker confirms it, asked after the position was known. Another member may have
 *   moved the position since the log ranges were read.
 * - One slice per partition is being stored, while kafkajs fetches the next. If storing fails, the partition is read
 *   again from its stored position.
 * - The bytes being stored are bounded, however many partitions there are.
 */
export class Reader {
  readonly #deps: ReaderDeps
  readonly #partitions = new Map<string, Partition>()
  readonly #queue: StoreQueue
  #ranges: ReadonlyMap<string, LogRange>

  /** @param ranges read just before the first join */
  constructor(deps: ReaderDeps, ranges: readonly PartitionLogRange[]) {
    this.#deps = deps
    this.#queue = new StoreQueue(deps.storingBytes)
    this.#ranges = new Map(ranges.map((range) => [partitionKey(range), range]))
  }

  /** Call it synchronously in the GROUP_JOIN event, because kafkajs fetches right after it. */
  join(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#partitions.clear()
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) this.#join({ topic, partition })
    }
    this.#ranges = new Map() // they become outdated: later joins of this session do without
  }

  /**
   * Compares the log again at the next fetch. After a failed fetch or on a new connection it may be another log: a
   * topic can be deleted and recreated within the retries of kafkajs.
   */
  verify(): void {
    for (const [key, state] of this.#partitions) {
      const { topic, partition } = partitionOf(key)
      const stored = this.#deps.handlers.position(topic, partition)
      if (!state.expectedRecord && !state.confirming && stored?.last) this.#join({ topic, partition })
    }
  }

  /** Next offset to read, of all assigned partitions. */
  *offsets(): Iterable<{ readonly topic: string; readonly partition: number; readonly offset: number }> {
    for (const [key, { fetchOffset, expectedRecord }] of this.#partitions)
      yield { ...partitionOf(key), offset: expectedRecord ? fetchOffset + 1 : fetchOffset }
  }

  /** Resolves when nothing is being stored. */
  async settled(): Promise<void> {
    await this.#queue.settled()
  }

  /** kafkajs skipped a batch without records: transaction markers, or emptied by compaction. */
  skippedEmpty(topic: string, partition: number, lastOffset: number): void {
    const state = this.#partitions.get(partitionKey({ topic, partition }))
    if (!state || lastOffset < state.fetchOffset) return
    state.fetchOffset = lastOffset + 1
    state.expectedRecord = undefined
    this.#deps.priority?.advance(topic, partition, state.fetchOffset)
  }

  /** kafkajs' `eachBatch`. Throws only errors of `heartbeat`. */
  async read(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch
    if (this.#deps.priority?.isHeldBack(topic, payload.pause)) return
    try {
      await this.#read(payload)
    } catch (error) {
      if (!(error instanceof PositionMovedError)) throw error
      this.#endSession(error)
    }
    const next = this.#partitions.get(partitionKey({ topic, partition }))?.fetchOffset
    if (next !== undefined) this.#deps.priority?.advance(topic, partition, next)
  }

  async #read(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat } = payload
    const state = this.#partitions.get(partitionKey(batch))
    if (!state || this.#isOver(state, payload)) return
    if (state.confirming) return withHeartbeat(state.confirming, heartbeat)
    if (state.storing) await withHeartbeat(state.storing, heartbeat)
    if (this.#isOver(state, payload)) return
    const first = await this.#firstNew(state, batch as FetchedBatch, heartbeat)
    if (first === undefined || this.#isOver(state, payload)) return
    const passed = batch.messages[first - 1]
    if (passed) moveTo(state, payload, passed.offset)
    for (const slice of sliceBatch(batch.messages.slice(first), this.#deps.sliceRecords)) {
      if (!(await this.#handOver(slice, state, payload))) return
      await heartbeat()
    }
  }

  /** Waits for the slice before this one, and for free bytes. @returns whether to continue with the batch */
  async #handOver(slice: BatchSlice, state: Partition, payload: EachBatchPayload): Promise<boolean> {
    const { batch, heartbeat } = payload
    for (;;) {
      if (this.#isOver(state, payload)) return false
      const before = state.storing ?? this.#queue.full
      if (!before) break
      await withHeartbeat(before, heartbeat)
    }
    const stored = this.#attempt(() => this.#store(slice, batch), heartbeat)
    if (stored === false) return false
    moveTo(state, payload, String(slice.last))
    if (stored === true) return this.#wasStored(state, batch)
    state.storing = this.#queue
      .add(slice, this.#settle(stored, state, batch))
      .finally(() => (state.storing = undefined))
    return true
  }

  /** Moves on if the slice was stored. Otherwise reads the partition again from its position. Never rejects. */
  async #settle(stored: Promise<boolean>, state: Partition, part: TopicPartition): Promise<void> {
    try {
      const isStored = await stored
      if (!this.#isCurrent(state, part)) return
      if (isStored) this.#wasStored(state, part)
      else this.#join(part)
    } catch (error) {
      // If the partition is read again since, its log was compared then.
      if (this.#isCurrent(state, part)) this.#endSession(error as PositionMovedError)
    }
  }

  /** @returns whether reading continues after this slice */
  #wasStored(state: Partition, part: TopicPartition): boolean {
    state.stored = this.#deps.handlers.position(part.topic, part.partition)
    const isReadFurther = (state.stored?.next ?? 0) > state.fetchOffset
    if (isReadFurther) this.#join(part) // another member of the group has stored more
    return !isReadFurther
  }

  #isCurrent(state: Partition, part: TopicPartition): boolean {
    return this.#partitions.get(partitionKey(part)) === state
  }

  #isOver(state: Partition, { batch, isRunning, isStale }: EachBatchPayload): boolean {
    return !this.#isCurrent(state, batch) || !isRunning() || isStale() || this.#deps.storage.isPaused
  }

  #attempt(work: () => StoreResult, heartbeat: Heartbeat): boolean | Promise<boolean> {
    return this.#deps.storage.store(() => {
      const done = work()
      return done ? withHeartbeat(done, heartbeat) : undefined
    })
  }

  #join({ topic, partition }: TopicPartition): void {
    const key = partitionKey({ topic, partition })
    const stored = this.#deps.handlers.position(topic, partition)
    const { seek, expectedRecord, loss } = planResume(stored, this.#ranges.get(key))
    const state: Partition = { fetchOffset: seek, expectedRecord, stored, confirming: undefined, storing: undefined }
    this.#partitions.set(key, state)
    this.#deps.consumer.seek({ topic, partition, offset: String(seek) })
    const lossIn = (range: LogRange): RecordLoss | undefined => stored && planResume(stored, range).loss
    // Not awaited: batches that come before the broker's answer wait for it as `state.confirming`.
    if (stored && loss) void this.#confirmLoss(state, stored, { lossIn, store: atJoin })
    else this.#deps.priority?.advance(topic, partition, expectedRecord ? seek + 1 : seek)
  }

  /** Index of the first record to store, or `undefined` if the batch is not to be stored. */
  async #firstNew(state: Partition, batch: FetchedBatch, heartbeat: Heartbeat): Promise<number | undefined> {
    const check = checkFetch(state, batch)
    switch (check.kind) {
      case 'store':
        return check.first
      case 'jumped-back':
        this.#endSession(new Error(`${batch.topic}: reading jumped back from ${state.fetchOffset} to ${check.to}`))
        return undefined
      case 'suspected-loss': {
        const store = (work: () => StoreResult) => this.#attempt(work, heartbeat)
        await withHeartbeat(this.#confirmLoss(state, check.stored, { lossIn: check.lossIn, store }), heartbeat)
        return undefined
      }
    }
  }

  #confirmLoss(state: Partition, stored: ReadPosition, suspected: SuspectedLoss): Promise<void> {
    const confirming = this.#askBroker(state, stored, suspected)
      .catch((cause: unknown) => this.#endSession(cause instanceof Error ? cause : new Error(String(cause))))
      .finally(() => (state.confirming = undefined))
    return (state.confirming = confirming)
  }

  /** Asks the broker and stores the loss if it confirms it. Then resumes reading from the current position. */
  async #askBroker(state: Partition, stored: ReadPosition, { lossIn, store }: SuspectedLoss): Promise<void> {
    const { topic, partition } = stored
    const range = (await this.#deps.logRanges(topic)).find((range) => range.partition === partition)
    if (!this.#isCurrent(state, stored)) return
    if (!range) throw new Error(`${topic}/${partition} no longer exists`)
    const loss = lossIn(range)
    if (loss) {
      const gap = { topic, partition, ...loss, at: this.#deps.now() }
      const resumeFrom = startAt(stored, range.start)
      if (!(await store(() => this.#deps.handlers.gap(gap, resumeFrom, stored)))) return
      if (!this.#isCurrent(state, stored)) return
    }
    this.#join(stored)
  }

  /** Nothing more is read in this session. */
  #endSession(error: Error): void {
    this.#partitions.clear()
    this.#deps.endSession(error)
  }

  #store(slice: BatchSlice, { topic, partition, highWatermark }: Batch): StoreResult {
    const { handlers } = this.#deps
    if (slice.kind === 'records') {
      return handlers.batch({ topic, partition, records: slice.records, end: Number(highWatermark) })
    }
    const records =
      slice.count === 1 ? 'A batch of one message' : `A batch of ${slice.count} messages (to offset ${slice.last})`
    const resumeFrom = startAt({ topic, partition }, slice.last + 1)
    const position = { topic, partition, offset: slice.first }
    return handlers.unreadable({ position, reason: `${records} cannot be read: ${slice.reason}.`, resumeFrom })
  }
}

function moveTo(state: Partition, { batch, resolveOffset }: EachBatchPayload, offset: string): void {
  resolveOffset(offset)
  // after its last record, kafkajs continues after the whole batch, which may end in markers
  const isLast = offset === batch.messages.at(-1)?.offset
  state.fetchOffset = Number(isLast ? batch.lastOffset() : offset) + 1
  state.expectedRecord = undefined
}

/** Reading has not begun, so a storage failure ends the session instead of pausing it. */
async function atJoin(work: () => StoreResult): Promise<true> {
  try {
    await work()
    return true
  } catch (cause) {
    if (cause instanceof PositionMovedError) throw cause
    throw new HandlerError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** A position without a record before it. */
function startAt({ topic, partition }: TopicPartition, next: number): ReadPosition {
  return { topic, partition, next, last: null }
}

/** Topic names contain no slash. */
function partitionOf(key: string): { topic: string; partition: number } {
  const [topic = '', partition] = key.split('/')
  return { topic, partition: Number(partition) }
}
