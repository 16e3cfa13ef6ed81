import type { TimeStyle } from '#shared/format/time.ts'
import type { Log } from '#shared/log.ts'
import type { BackendClient } from '../backend/backend-client.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'
import type { DoNotDisturb } from '../notifications/do-not-disturb.ts'
import type { NotificationPause } from '../notifications/notification-pause.ts'
import type { PopupActs } from '../notifications/popup-acts.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { ClearLevels } from './clear-levels.ts'
import type { CurrentHealth } from './current-health.ts'
import type { FiringAlerts } from './firing-alerts.ts'
import type { GatedDeps } from './route-gate.ts'

/** What routes of events use of one connection and of the app. */
export interface EventRouteDeps extends GatedDeps {
  readonly data: DataThread
  readonly read: ReadThread
  readonly backend: BackendClient | undefined
  readonly health: CurrentHealth
  readonly alerts: FiringAlerts
  /** Who works at this console; `undefined` if nobody is signed in. */
  readonly operator: () => string | undefined
  readonly clearLevels: ClearLevels
  readonly doNotDisturb: NotificationPause & Pick<DoNotDisturb, 'tick' | 'request' | 'onChange'>
  /** Whether the screen is locked, before the first event says it. */
  readonly isScreenLocked: () => boolean
  /** What the buttons of popups do. */
  readonly acts: PopupActs
  readonly settings: Pick<SettingsService, 'values' | 'onChange'>
  readonly open: (alertId?: string) => void
  readonly now: () => number
  readonly timeStyle: (at: number) => TimeStyle
  readonly log: Log
}
