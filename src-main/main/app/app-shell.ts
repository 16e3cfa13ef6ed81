import { setTimeout } from 'node:timers/promises'
import type { TimeStyle } from '#shared/format/time.ts'
import type { WallClock } from '#shared/health/health-text.ts'
import { LoginItem } from '../settings/login-item.ts'
import { timeStyleAt } from '../settings/time-style.ts'
import { StatusTray } from '../tray/status-tray.ts'
import { hasTrayHost } from '../tray/tray-host.ts'
import { TrayPresence } from '../tray/tray-presence.ts'
import { MainWindow } from '../windows/main-window.ts'
import { WindowClosing } from '../windows/window-closing.ts'
import type { AppComponents, StartDeps } from './app-components.ts'
import { routeEvents } from './event-routes.ts'
import type { EventRoutes } from './event-routes.ts'

/** The window, and the routes of the events that update it. */
export interface AppShell {
  readonly window: MainWindow
  readonly routes: EventRoutes
  readonly trayPresence: TrayPresence
  readonly loginItem: LoginItem
  /** Brings the window to the front and shows the alert, if given. */
  readonly open: (alertId?: string) => void
}

/** Creates the window and the tray; the caller opens the window. */
export function createAppShell(
  { launch, settings, log, life, end }: StartDeps,
  components: AppComponents,
  files: { readonly page: string; readonly preload: string },
): AppShell {
  const { stateFile, notifier, icon, clearLevels } = components
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
    clearLevelOf: clearLevels.of,
    palette: () => settings.values['appearance.palette'],
  })
  life.own('tray', tray, () => tray.end())
  const window: MainWindow = new MainWindow({
    ...files,
    icon,
    stateFile,
    log: log.child({ part: 'window' }),
    onClose: () => void closing.close(),
    onVisible: (isVisible) => routes.watch(isVisible),
  })
  life.own('window', window, () => window.end())
  const trayPresence = new TrayPresence({
    settings,
    tray,
    hasHost: () => hasTrayHost(process.platform),
    showWindow: open,
    wait: (ms) => setTimeout(ms),
  })
  const closing = new WindowClosing({ settings, trayPresence, window, stateFile, notifier, open, end, log })
  const routes = routeEvents({ ...components, window, tray, open, now: Date.now, timeStyle, log })
  life.own('event routes', routes, () => routes.end())
  const loginItem = new LoginItem({ settings, launch, log: log.child({ part: 'settings' }) })
  return { window, routes, open, trayPresence, loginItem }
}
