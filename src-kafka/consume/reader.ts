import type { Batch, Consumer, EachBatchPayload } from 'kafkajs'
import type { StoredPosition } from '#shared/metric/stored.ts'
import { fingerprintOf } from '../records/decode-batch.ts'
import { withHeartbeat } from '../client/waiting.ts'
import { PositionMovedError, HandlerError } from '../client/kafka-failure.ts'
import {
  partitionKey,
  type PartitionLogRange,
  type StoreResult,
  type StreamHandlers,
  type TopicPartition,
} from '../stream.ts'
import type { TopicPriority } from './topic-priority.ts'
import { compareLog, type Fingerprint, type LogRange, type RecordLoss, gapReasons, planResume } from './resume-plan.ts'
import { toRawRecord, type BatchSlice, sliceBatch } from './batch-slices.ts'
import type { StoragePause } from './storage-pause.ts'

/** How one partition is being read. */
interface Partition {
  /** Offset that kafkajs fetches from next, as far as we told it. */
  fetchOffset: number
  /** The record at `asked` must be this one and was stored already. */
  expectedRecord: Fingerprint | undefined
  /** Reading goes on from here; undefined until something was stored: then nothing can have been lost. */
  stored: StoredPosition | undefined
  /** A loss seems to be, and the broker is fetchOffset: nothing is read until that is settled, and then from there. */
  confirming: Promise<void> | undefined
  /** The run that was handed over last, until it is stored or the partition is read anew. The next one waits for it. */
  storing: Promise<void> | undefined
}

type Heartbeat = EachBatchPayload['heartbeat']

interface SuspectedLoss {
  /** What is lost, if the log is this one. */
  readonly lossIn: (range: LogRange) => RecordLoss | undefined
  /** Does what stores it. @returns whether that was done */
  readonly store: (work: () => StoreResult) => boolean | Promise<boolean>
}

export interface ReaderDeps {
  readonly consumer: Pick<Consumer, 'seek'>
  readonly handlers: StreamHandlers
  readonly storage: StoragePause
  /** What the broker says at this moment. */
  readonly logRanges: (topic: string) => Promise<readonly PartitionLogRange[]>
  readonly now: () => number
  /** Records that are stored in one call, between two heartbeats. */
  readonly sliceRecords: number
  /** Of all partitions together: while so many are being stored, the next run waits. */
  readonly storingBytes: number
  /** The position cannot be trusted any more: the session ends, the next one looks at the log afresh. */
  readonly endSession: (error: Error) => void
  /** Absent: no topic has to be read before the others. */
  readonly priority?: TopicPriority
}

/**
 * Moves records from kafkajs to the handlers and watches that none is passed over. **Invariant**: what kafkajs fetches
 * next follows from the stored position alone; each join seeks every partition, so that neither the group's committed
 * offset nor a reset inside kafkajs ever decides. **Invariant**: after anything was awaited, a partition is moved only
 * if it is still read as it was before, for a join may have come between. **Invariant**: a loss is told only when an
 * answer of the broker, asked for after the position was known, says so: another member may have moved that position
 * since the ends were taken. **Invariant**: of one partition one slice is being stored. Meanwhile kafkajs fetches what
 * comes after it; where it cannot be stored, the partition is read again from its stored position. **Invariant**: what
 * is being stored is bounded, however many partitions there are.
 */
export class Reader {
  readonly #deps: ReaderDeps
  readonly #partitions = new Map<string, Partition>()
  /** What is being stored, oldest first; also of partitions that are read anew since. */
  readonly #storing = new Set<Promise<void>>()
  #bytes = 0
  #ranges: ReadonlyMap<string, LogRange>

  /** @param ranges taken just before the first join */
  constructor(deps: ReaderDeps, ranges: readonly PartitionLogRange[]) {
    this.#deps = deps
    this.#ranges = new Map(ranges.map((range) => [partitionKey(range), range]))
  }

  /** To be called in the GROUP_JOIN event, synchronously: kafkajs fetches right after it. */
  join(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#partitions.clear()
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) this.#join({ topic, partition })
    }
    this.#ranges = new Map() // they age: a later join, in the same session, does without
  }

  /**
   * Looks again, at the next fetch, whether the log is the one that was read: after a failed fetch or on a new
   * connection it may be another, since a topic can be deleted and created again within the retries of kafkajs.
   */
  verify(): void {
    for (const [key, state] of this.#partitions) {
      const { topic, partition } = partitionOf(key)
      const stored = this.#deps.handlers.position(topic, partition)
      if (!state.expectedRecord && !state.confirming && stored?.last) this.#join({ topic, partition })
    }
  }

  /** Offset that is read next, of all assigned partitions. */
  *offsets(): Iterable<{ readonly topic: string; readonly partition: number; readonly offset: number }> {
    for (const [key, { fetchOffset, expectedRecord }] of this.#partitions)
      yield { ...partitionOf(key), offset: expectedRecord ? fetchOffset + 1 : fetchOffset }
  }

  /** Resolves when nothing is being stored any more of what was read so far. */
  async settled(): Promise<void> {
    await Promise.all(this.#storing)
  }

  /** kafkajs passed a batch by that holds nothing for us: transaction markers, or compaction has emptied it. */
  skippedEmpty(topic: string, partition: number, lastOffset: number): void {
    const state = this.#partitions.get(partitionKey({ topic, partition }))
    if (!state || lastOffset < state.fetchOffset) return
    state.fetchOffset = lastOffset + 1
    state.expectedRecord = undefined
    this.#deps.priority?.advance(topic, partition, state.fetchOffset)
  }

  /** kafkajs' `eachBatch`. Throws only what `heartbeat` throws. */
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

  /** After the run before, and where there is room. @returns whether to go on with the batch */
  async #handOver(slice: BatchSlice, state: Partition, payload: EachBatchPayload): Promise<boolean> {
    const { batch, heartbeat } = payload
    for (;;) {
      if (this.#isOver(state, payload)) return false
      const before = this.#before(state)
      if (!before) break
      await withHeartbeat(before, heartbeat)
    }
    const stored = this.#attempt(() => this.#store(slice, batch), heartbeat)
    if (stored === false) return false
    moveTo(state, payload, String(slice.last))
    if (stored === true) return this.#wasStored(state, batch)
    state.storing = this.#hold(slice, this.#settle(stored, state, batch)).finally(() => (state.storing = undefined))
    return true
  }

  /** What has to be stored before the next slice of this partition is handed over. */
  #before({ storing }: Partition): Promise<void> | undefined {
    const [oldest] = this.#storing
    return storing ?? (this.#bytes < this.#deps.storingBytes ? undefined : oldest)
  }

  /** Counts the run until it is settled. */
  #hold(slice: BatchSlice, settled: Promise<void>): Promise<void> {
    const bytes = sliceBytes(slice)
    this.#bytes += bytes
    const held = settled.finally(() => {
      this.#bytes -= bytes
      this.#storing.delete(held)
    })
    this.#storing.add(held)
    return held
  }

  /** What was handed over is stored, or the partition is read again from where it is. Never rejects. */
  async #settle(stored: Promise<boolean>, state: Partition, part: TopicPartition): Promise<void> {
    try {
      const isStored = await stored
      if (!this.#isCurrent(state, part)) return
      if (isStored) this.#wasStored(state, part)
      else this.#join(part)
    } catch (error) {
      // One that is read anew since has been looked at afresh.
      if (this.#isCurrent(state, part)) this.#endSession(error as PositionMovedError)
    }
  }

  /** @returns whether reading goes on behind it */
  #wasStored(state: Partition, part: TopicPartition): boolean {
    state.stored = this.#deps.handlers.position(part.topic, part.partition)
    const isReadFurther = (state.stored?.next ?? 0) > state.fetchOffset
    if (isReadFurther) this.#join(part) // another member of the group has stored more than we knew of
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
    if (stored && loss)
      this.#confirmLoss(state, stored, { lossIn: (range) => planResume(stored, range).loss, store: atJoin })
    else this.#deps.priority?.advance(topic, partition, expectedRecord ? seek + 1 : seek)
  }

  /**
   * Index of the first record that is to be stored, after a look at where the batch begins.
   * @returns undefined when the batch is not to be stored
   */
  async #firstNew(state: Partition, batch: FetchedBatch, heartbeat: Heartbeat): Promise<number | undefined> {
    const { stored, fetchOffset, expectedRecord } = state
    const fetched = Number(batch.fetchedOffset)
    const next = expectedRecord ? fetchOffset + 1 : fetchOffset
    if (fetched < fetchOffset) {
      this.#endSession(new Error(`${batch.topic}: reading jumped back from ${fetchOffset} to ${fetched}`))
      return undefined
    }
    const store = (work: () => StoreResult) => this.#attempt(work, heartbeat)
    // A hole behind the offset we asked for is legal (compaction, transaction markers): the broker knew that offset. It
    // is another offset than the one asked for that betrays a reset after "offset out of range".
    if (fetched > next && stored) {
      const lossIn = (range: LogRange) => planResume({ ...stored, next }, range).loss
      await withHeartbeat(this.#confirmLoss(state, stored, { lossIn, store }), heartbeat)
      return undefined
    }
    const verdict = expectedRecord && fetched === fetchOffset ? verdictOn(fetchOffset, expectedRecord, batch) : 'gone'
    if (verdict !== 'another' || !stored) return verdict === 'same' ? 1 : 0
    const lossIn = () => ({ from: next, to: next, reason: gapReasons.anotherLog })
    await withHeartbeat(this.#confirmLoss(state, stored, { lossIn, store }), heartbeat)
    return undefined
  }

  #confirmLoss(state: Partition, stored: StoredPosition, suspected: SuspectedLoss): Promise<void> {
    const confirming = this.#askBroker(state, stored, suspected)
      .catch((cause: unknown) => this.#endSession(cause instanceof Error ? cause : new Error(String(cause))))
      .finally(() => (state.confirming = undefined))
    return (state.confirming = confirming)
  }

  /** Asks the broker, stores the loss if there is one, and has the partition read on from the position as it is then. */
  async #askBroker(state: Partition, stored: StoredPosition, { lossIn, store }: SuspectedLoss): Promise<void> {
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

/** kafkajs has it on every batch and forgot it in its types. */
type FetchedBatch = Batch & { readonly fetchedOffset: string }

function moveTo(state: Partition, { batch, resolveOffset }: EachBatchPayload, offset: string): void {
  resolveOffset(offset)
  // behind its last record kafkajs goes on behind the whole batch, which may end in markers
  const isLast = offset === batch.messages.at(-1)?.offset
  state.fetchOffset = Number(isLast ? batch.lastOffset() : offset) + 1
  state.expectedRecord = undefined
}

function sliceBytes(slice: BatchSlice): number {
  return slice.kind === 'records' ? slice.records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0) : 0
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

/** Reading has not begun: a failure ends the session instead of pausing it. */
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
function startAt({ topic, partition }: TopicPartition, next: number): StoredPosition {
  return { topic, partition, next, last: null }
}

/** A topic's name holds no slash. */
function partitionOf(key: string): { topic: string; partition: number } {
  const [topic = '', partition] = key.split('/')
  return { topic, partition: Number(partition) }
}
