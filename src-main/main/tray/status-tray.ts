import { Menu, nativeTheme, Tray } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { Alert } from '#shared/alert/alert.ts'
import type { ActivePause, DoNotDisturbRequest } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { ZoneOffset } from '#shared/format/zone-time.ts'
import { trayState, trayTooltip } from '#shared/health/health-text.ts'
import type { TrayFacts, TrayState, WallClock } from '#shared/health/health-text.ts'
import type { PopupActs } from '../notifications/popup-acts.ts'
import { trayIcon } from './tray-icons.ts'
import type { TrayLook } from './tray-icons.ts'
import { trayMenu } from './tray-menu.ts'
import type { TrayActProblems, TrayItem } from './tray-item.ts'
import { fittingTooltip, menuText, isPanelDark, opensOnClick } from './tray-system.ts'

export interface StatusTrayDeps {
  readonly open: (alertId?: string) => void
  readonly quit: () => void
  readonly clock: () => WallClock
  readonly clearLevelOf: (alert: Alert) => number | undefined
  readonly palette: () => TrayLook['palette']
  /** What can be done to alerts of the open connection; `undefined` while it changes. */
  readonly acts: () => Pick<PopupActs, 'run' | 'problemOf'> | undefined
  /** Asks first. */
  readonly acknowledgeAll: () => void
  readonly hideDetails: {
    /** Popups and the menu show no names and values. */
    readonly isOn: boolean
    readonly set: (isOn: boolean) => void
  }
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
    const items = trayMenu(facts, {
      ...clock,
      clearLevelOf,
      problems: this.#problems(),
      hidesDetails: this.#deps.hideDetails.isOn,
      pause: { active, offsetAt },
    })
    const menu = JSON.stringify(items)
    if (menu !== this.#menu) icon.setContextMenu(Menu.buildFromTemplate(items.map((item) => this.#entry(item))))
    this.#menu = menu
  }

  end(): void {
    this.#icon?.destroy()
    this.#icon = undefined
  }

  #problems(): TrayActProblems {
    const acts = this.#deps.acts()
    return { acknowledge: acts?.problemOf('acknowledge'), silence: acts?.problemOf('silence') }
  }

  /** The system has marked the entry itself, so the menu is set again. */
  #toggle(change: () => void): void {
    this.#menu = ''
    change()
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
    const { open, quit, acts, acknowledgeAll, hideDetails, doNotDisturb } = this.#deps
    switch (item.kind) {
      case 'line':
        return { type: 'separator' }
      case 'text':
      case 'heading':
        return { label: item.label, enabled: false }
      case 'open':
        return { label: item.label, click: () => open() }
      case 'alert':
        return { label: menuText(item.label), submenu: item.items.map((one) => this.#entry(one)) }
      case 'act':
        return { label: menuText(item.label), enabled: item.isEnabled, click: () => void acts()?.run(item.action) }
      case 'acknowledge-all':
        return { label: item.label, enabled: item.isEnabled, click: acknowledgeAll }
      case 'hide-details':
        return {
          label: item.label,
          type: 'checkbox',
          checked: item.isOn,
          click: () => this.#toggle(() => hideDetails.set(!item.isOn)),
        }
      case 'pause':
        return {
          label: item.label,
          type: item.isChosen === undefined ? 'normal' : 'checkbox',
          checked: item.isChosen === true,
          click: () => this.#toggle(() => doNotDisturb.request(item.request)),
        }
      case 'quit':
        return { label: item.label, click: quit }
    }
  }
}

function imageName(state: TrayState, { panelIsDark, palette }: TrayLook): string {
  return `${state} ${panelIsDark} ${palette}`
}
