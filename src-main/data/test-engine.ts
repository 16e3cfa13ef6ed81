import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { StartAt } from '#shared/settings/start-at.ts'
import { journalLimits } from '../store/heads/journal-sizes.ts'
import { ConsoleStore } from '../store/console-store.ts'
import type { DataCalls, DataEvents } from '../threads/data-calls.ts'
import { logTo } from '../threads/thread-log.ts'
import type { ReplyOf, RequestOf } from '../threads/protocol.ts'
import { Engine } from './engine.ts'
import { aRun } from '../../src-kafka/records/run-builders.ts'
import type { RawBatch, RawRecord } from '../../src-kafka/stream.ts'

/** Builders for the tests of the data thread. */

export interface MessageParts {
  readonly node: string
  readonly at: number
  readonly metrics: Readonly<Record<string, number>>
}

/** The format of producers in the field: spaces after colon and comma, six fractional digits. */
export function aMessage({ node, at, metrics }: MessageParts): Uint8Array {
  const timestamp = new Date(at).toISOString().replace('Z', '000Z')
  const values = Object.entries(metrics).map(([name, value]) => `"${name}": ${value}`)
  return Buffer.from(
    `{"node_id": "${node}", "node_name": "Server ${node}", "timestamp": "${timestamp}", "metrics": {${values.join(', ')}}}`,
  )
}

export interface BatchParts {
  readonly topic?: string
  readonly partition?: number
  readonly from?: number
  /** Offset to continue from; by default that after the last record. */
  readonly next?: number
  readonly end?: number
}

/**
 * A fetch with one batch. Values become records at successive offsets; `timestamp` is that of all.
 */
export function aBatch(
  values: ReadonlyArray<Uint8Array | null>,
  timestamp: number,
  parts: BatchParts = {},
): readonly RawBatch[] {
  const { topic = 'metrics-node-1', partition = 0, from = 0 } = parts
  const records = values.map((value, i): RawRecord => ({ offset: from + i, timestamp, value }))
  const next = parts.next ?? from + values.length
  return [{ topic, partition, runs: [aRun(records)], next, end: parts.end ?? next }]
}

/** The one item of a list. */
export function only<T>(items: readonly T[]): T {
  const [item] = items
  if (item === undefined || items.length > 1) throw new Error(`expected one item, got ${items.length}`)
  return item
}

/** An engine on a real store, with its own clock. Keeps everything that it emits. */
export class TestEngine {
  readonly dir: string
  now: number
  readonly emitted: Array<{ [K in keyof DataEvents]: { event: K; payload: DataEvents[K] } }[keyof DataEvents]> = []
  readonly fatal: unknown[] = []
  retries = 0
  /** Called when the stream has to connect again. */
  reconnect: () => void = () => undefined
  /** The level that this version understands, from the next start on. Raising it is an upgrade. */
  readerLevel: number | undefined
  /** Mappings of the settings, from the next start on. */
  mappings: readonly FieldMapping[]
  store: ConsoleStore
  engine: Engine
  readonly #stockRules: boolean | 'without-hold'
  readonly #hasBackend: boolean
  readonly #startAt: StartAt
  #team: string | undefined

  constructor({
    now = 1_764_000_000_000,
    stockRules = false,
    hasBackend = false,
    dir,
    readerLevel,
    startAt = { kind: 'beginning' },
    mappings = [],
  }: {
    now?: number
    stockRules?: boolean | 'without-hold'
    hasBackend?: boolean
    dir?: string
    readerLevel?: number
    startAt?: StartAt
    mappings?: readonly FieldMapping[]
  } = {}) {
    this.#startAt = startAt
    this.readerLevel = readerLevel
    this.mappings = mappings
    this.dir = dir ?? mkdtempSync(join(tmpdir(), 'remo-engine-'))
    this.now = now
    this.#stockRules = stockRules
    this.#hasBackend = hasBackend
    ;({ store: this.store, engine: this.engine } = this.#open())
  }

  /** Stops this run and starts another one on the same files. `team`: switches to that team. */
  restart(team?: string): void {
    this.#team = team ?? this.#team
    this.engine.stop()
    this.store.close()
    this.reopen()
  }

  /** Starts another run, after the test stopped the last one. `prepare`: called when its store is open. */
  reopen(prepare?: (fixture: TestEngine) => void): void {
    ;({ store: this.store, engine: this.engine } = this.#open(prepare))
  }

  /** Calls as another thread does. */
  call<K extends keyof DataCalls>(call: K, request: RequestOf<DataCalls, K>): ReplyOf<DataCalls, K> {
    return this.engine.calls[call](request) as ReplyOf<DataCalls, K>
  }

  /** The payloads of one event, oldest first. */
  emittedOf<K extends keyof DataEvents>(event: K): Array<DataEvents[K]> {
    return this.emitted.flatMap((line) => (line.event === event ? [line.payload as DataEvents[K]] : []))
  }

  /** Connects the stream; the broker reports these ends. */
  connect(ends: ReadonlyArray<{ topic: string; end: number }> = []): void {
    const { handlers } = this.engine
    handlers.logRanges(ends.map(({ topic, end }) => ({ topic, partition: 0, start: 0, end })))
    handlers.status({ kind: 'connected', since: this.now, topics: Math.max(1, ends.length), partitions: ends.length })
  }

  remove(): void {
    this.engine.stop()
    this.store.close()
    rmSync(this.dir, { recursive: true, force: true })
  }

  #open(prepare?: (fixture: TestEngine) => void): { store: ConsoleStore; engine: Engine } {
    const { store, notices } = ConsoleStore.open(this.dir, this.now, {
      ...journalLimits,
      ...(this.readerLevel === undefined ? {} : { readerLevel: this.readerLevel }),
    })
    this.store = store
    prepare?.(this)
    const engine = new Engine({
      store,
      notices,
      options: {
        user: 'kim',
        stockRules: this.#stockRules,
        hasBackend: this.#hasBackend,
        topicPattern: '^metrics-',
        startAt: this.#startAt,
        mappings: this.mappings,
        ...(this.#team === undefined ? {} : { team: this.#team }),
      },
      log: logTo(() => undefined),
      now: () => this.now,
      emit: (event, payload) => this.emitted.push({ event, payload } as never),
      retry: () => this.retries++,
      reconnect: () => this.reconnect(),
      fatal: (error) => this.fatal.push(error),
    })
    engine.start()
    return { store, engine }
  }
}
