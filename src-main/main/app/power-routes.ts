import { SleepWatch } from '#shared/health/sleep-watch.ts'
import type { Log } from '#shared/log.ts'
import type { BackendClient } from '../backend/backend-client.ts'
import type { DataThread } from '../ipc/ipc-deps.ts'
import type { AlertNotifications } from '../notifications/alert-notifications.ts'
import type { BlindNotifications } from '../notifications/blind-notifications.ts'
import type { CurrentHealth } from './current-health.ts'

/** Events of Electron's `powerMonitor`. On Linux, `routeScreenLock` reports those of the screen. */
export const powerEvents = ['suspend', 'resume', 'lock-screen', 'unlock-screen'] as const
export type PowerEvent = (typeof powerEvents)[number]

export interface PowerRoutesDeps {
  readonly data: Pick<DataThread, 'call'>
  readonly health: Pick<CurrentHealth, 'resumed' | 'setReport'>
  readonly notifications: Pick<AlertNotifications, 'resumed'>
  readonly blind: Pick<BlindNotifications, 'resumed'>
  readonly backend: Pick<BackendClient, 'probeNow'> | undefined
  /** `isSeen` may have changed. */
  readonly watch: () => void
  /** Whether the screen is locked at the start of the connection. */
  readonly isScreenLocked: () => boolean
  /** Epoch ms. */
  readonly now: () => number
  readonly log: Log
}

/**
 * What sleep and a locked screen change.
 *
 * | event         | what follows                                                                                   |
 * |---------------|------------------------------------------------------------------------------------------------|
 * | suspend       | no missing data is evaluated                                                                   |
 * | resume        | health is unknown until the data thread reports; it connects again; alerts become one digest    |
 * | a late tick   | the same as resume                                                                             |
 * | screen locked | no live frames, as for a hidden window                                                         |
 *
 * A computer on battery needs nothing more: a hidden window saves the same on any power.
 */
export class PowerRoutes {
  readonly #deps: PowerRoutesDeps
  readonly #sleep: SleepWatch
  #isVisible = false
  #isLocked: boolean
  readonly #lockListeners: Array<(isLocked: boolean) => void> = []

  constructor(deps: PowerRoutesDeps) {
    this.#deps = deps
    this.#isLocked = deps.isScreenLocked()
    this.#sleep = new SleepWatch(deps.now())
  }

  /** Calls `listener` after each lock and unlock. */
  onLock(listener: (isLocked: boolean) => void): void {
    this.#lockListeners.push(listener)
  }

  /** Whether somebody can see the window. */
  get isSeen(): boolean {
    return this.#isVisible && !this.#isLocked
  }

  event(event: PowerEvent): void {
    // Several parts of a desktop report the same lock.
    if (event === 'lock-screen' && this.#isLocked) return
    if (event === 'unlock-screen' && !this.#isLocked) return
    this.#deps.log.info('power', { event })
    switch (event) {
      case 'suspend':
        this.#sleep.suspend()
        this.#tell(true)
        break
      case 'resume':
        if (this.#sleep.resume(this.#deps.now())) this.#woke()
        break
      case 'lock-screen':
      case 'unlock-screen':
        this.#see({ isLocked: event === 'lock-screen' })
        this.#lock(event === 'lock-screen')
        for (const listener of this.#lockListeners) listener(this.#isLocked)
    }
  }

  visible(isVisible: boolean): void {
    this.#see({ isVisible })
  }

  /** Call it once a second. */
  tick(): void {
    if (this.#sleep.tick(this.#deps.now())) this.#woke()
  }

  #see({ isVisible = this.#isVisible, isLocked = this.#isLocked }): void {
    this.#isVisible = isVisible
    this.#isLocked = isLocked
    this.#deps.watch()
  }

  #woke(): void {
    const { health, notifications, blind, backend, now } = this.#deps
    health.resumed(now())
    notifications.resumed()
    blind.resumed()
    backend?.probeNow()
    this.#tell(false)
  }

  /** What fires behind a locked screen is shown when it is unlocked. */
  #lock(isLocked: boolean): void {
    const { data, log } = this.#deps
    data
      .call('away.lock', { isLocked })
      .catch((cause: unknown) => log.info('call failed', { call: 'away.lock', cause }))
  }

  #tell(isAsleep: boolean): void {
    const { data, health, log } = this.#deps
    data.call('power.changed', { isAsleep }).then(
      (report) => health.setReport(report),
      // A thread that starts again knows nothing of before.
      (cause: unknown) => log.info('call failed', { call: 'power.changed', cause }),
    )
  }
}
