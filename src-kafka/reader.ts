import type { Batch, Consumer, EachBatchPayload } from 'kafkajs'
import type { StoredPosition } from '#shared/metric/stored.ts'
import { fingerprintOf } from './read-batch.ts'
import { beating } from './beating.ts'
import { PositionMoved, StorageError } from './failure.ts'
import type { Done, PartitionEnd, StreamHandlers, TopicPartition } from './stream.ts'
import type { ReadFirst } from './read-first.ts'
import { compareLog, type Fingerprint, type LogRange, type Loss, lossReasons, resumeAt } from './resume.ts'
import { rawRecord, type Run, runsOf } from './runs.ts'
import type { StoragePause } from './storage-pause.ts'

/** How one partition is being read. */
interface Partition {
  /** Offset that kafkajs fetches from next, as far as we told it. */
  asked: number
  /** The record at `asked` must be this one and was stored already. */
  expect: Fingerprint | undefined
  /** Reading goes on from here; undefined until something was stored: then nothing can have been lost. */
  stored: StoredPosition | undefined
  /** A loss seems to be, and the broker is asked: nothing is read until that is settled, and then from there. */
  looking: Promise<void> | undefined
  /** The run that was handed over last, until it is stored or the partition is read anew. The next one waits for it. */
  storing: Promise<void> | undefined
}

type Heartbeat = EachBatchPayload['heartbeat']

interface Suspicion {
  /** What is lost, if the log is this one. */
  readonly lossIn: (range: LogRange) => Loss | undefined
  /** Does what stores it. @returns whether that was done */
  readonly store: (work: () => Done) => boolean | Promise<boolean>
}

export interface ReaderDeps {
  readonly consumer: Pick<Consumer, 'seek'>
  readonly handlers: StreamHandlers
  readonly storage: StoragePause
  /** What the broker says at this moment. */
  readonly ends: (topic: string) => Promise<readonly PartitionEnd[]>
  readonly now: () => number
  /** Records that are stored in one call, between two heartbeats. */
  readonly runRecords: number
  /** Of all partitions together: while so many are being stored, the next run waits. */
  readonly storingBytes: number
  /** The position cannot be trusted any more: the session ends, the next one looks at the log afresh. */
  readonly distrust: (error: Error) => void
  /** Absent: no topic has to be read before the others. */
  readonly first?: ReadFirst
}

/**
 * Moves records from kafkajs to the handlers and watches that none is passed over. **Invariant**: what kafkajs fetches
 * next follows from the stored position alone; each join seeks every partition, so that neither the group's committed
 * offset nor a reset inside kafkajs ever decides. **Invariant**: after anything was awaited, a partition is moved only
 * if it is still read as it was before, for a join may have come between. **Invariant**: a loss is told only when an
 * answer of the broker, asked for after the position was known, says so: another member may have moved that position
 * since the ends were taken. **Invariant**: of one partition one run is being stored. Meanwhile kafkajs fetches what
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

  /** @param ends taken just before the first join */
  constructor(deps: ReaderDeps, ends: readonly PartitionEnd[]) {
    this.#deps = deps
    this.#ranges = new Map(ends.map(({ topic, partition, low, end }) => [keyOf(topic, partition), { low, end }]))
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
      const { topic, partition } = partOf(key)
      const stored = this.#deps.handlers.position(topic, partition)
      if (!state.expect && !state.looking && stored?.last) this.#join({ topic, partition })
    }
  }

  /** Offset that is read next, of all assigned partitions. */
  *offsets(): Iterable<{ readonly topic: string; readonly partition: number; readonly offset: number }> {
    for (const [key, { asked, expect }] of this.#partitions)
      yield { ...partOf(key), offset: expect ? asked + 1 : asked }
  }

  /** Resolves when nothing is being stored any more of what was read so far. */
  async settled(): Promise<void> {
    await Promise.all(this.#storing)
  }

  /** kafkajs passed a batch by that holds nothing for us: transaction markers, or compaction has emptied it. */
  passedEmpty(topic: string, partition: number, lastOffset: number): void {
    const state = this.#partitions.get(keyOf(topic, partition))
    if (!state || lastOffset < state.asked) return
    state.asked = lastOffset + 1
    state.expect = undefined
    this.#deps.first?.readTo(topic, partition, state.asked)
  }

  /** kafkajs' `eachBatch`. Throws only what `heartbeat` throws. */
  async read(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch
    if (this.#deps.first?.holds(topic, payload.pause)) return
    try {
      await this.#read(payload)
    } catch (error) {
      if (!(error instanceof PositionMoved)) throw error
      this.#distrust(error)
    }
    const next = this.#partitions.get(keyOf(topic, partition))?.asked
    if (next !== undefined) this.#deps.first?.readTo(topic, partition, next)
  }

  async #read(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat } = payload
    const state = this.#partitions.get(keyOf(batch.topic, batch.partition))
    if (!state || this.#isOver(state, payload)) return
    if (state.looking) return beating(state.looking, heartbeat)
    if (state.storing) await beating(state.storing, heartbeat)
    if (this.#isOver(state, payload)) return
    const first = await this.#firstNew(state, batch as FetchedBatch, heartbeat)
    if (first === undefined || this.#isOver(state, payload)) return
    const passed = batch.messages[first - 1]
    if (passed) moveTo(state, payload, passed.offset)
    for (const run of runsOf(batch.messages.slice(first), this.#deps.runRecords)) {
      if (!(await this.#handOver(run, state, payload))) return
      await heartbeat()
    }
  }

  /** After the run before, and where there is room. @returns whether to go on with the batch */
  async #handOver(run: Run, state: Partition, payload: EachBatchPayload): Promise<boolean> {
    const { batch, heartbeat } = payload
    for (;;) {
      if (this.#isOver(state, payload)) return false
      const before = this.#before(state)
      if (!before) break
      await beating(before, heartbeat)
    }
    const stored = this.#attempt(() => this.#store(run, batch), heartbeat)
    if (stored === false) return false
    moveTo(state, payload, String(run.last))
    if (stored === true) return this.#wasStored(state, batch)
    state.storing = this.#hold(run, this.#settle(stored, state, batch)).finally(() => (state.storing = undefined))
    return true
  }

  /** What has to be stored before the next run of this partition is handed over. */
  #before({ storing }: Partition): Promise<void> | undefined {
    const [oldest] = this.#storing
    return storing ?? (this.#bytes < this.#deps.storingBytes ? undefined : oldest)
  }

  /** Counts the run until it is settled. */
  #hold(run: Run, settled: Promise<void>): Promise<void> {
    const bytes = bytesOf(run)
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
      if (this.#isCurrent(state, part)) this.#distrust(error as PositionMoved)
    }
  }

  /** @returns whether reading goes on behind it */
  #wasStored(state: Partition, part: TopicPartition): boolean {
    state.stored = this.#deps.handlers.position(part.topic, part.partition)
    const isReadFurther = (state.stored?.next ?? 0) > state.asked
    if (isReadFurther) this.#join(part) // another member of the group has stored more than we knew of
    return !isReadFurther
  }

  #isCurrent(state: Partition, { topic, partition }: TopicPartition): boolean {
    return this.#partitions.get(keyOf(topic, partition)) === state
  }

  #isOver(state: Partition, { batch, isRunning, isStale }: EachBatchPayload): boolean {
    return !this.#isCurrent(state, batch) || !isRunning() || isStale() || this.#deps.storage.isPaused
  }

  #attempt(work: () => Done, heartbeat: Heartbeat): boolean | Promise<boolean> {
    return this.#deps.storage.attempt(() => {
      const done = work()
      return done ? beating(done, heartbeat) : undefined
    })
  }

  #join({ topic, partition }: TopicPartition): void {
    const key = keyOf(topic, partition)
    const stored = this.#deps.handlers.position(topic, partition)
    const { seek, expect, loss } = resumeAt(stored, this.#ranges.get(key))
    const state: Partition = { asked: seek, expect, stored, looking: undefined, storing: undefined }
    this.#partitions.set(key, state)
    this.#deps.consumer.seek({ topic, partition, offset: String(seek) })
    const lossIn = (range: LogRange) => stored && resumeAt(stored, range).loss
    // The look ends by itself; what is read meanwhile waits for it as `state.looking`.
    if (stored && loss) void this.#suspect(state, stored, { lossIn, store: atJoin })
    else this.#deps.first?.readTo(topic, partition, expect ? seek + 1 : seek)
  }

  /**
   * Index of the first record that is to be stored, after a look at where the batch begins.
   * @returns undefined when the batch is not to be stored
   */
  async #firstNew(state: Partition, batch: FetchedBatch, heartbeat: Heartbeat): Promise<number | undefined> {
    const { stored, asked, expect } = state
    const fetched = Number(batch.fetchedOffset)
    const next = expect ? asked + 1 : asked
    if (fetched < asked) {
      this.#distrust(new Error(`${batch.topic}: reading jumped back from ${asked} to ${fetched}`))
      return undefined
    }
    const store = (work: () => Done) => this.#attempt(work, heartbeat)
    // A hole behind the offset we asked for is legal (compaction, transaction markers): the broker knew that offset. It
    // is another offset than the one asked for that betrays a reset after "offset out of range".
    if (fetched > next && stored) {
      const lossIn = (range: LogRange) => resumeAt({ ...stored, next }, range).loss
      await beating(this.#suspect(state, stored, { lossIn, store }), heartbeat)
      return undefined
    }
    const verdict = expect && fetched === asked ? verdictOn(asked, expect, batch) : 'gone'
    if (verdict !== 'another' || !stored) return verdict === 'same' ? 1 : 0
    const lossIn = () => ({ from: next, to: next, reason: lossReasons.anotherLog })
    await beating(this.#suspect(state, stored, { lossIn, store }), heartbeat)
    return undefined
  }

  #suspect(state: Partition, stored: StoredPosition, suspicion: Suspicion): Promise<void> {
    const looking = this.#look(state, stored, suspicion)
      .catch((cause: unknown) => this.#distrust(cause instanceof Error ? cause : new Error(String(cause))))
      .finally(() => (state.looking = undefined))
    return (state.looking = looking)
  }

  /** Asks the broker, stores the loss if there is one, and has the partition read on from the position as it is then. */
  async #look(state: Partition, stored: StoredPosition, { lossIn, store }: Suspicion): Promise<void> {
    const { topic, partition } = stored
    const range = (await this.#deps.ends(topic)).find((end) => end.partition === partition)
    if (!this.#isCurrent(state, stored)) return
    if (!range) throw new Error(`${topic}/${partition} is not there any more`)
    const loss = lossIn(range)
    if (loss) {
      const gap = { topic, partition, ...loss, at: this.#deps.now() }
      const goOnFrom = startAt(stored, range.low)
      if (!(await store(() => this.#deps.handlers.gap(gap, goOnFrom, stored)))) return
      if (!this.#isCurrent(state, stored)) return
    }
    this.#join(stored)
  }

  /** Nothing more is read in this session. */
  #distrust(error: Error): void {
    this.#partitions.clear()
    this.#deps.distrust(error)
  }

  #store(run: Run, { topic, partition, highWatermark }: Batch): Done {
    const { handlers } = this.#deps
    if (run.kind === 'records') {
      return handlers.batch({ topic, partition, records: run.records, end: Number(highWatermark) })
    }
    const records =
      run.count === 1 ? 'A batch of one record' : `A batch of ${run.count} records (to offset ${run.last})`
    const goOnFrom = startAt({ topic, partition }, run.last + 1)
    const position = { topic, partition, offset: run.first }
    return handlers.unreadable({ position, reason: `${records} cannot be read: ${run.reason}.`, goOnFrom })
  }
}

/** kafkajs has it on every batch and forgot it in its types. */
type FetchedBatch = Batch & { readonly fetchedOffset: string }

function moveTo(state: Partition, { batch, resolveOffset }: EachBatchPayload, offset: string): void {
  resolveOffset(offset)
  // behind its last record kafkajs goes on behind the whole batch, which may end in markers
  const isLast = offset === batch.messages.at(-1)?.offset
  state.asked = Number(isLast ? batch.lastOffset() : offset) + 1
  state.expect = undefined
}

function bytesOf(run: Run): number {
  return run.kind === 'records' ? run.records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0) : 0
}

/** Whether the batch begins with the record that was stored last. */
function verdictOn(asked: number, expect: Fingerprint, batch: Batch): ReturnType<typeof compareLog> {
  const message = batch.messages[0]
  if (!message) return 'gone'
  return compareLog(expect, asked, {
    offset: Number(message.offset),
    fingerprint: () => fingerprintOf(rawRecord(message)),
  })
}

/** Reading has not begun: a failure ends the session instead of pausing it. */
async function atJoin(work: () => Done): Promise<true> {
  try {
    await work()
    return true
  } catch (cause) {
    if (cause instanceof PositionMoved) throw cause
    throw new StorageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** A position without a record before it. */
function startAt({ topic, partition }: TopicPartition, next: number): StoredPosition {
  return { topic, partition, next, last: null }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}

/** A topic's name holds no slash. */
function partOf(key: string): { topic: string; partition: number } {
  const [topic = '', partition] = key.split('/')
  return { topic, partition: Number(partition) }
}
