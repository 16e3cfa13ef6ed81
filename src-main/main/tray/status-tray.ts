import { Menu, nativeTheme, Tray } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { Alert } from '#shared/alert/alert.ts'
import type { ActivePause, DoNotDisturbRequest } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { ZoneOffset } from '#shared/format/zone-time.ts'
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
  readonly doNotDisturb: {
    /** What is in force; `undefined`: off. */
    readonly active: ActivePause | undefined
    readonly request: (request: DoNotDisturbRequest) => void
    /** Of the zone in which ReMo writes times. */
    readonly offsetAt: ZoneOffset
  }
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

  show(given: TrayFacts): void {
    this.#facts = given
    const icon = this.#icon
    if (!icon || icon.isDestroyed()) return // off, or threads that stop after the tray and still send events
    const clock = this.#deps.clock()
    const { doNotDisturb, clearLevelOf } = this.#deps
    const { active, offsetAt } = doNotDisturb
    const facts = { ...given, pausedUntil: active?.until }
    this.#draw(icon, trayState(facts, clock.now))
    const tooltip = fittingTooltip(trayTooltip(facts, clock), process.platform)
    if (tooltip !== this.#tooltip) icon.setToolTip(tooltip)
    this.#tooltip = tooltip
    const items = trayMenu(facts, { ...clock, clearLevelOf, pause: { active, offsetAt } })
    const menu = JSON.stringify(items)
    if (menu !== this.#menu) icon.setContextMenu(Menu.buildFromTemplate(items.map((item) => this.#entry(item))))
    this.#menu = menu
  }

  end(): void {
    this.#icon?.destroy()
    this.#icon = undefined
  }

  /** The system has marked the entry itself, so the menu is set again. */
  #request(request: (request: DoNotDisturbRequest) => void, asked: DoNotDisturbRequest): void {
    this.#menu = ''
    request(asked)
    if (this.#facts) this.show(this.#facts)
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
    const { open, quit, doNotDisturb } = this.#deps
    switch (item.kind) {
      case 'line':
        return { type: 'separator' }
      case 'text':
      case 'heading':
        return { label: item.label, enabled: false }
      case 'open':
        return { label: item.label, click: () => open() }
      case 'alert':
        return { label: item.label, click: () => open(item.alertId) }
      case 'pause':
        return {
          label: item.label,
          type: item.isChosen === undefined ? 'normal' : 'checkbox',
          checked: item.isChosen === true,
          click: () => this.#request(doNotDisturb.request, item.request),
        }
      case 'quit':
        return { label: item.label, click: quit }
    }
  }
}

function imageName(state: TrayState, { panelIsDark, palette }: TrayLook): string {
  return `${state} ${panelIsDark} ${palette}`
}
