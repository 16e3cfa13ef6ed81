import { Menu, nativeTheme, Tray } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { Alert } from '#shared/alert/alert.ts'
import { trayState, trayTooltip } from '#shared/health/health-text.ts'
import type { TrayFacts, WallClock } from '#shared/health/health-text.ts'
import { trayIcon } from './tray-icons.ts'
import { trayMenu } from './tray-menu.ts'
import type { TrayItem } from './tray-menu.ts'

export interface StatusTrayDeps {
  readonly open: (alertId?: string) => void
  readonly quit: () => void
  readonly clock: () => WallClock
  readonly clearLevelOf: (alert: Alert) => number | undefined
}

/** The tray icon with the worst state. Image, tooltip and menu are set only if they change: setting redraws them. */
export class StatusTray {
  readonly #deps: StatusTrayDeps
  readonly #tray: Tray
  #image: string
  #tooltip = ''
  #menu = ''

  constructor(deps: StatusTrayDeps) {
    this.#deps = deps
    const panelIsDark = isPanelDark()
    this.#image = `blind ${panelIsDark}`
    this.#tray = new Tray(trayIcon('blind', panelIsDark))
    this.#tray.on('click', () => deps.open())
  }

  show(facts: TrayFacts): void {
    if (this.#tray.isDestroyed()) return // threads stop after the tray and still send events
    const clock = this.#deps.clock()
    this.#draw(trayState(facts.health, facts.alerts, clock.now), isPanelDark())
    const tooltip = trayTooltip(facts, clock)
    if (tooltip !== this.#tooltip) this.#tray.setToolTip(tooltip)
    this.#tooltip = tooltip
    const items = trayMenu(facts, { ...clock, clearLevelOf: this.#deps.clearLevelOf })
    const menu = JSON.stringify(items)
    if (menu !== this.#menu) this.#tray.setContextMenu(Menu.buildFromTemplate(items.map((item) => this.#entry(item))))
    this.#menu = menu
  }

  end(): void {
    this.#tray.destroy()
  }

  #draw(state: ReturnType<typeof trayState>, panelIsDark: boolean): void {
    const image = `${state} ${panelIsDark}`
    if (image !== this.#image) this.#tray.setImage(trayIcon(state, panelIsDark))
    this.#image = image
  }

  #entry(item: TrayItem): MenuItemConstructorOptions {
    const { open, quit } = this.#deps
    switch (item.kind) {
      case 'line':
        return { type: 'separator' }
      case 'text':
        return { label: item.label, enabled: false }
      case 'open':
        return { label: item.label, click: () => open() }
      case 'alert':
        return { label: item.label, click: () => open(item.alertId) }
      case 'quit':
        return { label: item.label, click: quit }
    }
  }
}

/** No system reports the color of its panel. GNOME's is always dark; elsewhere it follows the theme. */
function isPanelDark(): boolean {
  return process.env['XDG_CURRENT_DESKTOP']?.includes('GNOME') === true || nativeTheme.shouldUseDarkColors
}
