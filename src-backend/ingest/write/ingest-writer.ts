import { partitionKey } from '../../../src-kafka/stream.ts'
import { isFaultOfContent } from '../../db/content-error.ts'
import { isCode } from '../../db/database-error.ts'
import type { Pool } from '../../db/db.ts'
import { withTx } from '../../db/tx.ts'
import type { DayPartitions } from './day-partitions.ts'
import type { IngestCounters } from '../ingest-counters.ts'
import { NodeCache } from '../nodes/node-cache.ts'
import type { Layouts } from './layouts.ts'
import type { RuleIndexCache } from '../rule-index-cache.ts'
import { splitInHalf, asRejected, type IngestBatch } from './ingest-batch.ts'
import type { HasOthers } from './spread-nodes.ts'
import { type BatchOutcome, type WriteResult, writeBatches } from './write-batches.ts'

/** Approximate records per transaction: one more batch may be added below it. A backlog is read in such steps. */
const recordsPerTransaction = 20_000
/** While PostgreSQL works on one, the next one is prepared. */
const parallelTransactions = 2
const attempts = 5
/** Records rejected in a row before anything could be stored again. More are not the fault of records. */
const isolatedAtMost = 100
const duplicateKey = '23505'
const noPartition = '23514'

export interface WriterCaches {
  readonly rules: RuleIndexCache
  readonly layouts: Layouts
  readonly days: DayPartitions
}

export interface IngestWriterDeps {
  readonly pool: Pool
  readonly caches: WriterCaches
  readonly counters: Pick<IngestCounters, 'transaction'>
  /** By default, this replica has all partitions. */
  readonly hasOthers?: HasOthers
  /** After each commit, before the callers of its batches continue. */
  readonly committed: (written: WriteResult) => void
}

interface QueuedBatch {
  readonly batch: IngestBatch
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Stores waiting batches in one transaction: with a topic per node, one transaction each would be too many. A record
 * that PostgreSQL refuses, or that cannot be evaluated, is found by halving and rejected, so that it never stops the
 * others.
 */
export class IngestWriter {
  readonly #deps: IngestWriterDeps
  readonly #queue: QueuedBatch[] = []
  readonly #nodeCache = new NodeCache()
  #busy = 0
  /** Records rejected since a sample was stored. */
  #isolated = 0
  /** The last transaction met existing rows, as a replay does. The next one probably will too. */
  #expectDuplicates = false

  constructor(deps: IngestWriterDeps) {
    this.#deps = deps
  }

  /** @throws PositionMoved; or the error of the last record if a hundred in a row cannot be stored */
  write(batch: IngestBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ batch, resolve, reject })
      // Deferred: the batches of one fetch arrive one after another.
      setImmediate(() => void this.#work())
    })
  }

  async #work(): Promise<void> {
    if (this.#busy >= parallelTransactions) return
    const taken = this.#take()
    if (taken.length === 0) return
    this.#busy += 1
    try {
      settleBatches(taken, await this.#store(taken.map(({ batch }) => batch)))
    } catch (error) {
      for (const { reject } of taken) reject(error)
    } finally {
      this.#busy -= 1
    }
    void this.#work()
  }

  #take(): QueuedBatch[] {
    let records = 0
    let count = 0
    while (count < this.#queue.length && records < recordsPerTransaction) {
      const { columns, rejects } = (this.#queue[count] as QueuedBatch).batch
      records += columns.count + rejects.length
      count += 1
    }
    return this.#queue.splice(0, count)
  }

  async #store(batches: readonly IngestBatch[]): Promise<BatchOutcome[]> {
    try {
      return [...(await this.#attempt(batches)).outcomes]
    } catch (error) {
      if (!isFaultOfContent(error)) throw error
      return this.#storeInHalves(batches, error)
    }
  }

  /** PostgreSQL refuses something in these records, or one of them cannot be evaluated. */
  async #storeInHalves(batches: readonly IngestBatch[], error: unknown): Promise<BatchOutcome[]> {
    const [batch] = batches
    if (batch === undefined) return []
    if (batches.length > 1) return this.#storeEach(batches)
    if (batch.columns.count === 0) throw error // no record is left to reject
    const halves = splitInHalf(batch)
    if (!halves) return this.#reject(batch, error)
    const [first] = await this.#store([halves[0]])
    if (first?.problem) return [first]
    return this.#store([halves[1]])
  }

  /** A batch of which no record can be stored leaves the others alone. */
  async #storeEach(batches: readonly IngestBatch[]): Promise<BatchOutcome[]> {
    const outcomes: BatchOutcome[] = []
    for (const batch of batches) {
      try {
        outcomes.push(...(await this.#store([batch])))
      } catch (problem) {
        if (!isFaultOfContent(problem)) throw problem
        outcomes.push({ batch, stored: undefined, position: batch.next, problem })
      }
    }
    return outcomes
  }

  #reject(batch: IngestBatch, error: unknown): Promise<BatchOutcome[]> {
    if (++this.#isolated > isolatedAtMost) {
      this.#isolated = 0
      throw error
    }
    if (batch.counters) batch.counters.isInDoubt = true
    return this.#store([asRejected(batch, `cannot be stored: ${messageOf(error)}`)])
  }

  async #attempt(batches: readonly IngestBatch[]): Promise<WriteResult> {
    const { pool, caches, counters, committed } = this.#deps
    for (let attempt = 1; ; attempt++) {
      const begin = performance.now()
      try {
        const written = await this.#transaction(batches, { pool, caches })
        this.#expectDuplicates = written.duplicates > 0
        if (written.nodes.length > 0) this.#isolated = 0
        counters.transaction('committed', (performance.now() - begin) / 1000)
        for (const { batch, changes } of written.counters) batch.counters?.apply(changes)
        committed(written)
        if (written.savedBy !== undefined) this.#nodeCache.put(written.nodes, written.savedBy)
        return written
      } catch (error) {
        this.#nodeCache.forget()
        counters.transaction('failed', (performance.now() - begin) / 1000)
        if (attempt >= attempts || !isTransient(error)) throw error
        this.#expectDuplicates ||= isCode(error, duplicateKey)
        if (isCode(error, noPartition)) caches.days.forget()
      }
    }
  }

  async #transaction(
    batches: readonly IngestBatch[],
    { pool, caches }: Pick<IngestWriterDeps, 'pool' | 'caches'>,
  ): Promise<WriteResult> {
    const samples = batches.map(({ columns }) => columns)
    const layoutOf = await caches.layouts.load(pool, samples)
    await caches.days.ensureFor(samples)
    const { rules, days } = caches
    const expectDuplicates = this.#expectDuplicates
    const { hasOthers = () => false } = this.#deps
    const context = { rules, days, nodeCache: this.#nodeCache, layoutOf, expectDuplicates, hasOthers }
    return withTx(pool, (db) => writeBatches(db, batches, context))
  }
}

function settleBatches(taken: readonly QueuedBatch[], outcomes: readonly BatchOutcome[]): void {
  const problems = new Map<string, unknown>()
  for (const { batch, problem } of outcomes) if (problem !== undefined) problems.set(partitionKey(batch), problem)
  for (const { batch, resolve, reject } of taken) {
    const problem = problems.get(partitionKey(batch))
    if (problem === undefined) resolve()
    else reject(problem)
  }
}

/** A deadlock, existing samples, or a partition that the retention dropped: a retry helps. */
function isTransient(error: unknown): boolean {
  return isCode(error, '40') || isCode(error, duplicateKey) || isCode(error, noPartition)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
