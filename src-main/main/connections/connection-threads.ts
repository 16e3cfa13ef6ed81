import { Worker } from 'node:worker_threads'
import type { Log } from '#shared/log.ts'
import type { ConnectionAccess } from '#shared/settings/connection-access.ts'
import type { Retention } from '#shared/retention/retention.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import dataThreadPath from '../../data/data-thread?modulePath'
import readThreadPath from '../../read/read-thread?modulePath'
import type { DataCalls, DataEvents } from '../../threads/data-calls.ts'
import { linkThreads } from '../../threads/link-threads.ts'
import type { ReadCalls, ReadThreadOptions } from '../../threads/read-calls.ts'
import { ThreadSupervisor } from '../../threads/supervisor.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'
import { dataThreadOptions } from './data-thread-options.ts'

export interface ConnectionThreads {
  readonly data: DataThread
  readonly read: ReadThread
}

export interface ThreadsDeps {
  readonly inUse: ConnectionInUse
  readonly access: ConnectionAccess
  /** Folder of the connection's cache. */
  readonly dataDir: string
  readonly user: string
  readonly log: Log
  /** Limits in force, asked for at each start of the data thread. */
  readonly retention: () => Retention
}

/** Creates both threads of a connection and links them, without starting them. */
export function createThreads({ inUse, access, dataDir, user, log, retention }: ThreadsDeps): ConnectionThreads {
  const dataOptions = dataThreadOptions({ inUse, access, dataDir, user, startedAt: Date.now() })
  const readOptions: ReadThreadOptions = { dataDir }
  const data = new ThreadSupervisor<DataCalls, DataEvents>({
    name: 'data thread',
    log,
    now: Date.now,
    spawn: () => new Worker(dataThreadPath, { name: 'data', workerData: { ...dataOptions, retention: retention() } }),
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
