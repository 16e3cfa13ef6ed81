import { join } from 'node:path'
import { app, Menu, nativeTheme, powerMonitor, session, shell } from 'electron'
import type { IpcPushOf } from '#shared/ipc/contract.ts'
import { ipcHandlers } from '../ipc/ipc-handlers.ts'
import { serveIpc } from '../ipc/ipc-server.ts'
import { createScrape } from '../prometheus/scrape.ts'
import { metricsUrl, startMetricsEndpoint } from '../prometheus/start-endpoint.ts'
import { serveApp } from '../windows/app-protocol.ts'
import { chooseCsvPath } from '../windows/save-dialog.ts'
import { pageAddress } from '../windows/page-address.ts'
import type { PageAddress } from '../windows/page-address.ts'
import { hardenContents, hardenSession } from '../windows/web-security.ts'
import { appInfo, theme } from './app-info.ts'
import { createAppShell } from './app-shell.ts'
import type { AppShell } from './app-shell.ts'
import { acceptDeepLinks } from './deep-links.ts'
import { menuTemplate } from './app-menu.ts'
import { createAppComponents } from './app-components.ts'
import type { AppComponents } from './app-components.ts'
import { appVersions } from './app-info.ts'
import type { StartDeps } from './start-deps.ts'

/** Beside this bundle: out/main/index.cjs, out/preload/index.cjs, out/renderer/. */
const built = join(import.meta.dirname, '..')

/** The composition root of the main thread. What is owned first is ended last: threads, tray, window, calls, figures. */
export async function startApp(deps: StartDeps): Promise<void> {
  const { settings, link, log, life } = deps
  const place = pageAddress()
  hardenSession(session.defaultSession, place.fromNetwork)
  hardenContents(app, place.origins, log.child({ part: 'window' }))
  life.own('page files', serveApp(join(built, 'renderer')), (stop) => stop())

  const components = createAppComponents(deps)
  const appShell = createAppShell(deps, components, { page: place.page, preload: join(built, 'preload', 'index.cjs') })
  const metrics = { url: metricsUrl(settings.prometheusPort) }
  answerCalls(deps, { components, appShell, place, metrics })
  components.data.start()
  components.backend?.start()

  const { window, open, wired } = appShell
  nativeTheme.on('updated', () => window.push('theme.changed', theme()))
  powerMonitor.on('resume', () => wired.resumed())
  setMenu(deps, appShell, place.fromNetwork)
  window.open(settings.hidden)
  acceptDeepLinks({ app, first: link, open })
  metrics.url = (await openEndpoint(deps, components)) ?? metrics.url
}

interface CallDeps {
  readonly components: AppComponents
  readonly appShell: AppShell
  readonly place: PageAddress
  readonly metrics: { readonly url: string }
}

function answerCalls(
  { settings, dataDir, log, life }: StartDeps,
  { components, appShell, place, metrics }: CallDeps,
): void {
  const { health, data, read, user, stateFile, backend } = components
  const handlers = ipcHandlers({
    info: () => appInfo({ settings, dataDir, user, metricsUrl: metrics.url }),
    health,
    data,
    read,
    chooseFile: (name) => chooseCsvPath(appShell.window, stateFile, name),
    user,
    session: backend?.session,
    askBackend: backend && (() => backend.probeNow()),
    now: Date.now,
  })
  const stop = serveIpc({
    handlers,
    origins: place.origins,
    log: log.child({ part: 'calls' }),
    checksReplies: !app.isPackaged,
  })
  life.own('calls', stop, () => stop())
}

function setMenu({ dataDir }: StartDeps, { window }: AppShell, developing: boolean): void {
  const navigate = (to: IpcPushOf<'navigate'>): void => {
    window.show()
    window.navigate(to)
  }
  const openLogs = (): void => void shell.openPath(join(dataDir, 'logs'))
  const template = menuTemplate({ platform: process.platform, developing, navigate, openLogs })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

/** The address of the figures, or `undefined` where they could not be served. */
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
    now: Date.now,
  })
  const notice = (said: Parameters<typeof health.addNotice>[0]): void => health.addNotice(said)
  const endpoint = await startMetricsEndpoint({
    port: settings.prometheusPort,
    scrape,
    log: log.child({ part: 'metrics' }),
    notice,
  })
  if (!endpoint) return undefined
  life.own('metrics endpoint', endpoint, () => endpoint.stop())
  return metricsUrl(endpoint.port)
}
