/**
 * Holds records until Kafka has stored them. Loses, doubles and reorders nothing while Kafka is unreachable or frozen.
 *
 * **Invariants** (kafkajs 2.2.4 measurably loses or doubles records if one is broken):
 * - The queue retries, because kafkajs gives up when no broker responds.
 * - One batch at a time is being sent.
 * - A failed batch is sent again unchanged until it is stored.
 */
import type { Log } from '#shared/log.ts'
import { wait } from '../wait.ts'
import { BoundedQueue, type QueueLimits } from './bounded-queue.ts'
import { StaleBatchesError, type Destination } from '../../src-kafka/produce/destination.ts'
import type { PartitionBatch, ProducerRecord } from '../../src-kafka/produce/producer-record.ts'
import { Retry } from './retry.ts'

const standardLimits: QueueLimits = { records: 200_000, bytes: 64 * 1024 * 1024 }
/** Records of one round of batches. */
const roundLimits: QueueLimits = { records: 8_000, bytes: 4 * 1024 * 1024 }
const printDropsEveryMs = 60_000

export interface SendQueueDeps {
  readonly destination: Destination
  readonly log: Log
  readonly now: () => number
  readonly limits?: QueueLimits
}

export class SendQueue {
  readonly #destination: Destination
  readonly #log: Log
  readonly #now: () => number
  readonly #queue: BoundedQueue
  readonly #retry: Retry
  #listeners: Array<() => void> = []
  #underWay = 0
  #stored = 0
  #dropped = 0
  #dropsPrintedAt = -Infinity
  #closing = false
  #running: Promise<void> = Promise.resolve()

  constructor({ destination, log, now, limits = standardLimits }: SendQueueDeps) {
    this.#destination = destination
    this.#log = log
    this.#now = now
    this.#queue = new BoundedQueue(limits)
    this.#retry = new Retry({ log, now, waiting: () => this.waiting })
  }

  /** Records that Kafka has acknowledged. */
  get stored(): number {
    return this.#stored
  }

  /** Records that were dropped at the limit. */
  get dropped(): number {
    return this.#dropped
  }

  /** Records that Kafka has not acknowledged yet. */
  get waiting(): number {
    return this.#queue.length + this.#underWay
  }

  start(): void {
    this.#running = this.#deliver()
  }

  add(record: ProducerRecord): void {
    const dropped = this.#queue.add(record)
    if (dropped > 0) this.#countDrops(dropped)
    this.#signal()
  }

  /** For a source that can wait, so that nothing is dropped. */
  async waitUntilBelow(records: number): Promise<void> {
    while (this.waiting >= records) await this.#change()
  }

  /** Sends the queued records for at most `limitMs`. @returns how many remain unsent */
  async close(limitMs: number): Promise<number> {
    this.#closing = true
    this.#signal()
    await Promise.race([this.#running, wait(limitMs, { idle: true })])
    return this.waiting
  }

  async #deliver(): Promise<void> {
    for (;;) {
      const records = this.#queue.take(roundLimits)
      if (records.length > 0) await this.#deliverRound(records)
      else if (this.#closing) return
      else await this.#change()
    }
  }

  async #deliverRound(records: readonly ProducerRecord[]): Promise<void> {
    this.#underWay = records.length
    let batches = await this.#toBatches(records)
    for (let batch = batches[0]; batch; batch = batches[0]) {
      const stored = await this.#store(batch)
      batches = stored ? batches.slice(1) : await this.#toBatches(batches.flatMap((each) => each.records))
    }
  }

  #toBatches(records: readonly ProducerRecord[]): Promise<PartitionBatch[]> {
    return this.#retry.untilDone(() => this.#destination.toBatches(records))
  }

  async #store(batch: PartitionBatch): Promise<boolean> {
    try {
      await this.#retry.untilDone(() => this.#destination.store(batch))
    } catch (error) {
      if (!(error instanceof StaleBatchesError)) throw error
      this.#log.warn('rebuilding batches', { reason: error.message })
      return false
    }
    this.#underWay -= batch.records.length
    this.#stored += batch.records.length
    this.#signal()
    return true
  }

  #countDrops(dropped: number): void {
    this.#dropped += dropped
    const now = this.#now()
    if (now - this.#dropsPrintedAt < printDropsEveryMs) return
    this.#dropsPrintedAt = now
    this.#log.warn('send queue full: dropping the oldest records', { dropped: this.#dropped, waiting: this.waiting })
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#listeners.push(resolve))
  }

  #signal(): void {
    const listeners = this.#listeners
    this.#listeners = []
    for (const wake of listeners) wake()
  }
}
