import { setTimeout } from 'node:timers/promises'
import type { BrowserWindow } from 'electron'
import { isHeldBack } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { TimeStyle } from '#shared/format/time.ts'
import type { WallClock } from '#shared/health/health-text.ts'
import { badgeOf } from '#shared/health/badge.ts'
import { toLookAt, unacknowledgedAlerts } from '#shared/health/to-look-at.ts'
import type { HealthReport, IpcPushOf } from '#shared/ipc/contract.ts'
import type { RunningConnection } from '../connections/running-connection.ts'
import type { DoNotDisturb } from '../notifications/do-not-disturb.ts'
import { WindowToasts } from '../notifications/window-toasts.ts'
import { LoginItem } from '../settings/login-item.ts'
import { timeStyleAt } from '../settings/time-style.ts'
import { askAcknowledgeAll } from '../tray/ask-acknowledge-all.ts'
import { AppBadge } from '../badge/app-badge.ts'
import { isNotSetUp } from '../connections/not-set-up.ts'
import { StatusTray } from '../tray/status-tray.ts'
import type { StatusTrayDeps } from '../tray/status-tray.ts'
import { followTrayHost, hasTrayHost } from '../tray/tray-host.ts'
import { TrayPresence } from '../tray/tray-presence.ts'
import type { TrayPresenceDeps } from '../tray/tray-presence.ts'
import { MainWindow } from '../windows/main-window.ts'
import { WindowClosing } from '../windows/window-closing.ts'
import { worstFirst } from './firing-alerts.ts'
import type { AppComponents, StartDeps } from './app-components.ts'

/** Window and tray. They show the open connection, and outlive it. */
export interface AppShell {
  readonly window: MainWindow
  readonly trayPresence: TrayPresence
  readonly loginItem: LoginItem
  /** Notifications that the system refused. */
  readonly toasts: WindowToasts
  /** Brings the window to the front and shows the alert, if given. */
  readonly open: (alertId?: string) => void
  /** Brings the window to the front, at this place. */
  readonly navigate: (to: IpcPushOf<'navigate'>) => void
  /** Draws the tray and the title of the window for what is known now. */
  readonly show: () => void
  readonly timeStyle: (at: number) => TimeStyle
}

export interface ShellDeps {
  readonly page: string
  readonly preload: string
  /** The open connection; `undefined` while it changes. */
  readonly current: () => RunningConnection | undefined
  /** Label of the connection in use. */
  readonly label: () => string
}

function holdsHints(doNotDisturb: DoNotDisturb): () => boolean {
  return () => isHeldBack({ kind: 'information' }, doNotDisturb.inForce, Date.now())
}

function trayPauses(doNotDisturb: DoNotDisturb, timeStyle: (at: number) => TimeStyle): StatusTrayDeps['doNotDisturb'] {
  return {
    get active() {
      return doNotDisturb.active
    },
    request: (request) => doNotDisturb.request(request),
    offsetAt: (at) => timeStyle(at).offsetMinutes,
  }
}

/** What the tray menu does with alerts of the open connection. */
function trayActs(
  { settings, log }: Pick<StartDeps, 'settings' | 'log'>,
  current: ShellDeps['current'],
  parent: () => BrowserWindow | null,
): Pick<StatusTrayDeps, 'acts' | 'acknowledgeAll' | 'hideDetails'> {
  const hideDetails = {
    get isOn() {
      return settings.values['notifications.hideDetails']
    },
    set: (isOn: boolean) => {
      try {
        settings.set('notifications.hideDetails', isOn)
      } catch (cause) {
        log.warn('setting not stored', { key: 'notifications.hideDetails', cause })
      }
    },
  }
  const ask = askAcknowledgeAll({
    waiting: () => {
      const alerts = current()?.alerts
      const now = Date.now()
      return alerts
        ? worstFirst(unacknowledgedAlerts({ alerts: alerts.list, isSilenced: alerts.isSilenced }, now), now)
        : []
    },
    hidesDetails: () => hideDetails.isOn,
    parent,
    acknowledge: (alertIds) => void current()?.acts.run({ kind: 'acknowledge', alertIds }),
  })
  return { acts: () => current()?.acts, acknowledgeAll: () => void ask(), hideDetails }
}

/** The icon follows the settings, and a panel that comes later. */
function createTrayPresence(
  { settings, life }: Pick<StartDeps, 'settings' | 'life'>,
  { tray, sessionBus, showWindow }: Pick<AppComponents, 'sessionBus'> & Pick<TrayPresenceDeps, 'tray' | 'showWindow'>,
): TrayPresence {
  const presence = new TrayPresence({
    settings,
    tray,
    hasHost: () => hasTrayHost(sessionBus),
    showWindow,
    wait: (ms) => setTimeout(ms),
  })
  const follow = followTrayHost(sessionBus, () => void presence.check())
  life.own('tray host', follow, (stop) => stop())
  return presence
}

function navigator(window: MainWindow): AppShell['navigate'] {
  return (to) => {
    window.show()
    window.navigate(to)
  }
}

function createBadge(
  life: StartDeps['life'],
  { sessionBus }: AppComponents,
  window: () => BrowserWindow | null,
): AppBadge {
  const badge = new AppBadge({ platform: process.platform, window, sessionBus })
  return life.own('badge', badge, () => badge.end())
}

interface ShownState {
  readonly connection: RunningConnection | undefined
  readonly report: HealthReport
  readonly label: string
}

/** In the tray and on the icon of the app. */
function drawState(
  { tray, badge, settings }: { tray: StatusTray; badge: AppBadge } & Pick<StartDeps, 'settings'>,
  { connection, report, label }: ShownState,
): void {
  const { list = [], isSilenced = () => false, pending = 0, unseenIds = [] } = connection?.alerts ?? {}
  const { health, silentNodes } = report
  const facts = { alerts: list, isSilenced, unseenIds }
  tray.show({ ...facts, health, pending, unseen: unseenIds.length, silentNodes, label })
  const isOn = settings.values['appearance.badge']
  badge.show(badgeOf({ isOn, health, isSetUp: isSetUp(connection, report), count: toLookAt(facts, Date.now()) }))
}

function isSetUp(connection: RunningConnection | undefined, report: HealthReport): boolean {
  return connection !== undefined && !isNotSetUp(connection.inUse.origin, report)
}

/** Creates the window and the tray; the caller opens the window. */
export function createAppShell(
  { launch, settings, log, life, end }: StartDeps,
  components: AppComponents,
  { current, label, ...files }: ShellDeps,
): AppShell {
  const { stateFile, notifier, icon, health, doNotDisturb, sessionBus } = components
  const open = (alertId?: string): void => {
    window.show()
    if (alertId !== undefined) window.navigate({ alertId })
  }
  const timeStyle = (at: number): TimeStyle => timeStyleAt(settings.values, at)
  const clock = (): WallClock => ({ now: Date.now(), ...timeStyle(Date.now()) })
  const tray = new StatusTray({
    open,
    quit: () => void end.run(0),
    clock,
    clearLevelOf: (alert) => current()?.clearLevels.of(alert),
    palette: () => settings.values['appearance.palette'],
    ...trayActs({ settings, log }, current, () => (window.isVisible ? window.native : null)),
    doNotDisturb: trayPauses(doNotDisturb, timeStyle),
  })
  life.own('tray', tray, () => tray.end())
  const window: MainWindow = new MainWindow({
    ...files,
    icon,
    stateFile,
    label,
    log: log.child({ part: 'window' }),
    onClose: () => void closing.close(),
    onVisible: (isVisible) => {
      current()?.routes.watch(isVisible)
      if (isVisible) badge.windowShown()
    },
  })
  const badge = createBadge(life, components, () => window.native)
  life.own('window', window, () => window.end())
  const trayPresence = createTrayPresence({ settings, life }, { tray, sessionBus, showWindow: open })
  const hints = { notifier, isHeldBack: holdsHints(doNotDisturb) }
  const closing = new WindowClosing({ settings, trayPresence, window, stateFile, ...hints, open, end, log })
  const show = (): void => {
    drawState({ tray, badge, settings }, { connection: current(), report: health.report, label: label() })
    window.showTitle()
  }
  health.onChange((report) => {
    window.push('health.changed', report)
    show()
  })
  const navigate = navigator(window)
  const loginItem = new LoginItem({ settings, launch, log: log.child({ part: 'settings' }) })
  const toasts = new WindowToasts((list) => window.push('toasts.changed', list))
  return { window, trayPresence, loginItem, toasts, open, navigate, show, timeStyle }
}
