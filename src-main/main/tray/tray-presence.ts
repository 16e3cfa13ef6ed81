import type { SettingsService } from '../settings/settings-service.ts'
import type { StatusTray } from './status-tray.ts'

export interface TrayPresenceDeps {
  readonly settings: SettingsService
  readonly tray: Pick<StatusTray, 'turn'>
  /** Whether the desktop shows tray icons, now. */
  readonly hasHost: () => Promise<boolean>
  /** Shows the window: nothing else could bring it back. */
  readonly showWindow: () => void
  readonly wait: (ms: number) => Promise<void>
}

/** A panel that starts together with ReMo on login has this long to show tray icons, ms. */
const hostLimitMs = 15_000
const hostPollMs = 1000

/** Keeps the tray icon on or off as the settings say. A hidden window always has an icon that brings it back. */
export class TrayPresence {
  readonly #deps: TrayPresenceDeps
  /** `undefined`: not asked yet. */
  #hasHost: boolean | undefined

  constructor(deps: TrayPresenceDeps) {
    this.#deps = deps
    deps.tray.turn(this.#isWanted)
    deps.settings.onChange((changed) => {
      if (!changed.has('startup.trayIcon')) return
      deps.tray.turn(this.#isWanted)
      if (!this.#isWanted) deps.showWindow()
    })
  }

  /** Whether the desktop showed tray icons when it was asked last. */
  get hasHost(): boolean {
    return this.#hasHost ?? true
  }

  /** Asks the desktop. @returns whether an icon is in the tray, for everyone to see */
  async check(): Promise<boolean> {
    const { tray, hasHost } = this.#deps
    const before = this.#hasHost
    this.#hasHost = await hasHost()
    // An icon that found no host when it was made is in no tray that appears later.
    if (before === false && this.#hasHost && this.#isWanted) {
      tray.turn(false)
      tray.turn(true)
    }
    return this.#isWanted && this.#hasHost
  }

  /** At the start: waits for a tray. Without one in time, a start without a window shows it. */
  async start({ hidden }: { readonly hidden: boolean }): Promise<void> {
    const { wait, showWindow } = this.#deps
    for (let waited = 0; this.#isWanted; waited += hostPollMs) {
      if (await this.check()) return
      if (waited >= hostLimitMs) break
      await wait(hostPollMs)
    }
    if (hidden) showWindow()
  }

  get #isWanted(): boolean {
    return this.#deps.settings.values['startup.trayIcon']
  }
}
