import { Engine } from '../src-main/data/engine.ts'
import { ConsoleStore } from '../src-main/store/console-store.ts'
import { logTo } from '../src-main/threads/thread-log.ts'
import type { RawBatch } from '../src-kafka/stream.ts'

/** An engine on a cache, without Kafka, that has started: what it stores comes by `storeBatches`. It reads the topic `bench`. */
export class BenchEngine {
  readonly #engine: Engine
  readonly #store: ConsoleStore

  /** @param dir of the cache; `now`: the time of the engine, epoch ms */
  constructor(dir: string, now: number) {
    const { store, notices } = ConsoleStore.open(dir, now)
    this.#store = store
    this.#engine = new Engine({
      store,
      notices,
      options: {
        user: 'bench',
        hasBackend: false,
        stockRules: true,
        topicPattern: '^bench$',
        startAt: { kind: 'beginning' },
      },
      log: logTo(() => undefined),
      now: () => now,
      emit: () => undefined,
      retry: () => undefined,
      reconnect: () => undefined,
      fatal: (error) => {
        throw error
      },
    })
    this.#engine.start()
  }

  storeBatches(batches: readonly RawBatch[]): void {
    for (const batch of batches) void this.#engine.handlers.batches([batch])
  }

  /** @throws Error if a record was rejected: all that a bench stores is valid */
  stop(): void {
    const rejected = this.#engine.calls['rejectedRecords.list']({ limit: 1 }) as ReadonlyArray<{
      readonly reason: string
    }>
    this.#engine.stop()
    this.#store.close()
    if (rejected[0]) throw new Error(`a valid record was rejected: ${rejected[0].reason}`)
  }
}
