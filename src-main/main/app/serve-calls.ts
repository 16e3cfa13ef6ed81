import { app, shell } from 'electron'
import type { IpcHandlers } from '#shared/ipc/contract.ts'
import type { RunningConnection } from '../connections/running-connection.ts'
import { currentHandlers } from '../ipc/current-handlers.ts'
import { ipcHandlers } from '../ipc/ipc-handlers.ts'
import type { IpcDeps } from '../ipc/ipc-deps.ts'
import { serveIpc } from '../ipc/ipc-server.ts'
import { settingsView } from '../ipc/settings-handlers.ts'
import {
  chooseCsvPath,
  chooseMappingPath,
  chooseRejectedPath,
  chooseRulesFile,
  chooseSoundFile,
  chooseYamlPath,
} from '../windows/save-dialog.ts'
import type { StartDeps } from './app-components.ts'
import { aboutCalls, foldersOf } from './about-calls.ts'
import { appInfo } from './app-info.ts'
import type { ServeCallsDeps } from './serve-calls-deps.ts'
import { systemFacts } from './system-facts.ts'

/** Answers the calls of the page, with the connection that is open at that time. */
export function serveCalls(deps: StartDeps, served: ServeCallsDeps): void {
  const { settings, log, life } = deps
  const { appShell, components, address, parts, refused } = served
  const { host } = parts
  const pushSettings = (): void => appShell.window.push('settings.changed', settingsView(settingsCalls(deps, served)))
  settings.onChange(pushSettings)
  served.components.sounds.onProblem(pushSettings)
  // What the desktop can do is on the page of settings too.
  components.notifier.onFacts(pushSettings)
  const created = new WeakMap<RunningConnection, IpcHandlers>()
  const handlersOf = (connection: RunningConnection): IpcHandlers => {
    const known = created.get(connection) ?? ipcHandlers(ipcDeps(deps, served, connection))
    created.set(connection, known)
    return known
  }
  const stop = serveIpc({
    handlers: currentHandlers(() => host.current && handlersOf(host.current), {
      without: ipcHandlers(ipcDeps(deps, served, undefined)),
      refuse: () => {
        refused()
        host.require()
        throw new Error('a connection is open') // not reached: without one, `require` throws
      },
    }),
    origins: address.origins,
    log: log.child({ part: 'calls' }),
    checksReplies: !app.isPackaged,
  })
  life.own('calls', stop, () => stop())
}

function settingsCalls({ settings }: StartDeps, { components, appShell }: ServeCallsDeps): IpcDeps['settings'] {
  return {
    settings,
    system: () => systemFacts(components, appShell),
    refresh: () => appShell.trayPresence.check(),
    openPath: (path) => shell.openPath(path),
  }
}

function ipcDeps(deps: StartDeps, served: ServeCallsDeps, connection: RunningConnection | undefined): IpcDeps {
  const { dataDir } = deps
  const { components, appShell, parts, metrics } = served
  const { host, connections } = parts
  const { user, health, stateFile, notifier, sounds, doNotDisturb } = components
  const backend = connection?.backend
  return {
    info: () => {
      const { inUse } = host
      if (!inUse) throw new Error('no connection was opened yet')
      const access = host.current?.access
      const needsPassword = access?.kind === 'missing' && access.secret === 'password'
      return appInfo({ inUse, needsPassword, dataDir, user, metricsUrl: metrics.url })
    },
    health,
    data: { call: (call, request) => (connection ?? host.require()).data.call(call, request) },
    read: { call: (call, request) => (connection ?? host.require()).read.call(call, request) },
    chooseFile: (name) => chooseCsvPath(appShell.window, stateFile, name),
    ruleFiles: {
      choose: () => chooseRulesFile(appShell.window),
      save: (name) => chooseYamlPath(appShell.window, stateFile, name),
    },
    mappingFile: (name) => chooseMappingPath(appShell.window, stateFile, name),
    user,
    session: backend?.session,
    probeBackend: () => {
      backend?.probeNow()
      void connections.retryAccess()
    },
    checkBackend: backend && (() => backend.check()),
    notify: (popup) => notifier.try(popup),
    toasts: appShell.toasts,
    sounds,
    chooseSound: () => chooseSoundFile(appShell.window),
    doNotDisturb,
    open: () => appShell.open(),
    settings: settingsCalls(deps, served),
    connections: parts.calls,
    sources: { ...parts.sources, chooseFile: (name) => chooseRejectedPath(appShell.window, stateFile, name) },
    folders: () => foldersOf(deps, parts),
    reopen: async () => {
      if (host.inUse) await host.switchTo(host.inUse)
    },
    about: aboutCalls(deps, served),
    updates: served.updates,
    now: Date.now,
  }
}
