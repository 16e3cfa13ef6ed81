import type { Alert } from '#shared/alert/alert.ts'
import type { GapRecord } from '#shared/ipc/contract.ts'
import type { Position, Sample } from '#shared/metric/sample.ts'
import type { RuleBook } from '#shared/rule/rule-book.ts'
import { emptyBatch, type BatchWrite } from '../store/batch.ts'
import type { RejectedRow, StoredPosition } from '#shared/metric/stored.ts'
import type { DueNotification } from '../threads/data-calls.ts'
import type { Evaluation } from './evaluation.ts'
import type { PartitionBook } from './partition-book.ts'
import { readBatch } from '../../src-kafka/read-batch.ts'
import type { RawBatch, UnreadableBatch } from '../../src-kafka/stream.ts'
import type { Tally } from './tally.ts'

/** What others have to know of a transaction, after it. */
export interface Stored {
  readonly samples: readonly Sample[]
  readonly alerts: readonly Alert[]
  readonly due: readonly DueNotification[]
}

interface IngestStore {
  commitBatch(write: BatchWrite): void
  resetPosition(position: StoredPosition, gap: GapRecord): void
}

export interface IngestDeps {
  readonly store: IngestStore
  readonly partitions: PartitionBook
  readonly evaluation: Evaluation
  readonly tally: Tally
  readonly book: () => RuleBook
  readonly now: () => number
  /** Called after each transaction that held anything. */
  readonly stored: (stored: Stored) => void
}

/**
 * The way of records into the house: decode, evaluate, one transaction, then tell. **Invariant**: what is in memory
 * moves only after the transaction that stores it. When the store throws, everything is as before, the error goes to
 * the caller, and the same call may be made again.
 */
export class Ingest {
  readonly #deps: IngestDeps

  constructor(deps: IngestDeps) {
    this.#deps = deps
  }

  batch(raw: RawBatch): void {
    const { partitions, evaluation, tally, book } = this.#deps
    const read = readBatch(raw, partitions.position(raw.topic, raw.partition))
    if (!read) return
    const { samples, positions, rejects, next } = read
    const started = performance.now()
    const rules = book()
    this.#guarded(() => {
      for (let i = 0; i < samples.length; i++) evaluation.record(samples[i] as Sample, positions[i] as Position, rules)
      tally.evaluation((performance.now() - started) / 1000)
      this.#commit({ ...emptyBatch, samples, rejects, positions: [next] }, raw.end)
    })
    tally.messages(raw.topic, samples.length + rejects.length)
  }

  /** A batch of the log that cannot be read at all: told to the operator as one rejected record, and passed by. */
  unreadable({ position, reason, goOnFrom }: UnreadableBatch): void {
    const { partitions, now, tally } = this.#deps
    const stored = partitions.position(position.topic, position.partition)
    if (stored && position.offset < stored.next) return
    const row: RejectedRow = { position, at: now(), reject: { code: 'bad-codec', reason }, head: new Uint8Array(0) }
    this.#guarded(() => this.#commit({ ...emptyBatch, rejects: [row], positions: [goOnFrom] }))
    tally.messages(position.topic, 1)
  }

  gap(gap: GapRecord, goOnFrom: StoredPosition): void {
    const { store, partitions, tally, now } = this.#deps
    store.resetPosition(goOnFrom, gap)
    partitions.moveTo(goOnFrom, now())
    tally.gaps++
  }

  /** Evaluates what only time tells. `knownUntil`: up to when (epoch ms) the log is known to hold nothing unread. */
  clock(knownUntil: number): void {
    const { evaluation, book } = this.#deps
    this.#guarded(() => {
      if (evaluation.clock(knownUntil, book())) this.#commit(emptyBatch)
    })
  }

  /** `end`: of the partition, where the fetch told it. */
  #commit(write: BatchWrite, end?: number): void {
    const { store, evaluation, partitions, tally, now, stored } = this.#deps
    const staged = evaluation.staged()
    store.commitBatch({ ...write, ...staged })
    evaluation.commit(write.samples.length > 0 ? now() : undefined)
    for (const position of write.positions) partitions.moveTo(position, now(), end)
    tally.rejects(write.rejects)
    tally.transitions(staged.events, staged.alerts)
    const byId = new Map(staged.alerts.map((alert) => [alert.id, alert]))
    const due = staged.notifications.flatMap(({ alertId, transition }) => {
      const alert = byId.get(alertId)
      return alert ? [{ alert, transition }] : []
    })
    stored({ samples: write.samples, alerts: staged.alerts, due })
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#deps.evaluation.rollback()
      throw error
    }
  }
}
