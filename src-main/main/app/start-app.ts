import { join } from 'node:path'
import { app, Menu, nativeTheme, powerMonitor, session, shell } from 'electron'
import type { IpcPushOf } from '#shared/ipc/contract.ts'
import { ipcHandlers } from '../ipc/ipc-handlers.ts'
import { serveIpc } from '../ipc/ipc-server.ts'
import { settingsView } from '../ipc/settings-handlers.ts'
import { followTheme } from '../settings/apply-theme.ts'
import { createScrape } from '../prometheus/scrape.ts'
import { metricsUrl, startMetricsEndpoint } from '../prometheus/start-endpoint.ts'
import { pageAddress, serveApp } from '../windows/app-protocol.ts'
import type { PageAddress } from '../windows/app-protocol.ts'
import { hardenContents, hardenSession } from '../windows/page-security.ts'
import { chooseCsvPath } from '../windows/save-dialog.ts'
import { appInfo, appVersions, theme } from './app-info.ts'
import { systemFacts } from './system-facts.ts'
import { createAppShell } from './app-shell.ts'
import type { AppShell } from './app-shell.ts'
import { acceptDeepLinks } from './deep-links.ts'
import { menuTemplate } from './app-menu.ts'
import { powerEvents } from './power-routes.ts'
import { createAppComponents } from './app-components.ts'
import type { AppComponents, StartDeps } from './app-components.ts'

/** Folder `out`, with main/index.cjs (this bundle), preload/index.cjs and renderer/. */
const built = join(import.meta.dirname, '..')

/** Composition root of the main thread. Components stop in reverse order of their start. */
export async function startApp(deps: StartDeps): Promise<void> {
  const { settings, link, log, life } = deps
  const address = pageAddress()
  hardenSession(session.defaultSession, address.fromNetwork)
  hardenContents({ app, shell, origins: address.origins, log: log.child({ part: 'window' }) })
  life.own('page files', serveApp(join(built, 'renderer')), (stop) => stop())

  followTheme(settings)
  const components = createAppComponents(deps)
  const appShell = createAppShell(deps, components, {
    page: address.page,
    preload: join(built, 'preload', 'index.cjs'),
  })
  const metrics = { url: metricsUrl(settings.values['prometheus.port']) }
  serveCalls(deps, { components, appShell, address, metrics })
  components.data.start()
  components.backend?.start()

  const { window, open, routes, trayPresence } = appShell
  nativeTheme.on('updated', () => window.push('theme.changed', theme()))
  const power: NodeJS.EventEmitter = powerMonitor
  for (const event of powerEvents) power.on(event, () => routes.power(event))
  setMenu(deps, { components, appShell, developing: address.fromNetwork })
  window.open(settings.values['startup.hidden'])
  if (settings.values['startup.hidden']) void trayPresence.awaitOrShow()
  acceptDeepLinks({ app, first: link, open })
  metrics.url = (await openEndpoint(deps, components)) ?? metrics.url
}

interface ServeCallsDeps {
  readonly components: AppComponents
  readonly appShell: AppShell
  readonly address: PageAddress
  readonly metrics: { readonly url: string }
}

function serveCalls(
  { settings, dataDir, log, life }: StartDeps,
  { components, appShell, address, metrics }: ServeCallsDeps,
): void {
  const { inUse, health, data, read, user, stateFile, backend, notifier } = components
  const settingsCalls = {
    settings,
    system: () => systemFacts(components, appShell),
    refresh: () => appShell.trayPresence.check(),
    openPath: (path: string) => shell.openPath(path),
  }
  settings.onChange(() => appShell.window.push('settings.changed', settingsView(settingsCalls)))
  const handlers = ipcHandlers({
    info: () => appInfo({ inUse, needsPassword: false, dataDir, user, metricsUrl: metrics.url }),
    health,
    data,
    read,
    chooseFile: (name) => chooseCsvPath(appShell.window, stateFile, name),
    user,
    session: backend?.session,
    probeBackend: backend && (() => backend.probeNow()),
    checkBackend: backend && (() => backend.check()),
    notify: (popup) => notifier.try(popup),
    open: () => appShell.open(),
    settings: settingsCalls,
    now: Date.now,
  })
  const stop = serveIpc({
    handlers,
    origins: address.origins,
    log: log.child({ part: 'calls' }),
    checksReplies: !app.isPackaged,
  })
  life.own('calls', stop, () => stop())
}

interface MenuParts {
  readonly components: AppComponents
  readonly appShell: AppShell
  readonly developing: boolean
}

function setMenu({ dataDir }: StartDeps, { components, appShell, developing }: MenuParts): void {
  const { window } = appShell
  const navigate = (to: IpcPushOf<'navigate'>): void => {
    window.show()
    window.navigate(to)
  }
  const openLogs = (): void => void shell.openPath(join(dataDir, 'logs'))
  const template = menuTemplate({
    platform: process.platform,
    developing,
    hasBackend: components.inUse.connection.backendUrl !== undefined,
    navigate,
    openLogs,
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

/** @returns the address of `/metrics`, or `undefined` if the endpoint could not start */
async function openEndpoint(
  { settings, log, life }: StartDeps,
  components: AppComponents,
): Promise<string | undefined> {
  const { data, alerts, notifier, health, backend } = components
  const scrape = createScrape({
    data,
    build: appVersions(),
    openAlerts: () => alerts.list,
    notifications: () => notifier.counts,
    backend: () => backend?.counters,
    hasNodeSeries: () => settings.values['prometheus.nodeSeries'],
    now: Date.now,
  })
  const endpoint = await startMetricsEndpoint({
    port: settings.values['prometheus.port'],
    scrape,
    health: () => health.report.health,
    versions: appVersions(),
    log: log.child({ part: 'metrics' }),
    notice: (notice) => health.addNotice(notice),
  })
  if (!endpoint) return undefined
  life.own('metrics endpoint', endpoint, () => endpoint.stop())
  return metricsUrl(endpoint.port)
}
