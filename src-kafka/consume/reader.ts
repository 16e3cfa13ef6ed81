import { fingerprintOf } from '../records/decode-batch.ts'
import { recordAt } from '../records/record-at.ts'
import { partitionKey, type PartitionLogRange, type StreamHandlers, type TopicPartition } from '../stream.ts'
import { BrokerError, errorCode, isPassing } from '../wire/error-codes.ts'
import type { FetchedPartition } from '../wire/fetch-response.ts'
import { readRecordBatches, type RecordPiece } from '../wire/record-batches.ts'
import type { ReadLimits } from '../client/kafka-settings.ts'
import { noBroker, PartitionState } from './partition-state.ts'
import { compareLog, gapReasons, type LogRange, planResume, type RecordLoss, startAt } from './resume-plan.ts'
import type { StoragePause } from './storage-pause.ts'
import { StoreQueue } from './store-queue.ts'

export interface ReaderDeps {
  readonly handlers: StreamHandlers
  readonly storage: StoragePause
  readonly limits: ReadLimits
  readonly now: () => number
  /** The brokers' current answer. */
  readonly logRange: (part: TopicPartition) => Promise<LogRange | undefined>
  /** What to fetch of this partition changed. */
  readonly changed: (state: PartitionState) => void
  /** The leader of this partition moved, or the partition is gone. */
  readonly leaderUnknown: (state: PartitionState) => void
  /** The position is no longer reliable. Ends the session; the next one compares the log again. */
  readonly endSession: (error: Error) => void
  /** Whether a topic must wait for another one. */
  readonly isHeldBack: (topic: string) => boolean
  /** A partition is stored up to this offset. */
  readonly advanced: (topic: string, partition: number, next: number) => void
}

/** What is lost, if this is the log range. */
type LossIn = (range: LogRange) => RecordLoss | undefined

/**
 * Decides what to fetch, checks what came and passes it on to be stored. **Invariants**:
 * - The next offset to fetch follows from the stored position alone.
 * - An answer counts only if its partition is in the state in which it was asked (`generation`).
 * - A loss is recorded only after the broker confirms it, asked after the position was known. Another member may have
 *   moved the position since the log ranges were read.
 * - If storing fails, every partition is read again from its stored position.
 */
export class Reader {
  readonly #deps: ReaderDeps
  readonly #partitions = new Map<string, PartitionState>()
  readonly #queues: readonly StoreQueue[]

  constructor(deps: ReaderDeps) {
    this.#deps = deps
    const { handlers, storage, limits, endSession } = deps
    const queue = (): StoreQueue =>
      new StoreQueue({
        handlers,
        storage,
        sliceRecords: limits.sliceRecords,
        maxBytes: limits.maxBytes / limits.queues,
        isCurrent: (state, generation) => this.#isCurrent(state) && state.generation === generation,
        stored: (state) => this.#wasStored(state),
        endSession,
      })
    this.#queues = Array.from({ length: limits.queues }, queue)
  }

  get partitions(): Iterable<PartitionState> {
    return this.#partitions.values()
  }

  /** Time of this process spent in storing, in ms. */
  get busyMs(): number {
    return this.#queues.reduce((sum, { busyMs }) => sum + busyMs, 0)
  }

  /** Reads these partitions from now on, and no others. `ranges` may be incomplete. */
  assign(parts: readonly TopicPartition[], ranges: readonly PartitionLogRange[]): void {
    const wanted = new Set(parts.map(partitionKey))
    for (const state of this.#partitions.values()) if (!wanted.has(state.key)) this.#forget(state)
    const rangeOf = new Map(ranges.map((range) => [partitionKey(range), range]))
    for (const part of parts) {
      if (this.#partitions.has(partitionKey(part))) continue
      const state = new PartitionState(part)
      this.#partitions.set(state.key, state)
      this.#resume(state, rangeOf.get(state.key))
    }
  }

  find(part: TopicPartition): PartitionState | undefined {
    return this.#partitions.get(partitionKey(part))
  }

  /** The broker to read this partition from. */
  setBroker(state: PartitionState, nodeId: number): void {
    if (state.nodeId === nodeId) return
    this.#deps.changed(state) // for the broker that it leaves
    state.nodeId = nodeId
    this.#deps.changed(state)
  }

  /** Whether to fetch this partition from this broker now. */
  isWanted(state: PartitionState, nodeId: number): boolean {
    if (state.nodeId !== nodeId || state.isConfirming || !this.#isCurrent(state)) return false
    return !this.#deps.storage.isPaused && !this.#deps.isHeldBack(state.topic)
  }

  /** Compares the log again: the topic may have been deleted and created again. */
  verify(topic: string): void {
    for (const state of this.#partitions.values()) if (state.topic === topic) this.#resume(state)
  }

  /** What to fetch may have changed for every partition. */
  changedAll(): void {
    for (const state of this.#partitions.values()) this.#deps.changed(state)
  }

  /** Storage failed: drops what waits. */
  pause(): void {
    for (const queue of this.#queues) queue.clear()
    for (const state of this.#partitions.values()) state.generation++
  }

  /** Reads every partition from its stored position. */
  resume(): void {
    for (const state of this.#partitions.values()) this.#resume(state)
  }

  /** Next offset to read, of all partitions. */
  *offsets(): Iterable<{ readonly topic: string; readonly partition: number; readonly offset: number }> {
    for (const { topic, partition, nextOffset } of this.#partitions.values())
      yield { topic, partition, offset: nextOffset }
  }

  /** Resolves when more may be fetched. */
  async room(): Promise<void> {
    for (const queue of this.#queues) await queue.room()
  }

  /** Reads nothing more. Resolves when nothing is being stored. */
  async stop(): Promise<void> {
    this.#partitions.clear()
    await Promise.all(this.#queues.map((queue) => queue.stop()))
  }

  /** The answer of a broker for one partition. */
  received(state: PartitionState, fetched: FetchedPartition): void {
    const { errorCode: code, preferredReplica } = fetched
    if (code === errorCode.none) {
      this.#read(state, fetched)
      if (preferredReplica >= 0) this.setBroker(state, preferredReplica)
    } else if (code === errorCode.offsetOutOfRange && state.nodeId !== state.leader) {
      this.setBroker(state, state.leader) // this replica may be behind
    } else if (code === errorCode.offsetOutOfRange) {
      this.#suspectLoss(state, (range) => this.#lossOf(state, range))
    } else if (isPassing(code)) {
      this.setBroker(state, noBroker)
      this.#deps.leaderUnknown(state)
    } else {
      this.#deps.endSession(new BrokerError(code, `reading ${state.key}`))
    }
  }

  #read(state: PartitionState, { records, aborted, highWatermark, lastStableOffset }: FetchedPartition): void {
    const wasAtEnd = state.isAtEnd
    state.isAtEnd = records.length === 0
    if (records.length === 0) return
    const { pieces, next, needsBytes, appendedAt } = readRecordBatches(records, { from: state.fetchOffset, aborted })
    if (needsBytes !== undefined) {
      state.maxBytes = Math.max(state.maxBytes, needsBytes)
      this.#deps.changed(state)
      return
    }
    if (state.expectedRecord && !this.#isExpected(state, pieces)) return
    state.expectedRecord = undefined
    state.fetchOffset = next
    this.#deps.changed(state)
    const end = lastStableOffset >= 0 ? lastStableOffset : highWatermark
    state.isAtEnd = next >= end
    if (wasAtEnd && appendedAt !== undefined) this.#noteAppend(appendedAt)
    this.#queueOf(state).add({
      state,
      generation: state.generation,
      pieces,
      next,
      end,
      bytes: records.length + pieces.reduce((sum, piece) => sum + decompressedBytes(piece, records), 0),
    })
  }

  /**
   * Compares the first record with the one that was stored last.
   *
   * | the record at the offset asked for | action                            |
   * |------------------------------------|-----------------------------------|
   * | is the one stored last             | go on behind it                   |
   * | is another one                     | suspected new log: ask the broker |
   * | is gone (compaction)               | no evidence: go on                |
   */
  #isExpected(state: PartitionState, pieces: readonly RecordPiece[]): boolean {
    const { stored, expectedRecord, fetchOffset } = state
    const [piece] = pieces
    if (!stored || !expectedRecord || piece?.kind !== 'records') return true
    const first = recordAt(piece.run, 0)
    const fingerprint = () => fingerprintOf(first)
    if (compareLog(expectedRecord, fetchOffset, { offset: first.offset, fingerprint }) !== 'another') return true
    const { next } = stored
    this.#suspectLoss(state, () => ({ from: next, to: next, reason: gapReasons.anotherLog }))
    return false
  }

  /** The offset asked for does not exist: it was deleted, or this is another log. */
  #lossOf({ stored, nextOffset: next }: PartitionState, range: LogRange): RecordLoss | undefined {
    return stored && planResume({ ...stored, next, last: null }, range).loss
  }

  #resume(state: PartitionState, range?: LogRange): void {
    const { handlers, advanced, changed } = this.#deps
    const stored = handlers.position(state.topic, state.partition)
    const loss = state.resume(stored, range)
    if (stored && loss) this.#suspectLoss(state, (now) => planResume(stored, now).loss)
    else advanced(state.topic, state.partition, state.nextOffset)
    changed(state)
  }

  /** Asks the broker, and stores the loss if it confirms it. Then reads on from the current position. */
  #suspectLoss(state: PartitionState, lossIn: LossIn): void {
    if (state.isConfirming) return
    state.isConfirming = true
    state.generation++
    const { generation } = state
    this.#deps.changed(state)
    this.#deps
      .logRange(state)
      .then((range) => {
        if (this.#isCurrent(state) && state.generation === generation) this.#confirm(state, lossIn, range)
      })
      .catch((cause: unknown) => this.#deps.endSession(cause instanceof Error ? cause : new Error(String(cause))))
  }

  #confirm(state: PartitionState, lossIn: LossIn, range: LogRange | undefined): void {
    const { topic, partition } = state
    const stored = this.#deps.handlers.position(topic, partition)
    if (!range) {
      this.#resume(state)
      this.setBroker(state, noBroker)
      this.#deps.leaderUnknown(state)
      return
    }
    const loss = lossIn(range)
    if (!stored || !loss) {
      this.#resume(state, range)
      return
    }
    // Nothing is fetched until the gap is stored.
    const gap = { topic, partition, ...loss, at: this.#deps.now() }
    const resumeFrom = startAt(state, range.start)
    this.#queueOf(state).run(state, () => this.#deps.handlers.gap(gap, resumeFrom, stored))
  }

  /** Continues behind a gap, or behind what another member of the group has stored. */
  #wasStored(state: PartitionState): void {
    const { topic, partition } = state
    state.stored = this.#deps.handlers.position(topic, partition)
    const next = state.stored?.next ?? 0
    this.#deps.advanced(topic, partition, next)
    if (!state.isConfirming && next <= state.fetchOffset) return
    state.isConfirming = false
    this.#resume(state)
  }

  /** The broker answered as soon as it had appended the record. */
  #noteAppend(appendedAt: number): void {
    const { handlers, now } = this.#deps
    handlers.brokerTime?.({ kind: 'append', brokerTime: appendedAt, receivedAt: now() })
  }

  #isCurrent(state: PartitionState): boolean {
    return this.#partitions.get(state.key) === state
  }

  #forget(state: PartitionState): void {
    this.#partitions.delete(state.key)
    this.#deps.changed(state)
  }

  #queueOf({ partition, topic }: PartitionState): StoreQueue {
    return this.#queues[(partition + topic.length) % this.#queues.length] as StoreQueue
  }
}

/** Uncompressed records are in the response itself. */
function decompressedBytes(piece: RecordPiece, records: Buffer): number {
  return piece.kind === 'records' && piece.run.bytes.buffer !== records.buffer ? piece.run.bytes.length : 0
}
