import { Worker } from 'node:worker_threads'
import type { StartAt } from '#shared/settings/start-at.ts'
import type { DataCalls, DataEvents, DataThreadOptions } from '../../src-main/threads/data-calls.ts'
import { logTo } from '../../src-main/threads/thread-log.ts'
import { ThreadSupervisor } from '../../src-main/threads/supervisor.ts'

export interface DataThreadChoice extends Pick<DataThreadOptions, 'dataDir' | 'team' | 'mappings'> {
  readonly bootstrap: string
  readonly topicPattern: string
  readonly hasBackend?: boolean
  /** Default: the beginning. */
  readonly startAt?: StartAt
}

/** The real data thread in a worker, as in the main thread. Keeps its messages. */
export class DataThread {
  readonly supervisor: ThreadSupervisor<DataCalls, DataEvents>
  readonly alerts: Array<DataEvents['alerts.changed'][number]> = []
  readonly queued: Array<DataEvents['notifications.queued'][number]> = []
  #worker: Worker | undefined

  constructor(options: DataThreadChoice) {
    const {
      dataDir,
      bootstrap,
      topicPattern,
      hasBackend = false,
      team,
      mappings = [],
      startAt = { kind: 'beginning' },
    } = options
    const workerData: DataThreadOptions = {
      dataDir,
      kafka: { brokers: bootstrap.split(','), topicPattern, clientId: 'remo-console' },
      startAt,
      user: 'kim',
      stockRules: true,
      hasBackend,
      mappings,
      ...(team === undefined ? {} : { team }),
    }
    this.supervisor = new ThreadSupervisor({
      name: 'data thread',
      log: logTo((line) => {
        if (process.env['REMO_TEST_LOG']) console.log(JSON.stringify(line))
      }),
      now: Date.now,
      spawn: () =>
        (this.#worker = new Worker(new URL('../../src-main/data/data-thread.ts', import.meta.url), { workerData })),
    })
    this.supervisor.on('alerts.changed', (alerts) => this.alerts.push(...alerts))
    this.supervisor.on('notifications.queued', (queued) => this.queued.push(...queued))
    this.supervisor.start()
  }

  /** Like a crash: nothing is flushed or closed. The supervisor starts the next one. */
  async crash(): Promise<void> {
    await this.#worker?.terminate()
  }

  async stop(): Promise<void> {
    await this.supervisor.stop(10_000)
  }
}
