import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { nativeImage } from 'electron'
import type { NativeImage } from 'electron'
import type { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'
import { connectionAccess } from '#shared/settings/connection-access.ts'
import { connectionInUse } from '#shared/settings/connection-in-use.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import dataThreadPath from '../../data/data-thread?modulePath'
import readThreadPath from '../../read/read-thread?modulePath'
import type { DataCalls, DataEvents, DataThreadOptions, DemoOptions } from '../../threads/data-calls.ts'
import { linkThreads } from '../../threads/link-threads.ts'
import type { ReadCalls, ReadThreadOptions } from '../../threads/read-calls.ts'
import { ThreadSupervisor } from '../../threads/supervisor.ts'
import type { KafkaSettings } from '../../../src-kafka/client/kafka-settings.ts'
import type { BackendClient } from '../backend/backend-client.ts'
import { createBackend } from '../backend/create-backend.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'
import { DesktopNotifier } from '../notifications/desktop-notifier.ts'
import iconPath from '../windows/icon.png?asset'
import { WindowStateFile } from '../windows/window-state-file.ts'
import { ClearLevels } from './clear-levels.ts'
import { CurrentHealth } from './current-health.ts'
import { FiringAlerts } from './firing-alerts.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { Launch } from './launch.ts'
import type { Shutdown } from './shutdown.ts'

/** Input of the composition root. */
export interface StartDeps {
  readonly launch: Launch
  readonly settings: SettingsService
  readonly dataDir: string
  /** `remo://…` link that the operating system passed to this start. */
  readonly link: string | undefined
  readonly log: Log
  readonly life: Lifetime
  readonly end: Shutdown
}

/** Components that window, tray, IPC calls and `/metrics` use. None of them needs a window. */
export interface AppComponents {
  readonly inUse: ConnectionInUse
  readonly icon: NativeImage
  readonly stateFile: WindowStateFile
  readonly health: CurrentHealth
  readonly alerts: FiringAlerts
  readonly clearLevels: ClearLevels
  readonly user: string
  readonly data: DataThread
  readonly read: ReadThread
  readonly backend: BackendClient | undefined
  readonly notifier: DesktopNotifier
}

const noNotifications = {
  id: 'notifications',
  severity: 'warning',
  text: 'Desktop notifications do not work on this system. ReMo shows alerts only in this window and in the tray.',
} as const

/** Creates the threads and the backend client; the caller starts them. */
export function createAppComponents(deps: StartDeps): AppComponents {
  const { dataDir, log, life } = deps
  const inUse = chooseConnection(deps)
  const stateFile = new WindowStateFile(join(dataDir, 'window.json'), log.child({ part: 'window' }))
  life.own('window state', stateFile, () => stateFile.flush())
  const health = new CurrentHealth(Date.now())
  const user = osUserName()
  const { data, read } = createThreads({
    launch: deps.launch,
    inUse,
    dataDir: join(dataDir, inUse.folder),
    user,
    log: log.child({ part: 'threads' }),
  })
  life.own('data thread', data, () => data.stop(8000))
  life.own('read thread', read, () => read.stop(2000))
  const backend = createBackend({ ...deps, url: inUse.connection.backendUrl }, data, health)
  const icon = nativeImage.createFromPath(iconPath)
  const notifier = new DesktopNotifier({
    icon,
    log: log.child({ part: 'notify' }),
    onWorks: (works) => (works ? health.clearNotice(noNotifications.id) : health.addNotice(noNotifications)),
  })
  life.own('notifications', notifier, () => notifier.end())
  return {
    inUse,
    icon,
    stateFile,
    health,
    alerts: new FiringAlerts(),
    clearLevels: new ClearLevels(),
    user,
    data,
    read,
    backend,
    notifier,
  }
}

function chooseConnection({ launch, settings }: StartDeps): ConnectionInUse {
  const { file } = settings.store
  const chosen = connectionInUse({
    connections: file.connections,
    inUse: file.inUse,
    profile: launch.flags.profile,
    demo: launch.flags.demo,
    variables: launch.variables.connection,
  })
  if (!chosen.ok) throw new Error(chosen.problem)
  return chosen.inUse
}

interface ThreadsDeps {
  readonly launch: Launch
  readonly inUse: ConnectionInUse
  readonly dataDir: string
  readonly user: string
  readonly log: Log
}

/** Creates both threads and links them, without starting them. */
function createThreads({ launch, inUse, dataDir, user, log }: ThreadsDeps): { data: DataThread; read: ReadThread } {
  const { connection } = inUse
  const dataOptions: DataThreadOptions = {
    dataDir,
    ...(inUse.origin === 'demo' ? { demo: newDemo(dataDir) } : { kafka: kafkaOf(launch, inUse) }),
    startAt: connection.startAt,
    user,
    // A new console has default thresholds: without rules it would never alert.
    stockRules: true,
    hasBackend: connection.backendUrl !== undefined,
    ...(connection.team === undefined ? {} : { team: connection.team }),
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

/** A demo always begins anew: its records follow from its start, so a folder that was left behind is removed. */
function newDemo(folder: string): DemoOptions {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return { seed: 1, startedAt: Date.now() }
}

function kafkaOf({ variables }: Launch, { connection }: ConnectionInUse): KafkaSettings {
  const { brokers, topics, rack } = connection
  const { password } = variables.connection
  const access = connectionAccess(connection, password === undefined ? {} : { password }, (path) =>
    readFileSync(path, 'utf8'),
  )
  const security = access.kind === 'ready' ? access.security : undefined
  return {
    brokers,
    topicPattern: topics,
    clientId: 'remo-console',
    ...(rack === undefined ? {} : { rack }),
    ...(security === undefined ? {} : { security }),
  }
}

/** Author of acknowledgements and thresholds on a console without a backend. */
function osUserName(): string {
  try {
    return userInfo().username
  } catch {
    return 'operator' // no entry in the user database, as in a bare container
  }
}
