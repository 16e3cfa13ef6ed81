import type { Batch, Consumer, EachBatchPayload } from 'kafkajs'
import type { StoredPosition } from '#shared/metric/stored.ts'
import { fingerprintOf } from './read-batch.ts'
import type { PartitionEnd, StreamHandlers } from './stream.ts'
import { StorageError } from './failure.ts'
import { compareLog, type Fingerprint, type LogRange, type Loss, lossReasons, resumeAt } from './resume.ts'
import { rawRecord, type Run, runsOf } from './runs.ts'
import type { StoragePause } from './storage-pause.ts'

/** Records that are stored in one transaction, between two heartbeats. */
const chunkRecords = 1_000

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
}

export interface ReaderDeps {
  readonly consumer: Pick<Consumer, 'seek'>
  readonly handlers: StreamHandlers
  readonly storage: StoragePause
  readonly now: () => number
  /** The position cannot be trusted any more: the session ends, the next one looks at the log afresh. */
  readonly distrust: (error: Error) => void
}

/**
 * Moves records from kafkajs to the handlers and watches that none is passed over. **Invariant**: what kafkajs fetches
 * next follows from the stored position alone; each join seeks every partition, so that neither the group's committed
 * offset nor a reset inside kafkajs ever decides.
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
    if (state) state.asked = Math.max(state.asked, lastOffset + 1)
  }

  /** kafkajs' `eachBatch`. Throws only what `heartbeat` throws. */
  async read({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const state = this.#partitions.get(keyOf(batch.topic, batch.partition))
    const isOver = () => !isRunning() || isStale() || this.#deps.storage.isPaused
    if (!state || isOver()) return
    const first = this.#firstNew(state, batch as FetchedBatch)
    if (first === undefined) return
    const passed = batch.messages[first - 1]
    if (passed) moveTo(state, passed.offset)
    for (const run of runsOf(batch.messages.slice(first), chunkRecords)) {
      if (isOver() || !this.#deps.storage.attempt(() => this.#store(run, batch))) return
      moveTo(state, String(run.last))
      await heartbeat()
    }

    function moveTo(partition: Partition, offset: string): void {
      resolveOffset(offset)
      // behind its last record kafkajs goes on behind the whole batch, which may end in markers
      const isLast = offset === batch.messages.at(-1)?.offset
      partition.asked = Number(isLast ? batch.lastOffset() : offset) + 1
      partition.expect = undefined
      partition.known = true
    }
  }

  #join(topic: string, partition: number): void {
    const range = this.#ranges.get(keyOf(topic, partition))
    const stored = this.#deps.handlers.position(topic, partition)
    const { seek, expect, loss } = resumeAt(stored, range)
    if (loss) this.#loseAtJoin(loss, startAt({ topic, partition }, seek))
    this.#partitions.set(keyOf(topic, partition), { asked: seek, expect, known: stored !== undefined, low: range?.low })
    this.#deps.consumer.seek({ topic, partition, offset: String(seek) })
  }

  /**
   * Index of the first record that is to be stored, after a look at where the batch begins.
   * @returns undefined when the batch is not to be stored
   */
  #firstNew(state: Partition, batch: FetchedBatch): number | undefined {
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
      if (!this.#deps.storage.attempt(() => this.#lose(loss, startAt(batch, fetched)))) return undefined
    }
    return state.expect && fetched === state.asked ? this.#behindExpected(state, state.expect, batch) : 0
  }

  #behindExpected(state: Partition, expect: Fingerprint, batch: FetchedBatch): number | undefined {
    const message = batch.messages[0]
    if (!message) return 0
    const first = { offset: Number(message.offset), fingerprint: () => fingerprintOf(rawRecord(message)) }
    const verdict = compareLog(expect, state.asked, first)
    if (verdict !== 'another') return verdict === 'same' ? 1 : 0
    this.#startOver(state, batch)
    return undefined
  }

  #startOver(state: Partition, { topic, partition }: Batch): void {
    const { low } = state
    if (low === undefined) {
      this.#deps.distrust(new Error(`${topic}: the record at ${state.asked} is not the one that was stored`))
      return
    }
    const next = state.asked + 1
    const loss = { from: next, to: next, reason: lossReasons.anotherLog }
    if (!this.#deps.storage.attempt(() => this.#lose(loss, startAt({ topic, partition }, low)))) return
    state.asked = low
    state.expect = undefined
    this.#deps.consumer.seek({ topic, partition, offset: String(low) })
  }

  /** Reading has not begun: a failure ends the session instead of pausing it. */
  #loseAtJoin(loss: Loss, goOnFrom: StoredPosition): void {
    try {
      this.#lose(loss, goOnFrom)
    } catch (cause) {
      throw new StorageError(cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }

  #lose(loss: Loss, goOnFrom: StoredPosition): void {
    const { topic, partition } = goOnFrom
    this.#deps.handlers.gap({ topic, partition, ...loss, at: this.#deps.now() }, goOnFrom)
  }

  #store(run: Run, { topic, partition, highWatermark }: Batch): void {
    const { handlers } = this.#deps
    if (run.kind === 'records') {
      handlers.batch({ topic, partition, records: run.records, end: Number(highWatermark) })
      return
    }
    const records =
      run.count === 1 ? 'A batch of one record' : `A batch of ${run.count} records (to offset ${run.last})`
    const goOnFrom = startAt({ topic, partition }, run.last + 1)
    const position = { topic, partition, offset: run.first }
    handlers.unreadable({ position, reason: `${records} cannot be read: ${run.reason}.`, goOnFrom })
  }
}

/** kafkajs has it on every batch and forgot it in its types. */
type FetchedBatch = Batch & { readonly fetchedOffset: string }

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
