import type { Batch, Consumer, EachBatchPayload } from 'kafkajs'
import type { StoredPosition } from '#shared/metric/stored.ts'
import { fingerprintOf } from './read-batch.ts'
import { beating } from './beating.ts'
import { PositionMoved, StorageError } from './failure.ts'
import type { Done, PartitionEnd, StreamHandlers } from './stream.ts'
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
  /** False until something was stored: a partition read for the first time cannot have lost anything. */
  known: boolean
  /** Oldest record kept, when the join had a fresh answer. */
  readonly low: number | undefined
  /** A loss seen at the join is being stored; false when that failed, which has ended the session. */
  told: Promise<boolean> | undefined
}

type Heartbeat = EachBatchPayload['heartbeat']

export interface ReaderDeps {
  readonly consumer: Pick<Consumer, 'seek'>
  readonly handlers: StreamHandlers
  readonly storage: StoragePause
  readonly now: () => number
  /** Records that are stored in one call, between two heartbeats. */
  readonly runRecords: number
  /** The position cannot be trusted any more: the session ends, the next one looks at the log afresh. */
  readonly distrust: (error: Error) => void
  /** Absent: no topic has to be read before the others. */
  readonly first?: ReadFirst
}

/**
 * Moves records from kafkajs to the handlers and watches that none is passed over. **Invariant**: what kafkajs fetches
 * next follows from the stored position alone; each join seeks every partition, so that neither the group's committed
 * offset nor a reset inside kafkajs ever decides. **Invariant**: after anything was awaited, a partition is moved only
 * if it is still read as it was before, for a join may have come between.
 */
export class Reader {
  readonly #deps: ReaderDeps
  readonly #partitions = new Map<string, Partition>()
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
      for (const partition of partitions) this.#join(topic, partition)
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
      if (!state.expect && stored?.last) this.#join(topic, partition)
    }
  }

  /** Offset that is read next, of all assigned partitions. */
  *offsets(): Iterable<{ readonly topic: string; readonly partition: number; readonly offset: number }> {
    for (const [key, { asked, expect }] of this.#partitions)
      yield { ...partOf(key), offset: expect ? asked + 1 : asked }
  }

  /** kafkajs passed a batch by that holds nothing for us: transaction markers, or compaction has emptied it. */
  passedEmpty(topic: string, partition: number, lastOffset: number): void {
    const state = this.#partitions.get(keyOf(topic, partition))
    if (!state) return
    state.asked = Math.max(state.asked, lastOffset + 1)
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
      this.#deps.distrust(error)
    }
    const next = this.#partitions.get(keyOf(topic, partition))?.asked
    if (next !== undefined) this.#deps.first?.readTo(topic, partition, next)
  }

  async #read(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat } = payload
    const state = this.#partitions.get(keyOf(batch.topic, batch.partition))
    if (!state || this.#isOver(state, payload)) return
    if (state.told && !(await beating(state.told, heartbeat))) return
    const first = this.#isOver(state, payload)
      ? undefined
      : await this.#firstNew(state, batch as FetchedBatch, heartbeat)
    if (first === undefined || this.#isOver(state, payload)) return
    const passed = batch.messages[first - 1]
    if (passed) moveTo(state, payload, passed.offset)
    for (const run of runsOf(batch.messages.slice(first), this.#deps.runRecords)) {
      if (this.#isOver(state, payload) || !(await this.#storeRun(run, state, payload))) return
    }
  }

  /** @returns whether to go on with the batch */
  async #storeRun(run: Run, state: Partition, payload: EachBatchPayload): Promise<boolean> {
    const { batch, heartbeat } = payload
    const stored = this.#attempt(() => this.#store(run, batch), heartbeat)
    if (stored !== true && !(await stored)) return false
    if (!this.#isCurrent(state, batch)) return false
    moveTo(state, payload, String(run.last))
    if (this.#isReadFurther(batch, state)) {
      this.#join(batch.topic, batch.partition)
      return false
    }
    await heartbeat()
    return true
  }

  #isCurrent(state: Partition, { topic, partition }: Batch): boolean {
    return this.#partitions.get(keyOf(topic, partition)) === state
  }

  #isOver(state: Partition, { batch, isRunning, isStale }: EachBatchPayload): boolean {
    return !this.#isCurrent(state, batch) || !isRunning() || isStale() || this.#deps.storage.isPaused
  }

  /** Whether another member of the group has stored more than we knew of. */
  #isReadFurther({ topic, partition }: Batch, { asked }: Partition): boolean {
    return (this.#deps.handlers.position(topic, partition)?.next ?? 0) > asked
  }

  #attempt(work: () => Done, heartbeat: Heartbeat): boolean | Promise<boolean> {
    return this.#deps.storage.attempt(() => {
      const done = work()
      return done ? beating(done, heartbeat) : undefined
    })
  }

  #join(topic: string, partition: number): void {
    const range = this.#ranges.get(keyOf(topic, partition))
    const stored = this.#deps.handlers.position(topic, partition)
    const { seek, expect, loss } = resumeAt(stored, range)
    const told = loss && this.#loseAtJoin(loss, startAt({ topic, partition }, seek))
    const known = stored !== undefined
    this.#partitions.set(keyOf(topic, partition), { asked: seek, expect, known, low: range?.low, told })
    this.#deps.consumer.seek({ topic, partition, offset: String(seek) })
    this.#deps.first?.readTo(topic, partition, expect ? seek + 1 : seek)
  }

  /**
   * Index of the first record that is to be stored, after a look at where the batch begins.
   * @returns undefined when the batch is not to be stored
   */
  async #firstNew(state: Partition, batch: FetchedBatch, heartbeat: Heartbeat): Promise<number | undefined> {
    const fetched = Number(batch.fetchedOffset)
    const next = state.expect ? state.asked + 1 : state.asked
    if (fetched < state.asked) {
      this.#deps.distrust(new Error(`${batch.topic}: reading jumped back from ${state.asked} to ${fetched}`))
      return undefined
    }
    // A hole behind the offset we asked for is legal (compaction, transaction markers): the broker knew that offset. It
    // is another offset than the one asked for that betrays a reset after "offset out of range".
    if (fetched > next && state.known) {
      const loss = { from: next, to: fetched, reason: lossReasons.retention }
      if (!(await this.#attempt(() => this.#lose(loss, startAt(batch, fetched)), heartbeat))) return undefined
    }
    if (!state.expect || fetched !== state.asked) return 0
    const verdict = verdictOn(state, state.expect, batch)
    if (verdict !== 'another') return verdict === 'same' ? 1 : 0
    await this.#startOver(state, batch, heartbeat)
    return undefined
  }

  async #startOver(state: Partition, batch: Batch, heartbeat: Heartbeat): Promise<void> {
    const { topic, partition } = batch
    const { low } = state
    if (low === undefined) {
      this.#deps.distrust(new Error(`${topic}: the record at ${state.asked} is not the one that was stored`))
      return
    }
    const next = state.asked + 1
    const loss = { from: next, to: next, reason: lossReasons.anotherLog }
    if (!(await this.#attempt(() => this.#lose(loss, startAt({ topic, partition }, low)), heartbeat))) return
    if (!this.#isCurrent(state, batch)) return
    state.asked = low
    state.expect = undefined
    this.#deps.consumer.seek({ topic, partition, offset: String(low) })
  }

  /** Reading has not begun: a failure ends the session instead of pausing it. */
  #loseAtJoin(loss: Loss, goOnFrom: StoredPosition): Promise<boolean> | undefined {
    try {
      const done = this.#lose(loss, goOnFrom)
      return done?.then(
        () => true,
        (cause: unknown) => {
          this.#deps.distrust(storageErrorOf(cause))
          return false
        },
      )
    } catch (cause) {
      throw storageErrorOf(cause)
    }
  }

  #lose(loss: Loss, goOnFrom: StoredPosition): Done {
    const { topic, partition } = goOnFrom
    return this.#deps.handlers.gap({ topic, partition, ...loss, at: this.#deps.now() }, goOnFrom)
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
  state.known = true
}

/** Whether the batch begins with the record that was stored last. */
function verdictOn({ asked }: Partition, expect: Fingerprint, batch: Batch): ReturnType<typeof compareLog> {
  const message = batch.messages[0]
  if (!message) return 'gone'
  return compareLog(expect, asked, {
    offset: Number(message.offset),
    fingerprint: () => fingerprintOf(rawRecord(message)),
  })
}

function storageErrorOf(cause: unknown): Error {
  if (cause instanceof PositionMoved) return cause
  return new StorageError(cause instanceof Error ? cause.message : String(cause), { cause })
}

/** A position without a record before it. */
function startAt({ topic, partition }: { topic: string; partition: number }, next: number): StoredPosition {
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
