import { Worker } from 'node:worker_threads'
import type { Log } from '#shared/log.ts'
import type { ConnectionAccess } from '#shared/settings/connection-access.ts'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { OwnAlertSettings } from '#shared/own/own-settings.ts'
import type { Retention } from '#shared/retention/retention.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import dataThreadPath from '../../data/data-thread?modulePath'
import readThreadPath from '../../read/read-thread?modulePath'
import type { DataCalls, DataEvents, DataThreadOptions } from '../../threads/data-calls.ts'
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
  /** As the settings say now. */
  readonly retention: () => Retention
  readonly own: () => OwnAlertSettings
  readonly mappings: () => readonly FieldMapping[]
  readonly log: Log
}

/** Creates both threads of a connection and links them, without starting them. */
export function createThreads({ retention, own, mappings, log, ...facts }: ThreadsDeps): ConnectionThreads {
  const startedAt = Date.now()
  let hasBeenOpen = false
  const dataOptions = (): DataThreadOptions => ({
    ...dataThreadOptions({ ...facts, retention: retention(), own: own(), mappings: mappings(), startedAt }),
    hasBeenOpen,
  })
  const readOptions: ReadThreadOptions = { dataDir: facts.dataDir }
  const data = new ThreadSupervisor<DataCalls, DataEvents>({
    name: 'data thread',
    log,
    now: Date.now,
    spawn: () => new Worker(dataThreadPath, { name: 'data', workerData: dataOptions() }),
  })
  const read = new ThreadSupervisor<ReadCalls>({
    name: 'read thread',
    log,
    now: Date.now,
    spawn: () => new Worker(readThreadPath, { name: 'read', workerData: readOptions }),
  })
  data.onState(({ kind }) => (hasBeenOpen ||= kind === 'running'))
  linkThreads(data, read, 'head')
  return { data, read }
}
