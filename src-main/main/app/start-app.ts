import { join } from 'node:path'
import { app, Menu, nativeTheme, powerMonitor, session, shell } from 'electron'
import { createConnections } from '../connections/create-connections.ts'
import type { ConnectionParts } from '../connections/create-connections.ts'
import type { Scrape } from '../prometheus/metrics-endpoint.ts'
import { createScrape } from '../prometheus/scrape.ts'
import { followTheme } from '../settings/apply-theme.ts'
import { createUpdates } from '../updates/create-updates.ts'
import type { AppUpdates } from '../updates/create-updates.ts'
import { pageAddress, serveApp } from '../windows/app-protocol.ts'
import { hardenContents, hardenSession } from '../windows/page-security.ts'
import { appVersions, theme } from './app-info.ts'
import { createAppComponents } from './app-components.ts'
import type { AppComponents, StartDeps } from './app-components.ts'
import { menuTemplate } from './app-menu.ts'
import { createAppShell } from './app-shell.ts'
import type { AppShell } from './app-shell.ts'
import { acceptDeepLinks } from './deep-links.ts'
import { MetricsServer } from './metrics-server.ts'
import { powerEvents } from './power-routes.ts'
import type { PowerEvent } from './power-routes.ts'
import { routeScreenLock } from './screen-lock.ts'
import { serveCalls } from './serve-calls.ts'

/** Folder `out`, with main/index.cjs (this bundle), preload/index.cjs and renderer/. */
const built = join(import.meta.dirname, '..')

/** Composition root of the main thread. Components stop in reverse order of their start. */
export async function startApp(deps: StartDeps): Promise<void> {
  const { settings, link, links, log, life } = deps
  const address = pageAddress()
  hardenSession(session.defaultSession, address.fromNetwork)
  hardenContents({ app, shell, origins: address.origins, log: log.child({ part: 'window' }) })
  life.own('page files', serveApp(join(built, 'renderer')), (stop) => stop())

  followTheme(settings)
  const components = createAppComponents(deps, () => parts.host.current?.routes.held, built)
  // It ends after window and tray, which it uses until then.
  life.own('connection', null, () => parts.end())
  const appShell = createAppShell(deps, components, {
    page: address.page,
    preload: join(built, 'preload', 'index.cjs'),
    current: () => parts.host.current,
    label: () => parts.host.inUse?.connection.label ?? '',
  })
  const page = { isNew: true, refused: 0 }
  const parts: ConnectionParts = createConnections(deps, {
    components,
    appShell,
    settled: () => {
      setMenu(deps, { parts, appShell, developing: address.fromNetwork })
      appShell.show()
      // Everything that the page knows is of the connection before. The first page knows nothing yet.
      if (!page.isNew || page.refused > 0) appShell.window.reload()
      page.isNew = false
    },
  })
  life.own('events', parts.host, (host) => host.silence())
  const metrics = new MetricsServer({
    settings,
    scrape: scrapeOf(deps, parts, components),
    versions: appVersions(),
    health: components.health,
    log: log.child({ part: 'metrics' }),
  })
  const updates = appUpdates(deps, { components, appShell, parts })
  serveCalls(deps, { components, appShell, address, parts, metrics, updates, refused: () => page.refused++ })
  startDoNotDisturb(deps, components, appShell)
  parts.openFirst()

  const { window, open, trayPresence } = appShell
  nativeTheme.on('updated', () => window.push('theme.changed', theme()))
  routePower(deps, components, parts)
  const hidden = settings.values['startup.hidden']
  window.open(hidden)
  void trayPresence.start({ hidden })
  const { doNotDisturb } = components
  acceptDeepLinks({ app, first: link, early: links, open, navigate: appShell.navigate, doNotDisturb })
  life.own('metrics endpoint', metrics, () => metrics.stop())
  settings.onChange((changed) => {
    if (changed.has('prometheus.port')) void metrics.start()
  })
  await metrics.start()
}

/** Sleep and the lock of the screen, for the connection in use and those that open later. */
function routePower(
  { log, life }: StartDeps,
  { sessionBus, screen, notifier }: AppComponents,
  { host }: ConnectionParts,
): void {
  const route = (event: PowerEvent): void => {
    if (event === 'lock-screen' || event === 'unlock-screen') {
      screen.isLocked = event === 'lock-screen'
      notifier.update()
    }
    host.current?.routes.power(event)
  }
  const power: NodeJS.EventEmitter = powerMonitor
  for (const event of powerEvents) power.on(event, () => route(event))
  const onKnown = (isKnown: boolean): void => void (screen.isKnown = isKnown)
  const stopWatch = routeScreenLock({ sessionBus, route, onKnown, log: log.child({ part: 'bus' }) })
  life.own('screen lock', stopWatch, (stop) => stop())
}

/** Before the first connection: nothing pops up that a flag, or a pause of the run before, holds back. */
function startDoNotDisturb(
  { launch, life }: StartDeps,
  { doNotDisturb }: AppComponents,
  { window, show }: AppShell,
): void {
  doNotDisturb.onChange((view) => {
    window.push('doNotDisturb.changed', view)
    show()
  })
  const { doNotDisturb: asked } = launch.flags
  if (asked !== undefined) doNotDisturb.request(asked)
  life.own('do not disturb', doNotDisturb.follow(), (stop) => stop())
}

interface MenuParts {
  readonly parts: ConnectionParts
  readonly appShell: AppShell
  readonly developing: boolean
}

function setMenu({ homeDir }: StartDeps, { parts, appShell, developing }: MenuParts): void {
  const template = menuTemplate({
    platform: process.platform,
    developing,
    hasBackend: parts.host.inUse?.connection.backendUrl !== undefined,
    navigate: appShell.navigate,
    openLogs: () => void shell.openPath(join(homeDir, 'logs')),
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

/** They end first: then it is still known whether an alert fires. */
function appUpdates(
  deps: StartDeps,
  { components, appShell, parts }: { components: AppComponents; appShell: AppShell; parts: ConnectionParts },
): AppUpdates {
  const { host } = parts
  const { settings, life } = deps
  const created = createUpdates(deps, {
    watching: () => ({
      health: components.health.report.health.kind,
      firing: host.current?.alerts.list.length ?? 0,
      isDemo: host.inUse?.origin === 'demo',
    }),
    onChange: (view) => appShell.window.push('updates.changed', view),
  })
  const { updates, versions } = created
  life.own('versions', versions, () => versions.flush())
  settings.onChange((changed) => {
    if ([...changed].some((key) => key.startsWith('updates.'))) updates.settingsChanged()
  })
  life.own('updates', updates, () => updates.stop())
  updates.start()
  return created
}

/** Without an open connection, a scrape fails as while the data thread restarts. */
function scrapeOf(
  { settings }: StartDeps,
  { host }: ConnectionParts,
  { notifier, sounds, doNotDisturb }: AppComponents,
): Scrape {
  return createScrape({
    data: { call: (call, request) => host.require().data.call(call, request) },
    build: appVersions(),
    openAlerts: () => host.current?.alerts.list ?? [],
    isSilenced: (alert) => host.current?.alerts.isSilenced(alert) ?? false,
    notifications: () => notifier.counts,
    sounds: () => sounds.counts,
    doNotDisturb: () => ({ isOn: doNotDisturb.active !== undefined, counts: doNotDisturb.counts }),
    backend: () => host.current?.backend?.counters,
    hasNodeSeries: () => settings.values['prometheus.nodeSeries'],
    hasAllMetrics: () => settings.values['prometheus.allMetrics'],
    now: Date.now,
  })
}
