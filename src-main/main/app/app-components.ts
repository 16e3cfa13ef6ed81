import { join } from 'node:path'
import { nativeImage } from 'electron'
import type { NativeImage } from 'electron'
import { FiringAlerts } from './firing-alerts.ts'
import type { BackendClient } from '../backend/backend-client.ts'
import { CurrentHealth } from './current-health.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'
import { DesktopNotifier } from '../notifications/desktop-notifier.ts'
import iconPath from '../windows/icon.png?asset'
import { WindowStateFile } from '../windows/window-state-file.ts'
import { createBackend } from '../backend/create-backend.ts'
import type { StartDeps } from './start-deps.ts'
import { createThreads, osUserName } from './app-threads.ts'

/** What window, tray, calls and figures stand on. None of it needs a window. */
export interface AppComponents {
  readonly icon: NativeImage
  readonly stateFile: WindowStateFile
  readonly health: CurrentHealth
  readonly alerts: FiringAlerts
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

/** The threads are made, not started. */
export function createAppComponents(deps: StartDeps): AppComponents {
  const { settings, dataDir, log, life } = deps
  const stateFile = new WindowStateFile(join(dataDir, 'window.json'), log.child({ part: 'window' }))
  life.own('window memory', stateFile, () => stateFile.flush())
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
  return { icon, stateFile, health, alerts: new FiringAlerts(), user, data, read, backend, notifier }
}
