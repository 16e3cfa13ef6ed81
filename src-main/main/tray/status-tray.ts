import { Menu, nativeTheme, Tray } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { Alert } from '#shared/alert/alert.ts'
import { trayState, trayTooltip } from '#shared/health/health-text.ts'
import type { TrayFacts, TrayState, WallClock } from '#shared/health/health-text.ts'
import { trayIcon } from './tray-icons.ts'
import type { TrayLook } from './tray-icons.ts'
import { trayMenu } from './tray-menu.ts'
import type { TrayItem } from './tray-menu.ts'
import { fittingTooltip, isPanelDark, opensOnClick } from './tray-system.ts'

export interface StatusTrayDeps {
  readonly open: (alertId?: string) => void
  readonly quit: () => void
  readonly clock: () => WallClock
  readonly clearLevelOf: (alert: Alert) => number | undefined
  readonly palette: () => TrayLook['palette']
}

/** The tray icon with the worst state. Image, tooltip and menu are set only if they change: setting redraws them. */
export class StatusTray {
  readonly #deps: StatusTrayDeps
  #icon: Tray | undefined
  #facts: TrayFacts | undefined
  #image = ''
  #tooltip = ''
  #menu = ''

  constructor(deps: StatusTrayDeps) {
    this.#deps = deps
  }

  /** Whether there is an icon. The desktop may still not show it: see `hasTrayHost`. */
  get isOn(): boolean {
    return this.#icon !== undefined
  }

  /** Puts the icon into the tray, or takes it away. */
  turn(on: boolean): void {
    if (on === this.isOn) return
    if (!on) return this.end()
    const look = this.#look()
    this.#icon = new Tray(trayIcon('blind', look))
    this.#image = imageName('blind', look)
    this.#tooltip = ''
    this.#menu = ''
    if (opensOnClick(process.platform)) this.#icon.on('click', () => this.#deps.open())
    if (this.#facts) this.show(this.#facts)
  }

  show(facts: TrayFacts): void {
    this.#facts = facts
    const icon = this.#icon
    if (!icon || icon.isDestroyed()) return // off, or threads that stop after the tray and still send events
    const clock = this.#deps.clock()
    this.#draw(icon, trayState(facts.health, facts.alerts, clock.now))
    const tooltip = fittingTooltip(trayTooltip(facts, clock), process.platform)
    if (tooltip !== this.#tooltip) icon.setToolTip(tooltip)
    this.#tooltip = tooltip
    const items = trayMenu(facts, { ...clock, clearLevelOf: this.#deps.clearLevelOf })
    const menu = JSON.stringify(items)
    if (menu !== this.#menu) icon.setContextMenu(Menu.buildFromTemplate(items.map((item) => this.#entry(item))))
    this.#menu = menu
  }

  end(): void {
    this.#icon?.destroy()
    this.#icon = undefined
  }

  #look(): TrayLook {
    const panelIsDark = isPanelDark({
      platform: process.platform,
      env: process.env,
      appIsDark: nativeTheme.shouldUseDarkColors,
      systemIsDark: nativeTheme.shouldUseDarkColorsForSystemIntegratedUI,
    })
    return { panelIsDark, palette: this.#deps.palette() }
  }

  #draw(icon: Tray, state: TrayState): void {
    const look = this.#look()
    const image = imageName(state, look)
    if (image !== this.#image) icon.setImage(trayIcon(state, look))
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

function imageName(state: TrayState, { panelIsDark, palette }: TrayLook): string {
  return `${state} ${panelIsDark} ${palette}`
}
