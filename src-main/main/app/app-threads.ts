import { userInfo } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ConsoleSettings } from '#shared/settings/console-settings.ts'
import dataThreadPath from '../../data/data-thread?modulePath'
import readThreadPath from '../../read/read-thread?modulePath'
import type { DataCalls, DataEvents, DataThreadOptions } from '../../threads/data-calls.ts'
import { linkThreads } from '../../threads/link-threads.ts'
import type { Log } from '#shared/log.ts'
import type { ReadCalls, ReadThreadOptions } from '../../threads/read-calls.ts'
import { ThreadSupervisor } from '../../threads/supervisor.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'

export interface ThreadsDeps {
  readonly settings: ConsoleSettings
  readonly dataDir: string
  readonly user: string
  readonly log: Log
}

/** The two threads, joined and not yet started. */
export function createThreads({ settings, dataDir, user, log }: ThreadsDeps): { data: DataThread; read: ReadThread } {
  const dataOptions: DataThreadOptions = {
    dataDir,
    kafka: kafkaOf(settings),
    user,
    // A console begins with sensible thresholds of its own: without any it would watch and never speak.
    stockRules: true,
    hasBackend: settings.backendUrl !== undefined,
    ...(settings.team === undefined ? {} : { team: settings.team }),
  }
  const readOptions: ReadThreadOptions = { dataDir }
  const data = new ThreadSupervisor<DataCalls, DataEvents>({
    name: 'data thread',
    log,
    now: Date.now,
    spawn: () => new Worker(dataThreadPath, { name: 'data', workerData: dataOptions }),
  })
  const read = new ThreadSupervisor<ReadCalls>({
    name: 'read thread',
    log,
    now: Date.now,
    spawn: () => new Worker(readThreadPath, { name: 'read', workerData: readOptions }),
  })
  linkThreads(data, read, 'head')
  return { data, read }
}

function kafkaOf({ brokers, topicPattern, security }: ConsoleSettings): DataThreadOptions['kafka'] {
  return { brokers, topicPattern, clientId: 'remo-console', ...(security === undefined ? {} : { security }) }
}

/** The name that acknowledgements and thresholds carry. A system account may have none. */
export function osUserName(): string {
  try {
    return userInfo().username
  } catch {
    return 'operator' // no entry in the user database, as in a bare container
  }
}
