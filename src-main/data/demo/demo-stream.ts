import { minuteMs } from '#shared/format/time-units.ts'
import type { Log } from '#shared/log.ts'
import { runOf } from '../../../src-kafka/records/run-of.ts'
import type { PartitionLogRange, RawBatch, RawRecord, Stream, StreamHandlers } from '../../../src-kafka/stream.ts'
import type { DemoOptions } from '../../threads/data-calls.ts'
import { demoHistoryMs, demoServers, type DemoServer } from './demo-servers.ts'

/** One topic with a partition for each server. It matches the default pattern. */
export const demoTopic = 'metrics-demo'

/** The history comes in pieces, each one transaction, so that calls are answered in between. */
const sliceMs = minuteMs
/** As a reader of Kafka. */
const logRangesEveryMs = 15_000
/** Records that come close together are one commit, as those of one fetch. */
const leastWaitMs = 200
const retryAfterMs = 10_000
/** From the measurement to the record's timestamp. */
const sendMs = 20

export interface DemoStreamDeps {
  readonly demo: DemoOptions
  readonly handlers: StreamHandlers
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
  /** Called after each commit. `at`: event time up to which records are stored, epoch ms. */
  readonly stored: (at: number) => void
}

/** Twelve simulated servers, without Kafka and without a network. Pure in the options, the clock and the positions. */
export function demoStream(deps: DemoStreamDeps): Stream {
  return new DemoStream(deps)
}

/** Delivers what simulated servers would have sent by now. A restart continues at the stored positions. */
class DemoStream implements Stream {
  readonly #deps: DemoStreamDeps
  readonly #servers: readonly DemoServer[]
  #timer: NodeJS.Timeout | undefined
  #rangesAt = -Infinity
  /** Time of the simulation, which never goes back: ahead of the clock after that was set back. */
  #time = -Infinity
  #aheadMs = 0

  constructor(deps: DemoStreamDeps) {
    this.#deps = deps
    this.#servers = demoServers(deps.demo)
  }

  start(): void {
    this.#time = Math.max(...this.#servers.map((server, index) => server.timeOf(this.#position(index) - 1)))
    this.#connected()
    this.#wait(0)
  }

  retryNow(): void {
    if (this.#timer) this.#wait(0)
  }

  /** The demo has no connection that sleep could break. What it has by now is known at once. */
  reconnect(): void {
    this.#rangesAt = -Infinity
    this.#connected()
    this.retryNow()
  }

  networkChanged(): void {
    // There is no network.
  }

  stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#deps.handlers.status({ kind: 'stopped' })
    return Promise.resolve()
  }

  #connected(): void {
    const { handlers, now } = this.#deps
    handlers.status({ kind: 'connected', since: now(), topics: 1, partitions: this.#servers.length })
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#turn(), ms)
  }

  #turn(): void {
    const { log, now, stored } = this.#deps
    this.#advanceTime()
    let storedTo: number
    try {
      this.#reportLogRanges()
      storedTo = this.#deliver()
    } catch (cause) {
      log.error('cannot store records', { cause })
      return this.#wait(retryAfterMs)
    }
    stored(storedTo - this.#aheadMs)
    const next = Math.min(...this.#servers.map((server) => server.timeOf(server.firstAfter(storedTo))))
    this.#wait(next <= this.#time ? 0 : Math.max(leastWaitMs, next - this.#aheadMs - now()))
  }

  #advanceTime(): void {
    const time = this.#deps.now() + this.#aheadMs
    this.#aheadMs += Math.max(0, this.#time - time)
    this.#time = Math.max(this.#time, time)
  }

  #reportLogRanges(): void {
    const now = this.#deps.now()
    if (Math.abs(now - this.#rangesAt) < logRangesEveryMs) return
    const ranges = this.#servers.map((server, partition): PartitionLogRange => {
      return { topic: demoTopic, partition, start: 0, end: server.firstAfter(this.#time) }
    })
    this.#deps.handlers.logRanges(ranges)
    this.#rangesAt = now
  }

  /** Delivers the oldest minute that is not stored. Returns its end, or the present. */
  #deliver(): number {
    const oldest = this.#time - demoHistoryMs
    const next = this.#servers.map((server, index) => Math.max(this.#position(index), server.firstAfter(oldest)))
    const begin = Math.min(...this.#servers.map((server, index) => server.timeOf(next[index] as number)))
    const to = Math.min(this.#time, begin + sliceMs)
    const batches = this.#servers.map((_, index) => this.#batch(index, next[index] as number, to))
    const fresh = batches.filter((batch) => batch.next > this.#position(batch.partition))
    if (fresh.length > 0) void this.#deps.handlers.batches(fresh)
    return to
  }

  #batch(partition: number, from: number, to: number): RawBatch {
    const server = this.#servers[partition] as DemoServer
    const next = Math.max(from, server.firstAfter(to))
    const records: RawRecord[] = []
    for (let offset = from; offset < next; offset++) {
      const time = server.timeOf(offset)
      if (server.isSilent(time)) continue
      const at = time - this.#aheadMs
      records.push({ offset, timestamp: at + sendMs, key: Buffer.from(server.id), value: valueOf(server, time, at) })
    }
    const runs = records.length > 0 ? [runOf(records)] : []
    return { topic: demoTopic, partition, runs, next, end: server.firstAfter(this.#time) }
  }

  #position(partition: number): number {
    return this.#deps.handlers.position(demoTopic, partition)?.next ?? 0
  }
}

function valueOf(server: DemoServer, time: number, at: number): Uint8Array {
  return Buffer.from(server.message(time, at))
}
