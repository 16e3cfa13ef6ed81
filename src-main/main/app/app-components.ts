import { userInfo } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { nativeImage } from 'electron'
import type { NativeImage } from 'electron'
import type { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'
import type { ConsoleSettings } from '#shared/settings/console-settings.ts'
import dataThreadPath from '../../data/data-thread?modulePath'
import readThreadPath from '../../read/read-thread?modulePath'
import type { DataCalls, DataEvents, DataThreadOptions } from '../../threads/data-calls.ts'
import { linkThreads } from '../../threads/link-threads.ts'
import type { ReadCalls, ReadThreadOptions } from '../../threads/read-calls.ts'
import { ThreadSupervisor } from '../../threads/supervisor.ts'
import type { BackendClient } from '../backend/backend-client.ts'
import { createBackend } from '../backend/create-backend.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'
import { DesktopNotifier } from '../notifications/desktop-notifier.ts'
import iconPath from '../windows/icon.png?asset'
import { WindowStateFile } from '../windows/window-state-file.ts'
import { ClearLevels } from './clear-levels.ts'
import { CurrentHealth } from './current-health.ts'
import { FiringAlerts } from './firing-alerts.ts'
import type { Shutdown } from './shutdown.ts'

/** Input of the composition root. */
export interface StartDeps {
  readonly settings: ConsoleSettings
  readonly dataDir: string
  /** `remo://…` link that the operating system passed to this start. */
  readonly link: string | undefined
  readonly log: Log
  readonly life: Lifetime
  readonly end: Shutdown
}

/** Components that window, tray, IPC calls and `/metrics` use. None of them needs a window. */
export interface AppComponents {
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
  const { settings, dataDir, log, life } = deps
  const stateFile = new WindowStateFile(join(dataDir, 'window.json'), log.child({ part: 'window' }))
  life.own('window state', stateFile, () => stateFile.flush())
  const health = new CurrentHealth(Date.now())
  const user = osUserName()
  const { data, read } = createThreads({ settings, dataDir, user, log: log.child({ part: 'threads' }) })
  life.own('data thread', data, () => data.stop(8000))
  life.own('read thread', read, () => read.stop(2000))
  const backend = createBackend(deps, data, health)
  const icon = nativeImage.createFromPath(iconPath)
  const notifier = new DesktopNotifier({
    icon,
    log: log.child({ part: 'notify' }),
    onWorks: (works) => (works ? health.clearNotice(noNotifications.id) : health.addNotice(noNotifications)),
  })
  life.own('notifications', notifier, () => notifier.end())
  return {
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

interface ThreadsDeps {
  readonly settings: ConsoleSettings
  readonly dataDir: string
  readonly user: string
  readonly log: Log
}

/** Creates both threads and links them, without starting them. */
function createThreads({ settings, dataDir, user, log }: ThreadsDeps): { data: DataThread; read: ReadThread } {
  const dataOptions: DataThreadOptions = {
    dataDir,
    kafka: kafkaOf(settings),
    startAt: settings.startAt,
    user,
    // A new console has default thresholds: without rules it would never alert.
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

function kafkaOf({ brokers, topicPattern, rack, security }: ConsoleSettings): DataThreadOptions['kafka'] {
  return {
    brokers,
    topicPattern,
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
