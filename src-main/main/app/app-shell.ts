import { StatusTray } from '../tray/status-tray.ts'
import { MainWindow } from '../windows/main-window.ts'
import { handleWindowClose } from '../windows/window-closing.ts'
import type { AppComponents, StartDeps } from './app-components.ts'
import { routeEvents } from './event-routes.ts'
import type { EventRoutes } from './event-routes.ts'

/** The window, and the routes of the events that update it. */
export interface AppShell {
  readonly window: MainWindow
  readonly routes: EventRoutes
  /** Brings the window to the front and shows the alert, if given. */
  readonly open: (alertId?: string) => void
}

/** Creates the window and the tray; the caller opens the window. */
export function createAppShell(
  { log, life, end }: StartDeps,
  components: AppComponents,
  files: { readonly page: string; readonly preload: string },
): AppShell {
  const { stateFile, notifier, icon, clearLevels } = components
  const open = (alertId?: string): void => {
    window.show()
    if (alertId !== undefined) window.navigate({ alertId })
  }
  const offsetMinutes = (at: number): number => -new Date(at).getTimezoneOffset()
  const clock = (): { now: number; offsetMinutes: number } => ({
    now: Date.now(),
    offsetMinutes: offsetMinutes(Date.now()),
  })
  const tray = new StatusTray({ open, quit: () => void end.run(0), clock, clearLevelOf: clearLevels.of })
  life.own('tray', tray, () => tray.end())
  const window: MainWindow = new MainWindow({
    ...files,
    icon,
    stateFile,
    log: log.child({ part: 'window' }),
    onClose: () => void handleWindowClose({ window, stateFile, notifier, open, end }),
    onVisible: (isVisible) => routes.watch(isVisible),
  })
  life.own('window', window, () => window.end())
  const routes = routeEvents({ ...components, window, tray, open, now: Date.now, offsetMinutes, log })
  life.own('event routes', routes, () => routes.end())
  return { window, routes, open }
}
