import type { TimeStyle } from '#shared/format/time.ts'
import type { Log } from '#shared/log.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import type { BackendClient } from '../backend/backend-client.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'
import type { DesktopNotifier } from '../notifications/desktop-notifier.ts'
import type { DoNotDisturb } from '../notifications/do-not-disturb.ts'
import type { NotificationPause } from '../notifications/notification-pause.ts'
import type { PlaySound } from '../notifications/play-sound.ts'
import type { PopupActs } from '../notifications/popup-acts.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { MainWindow } from '../windows/main-window.ts'
import type { ClearLevels } from './clear-levels.ts'
import type { CurrentHealth } from './current-health.ts'
import type { FiringAlerts } from './firing-alerts.ts'

/** What routes of events use of one connection and of the app. */
export interface EventRouteDeps {
  /** As it is now: its mark may change. */
  readonly inUse: () => ConnectionInUse
  readonly data: DataThread
  readonly read: ReadThread
  readonly backend: BackendClient | undefined
  readonly health: CurrentHealth
  readonly alerts: FiringAlerts
  /** Who works at this console; `undefined` if nobody is signed in. */
  readonly operator: () => string | undefined
  readonly clearLevels: ClearLevels
  readonly window: Pick<MainWindow, 'push' | 'navigate' | 'isVisible'>
  readonly showTray: () => void
  readonly notifier: Pick<DesktopNotifier, 'show' | 'withdraw'>
  readonly doNotDisturb: NotificationPause & Pick<DoNotDisturb, 'tick' | 'request' | 'onChange'>
  /** Whether the screen is locked, before the first event says it. */
  readonly isScreenLocked: () => boolean
  /** What the buttons of popups do. */
  readonly acts: PopupActs
  readonly sounds: PlaySound
  readonly settings: Pick<SettingsService, 'values' | 'onChange'>
  readonly open: (alertId?: string) => void
  readonly now: () => number
  readonly timeStyle: (at: number) => TimeStyle
  readonly log: Log
}
