import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { PemFacts, PemRequest } from '#shared/ipc/connection-views.ts'
import type { ConnectionAccess } from '#shared/settings/connection-access.ts'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import { type OwnAlertSettings, ownAlertSettings, ownSettingKeys } from '#shared/own/own-settings.ts'
import type { Retention } from '#shared/retention/retention.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import type { AppComponents, StartDeps } from '../app/app-components.ts'
import type { AppShell } from '../app/app-shell.ts'
import { createBackend } from '../backend/create-backend.ts'
import { draftSecrets } from '../connection-test/draft-secrets.ts'
import { ConnectionTests } from '../connection-test/connection-tests.ts'
import { pemFacts } from '../connection-test/pem-facts.ts'
import { startConnectionTest } from '../connection-test/start-connection-test.ts'
import type { ConnectionCallDeps } from '../ipc/connection-handlers.ts'
import type { SourceCallDeps } from '../ipc/source-deps.ts'
import { startTopicTask } from '../topic-search/start-topic-task.ts'
import { TopicSearches } from '../topic-search/topic-searches.ts'
import { connectionDialogs } from '../windows/connection-dialogs.ts'
import { ConnectionFolders } from './connection-folders.ts'
import { ConnectionHost } from './connection-host.ts'
import { createThreads } from './connection-threads.ts'
import { retentionOf } from './data-thread-options.ts'
import { Connections } from './connections.ts'
import { Invitations } from './invitations.ts'
import { readAccess } from './read-access.ts'
import { RunningConnection } from './running-connection.ts'
import { StoredSecrets } from './stored-secrets.ts'
import { topicsFixedBy } from './topics-fixed-by.ts'

/** How long the list waits for the number of nodes, ms: the data thread may be starting. */
const countLimitMs = 300

export interface ConnectionParts {
  readonly host: ConnectionHost<RunningConnection>
  readonly connections: Connections
  readonly calls: ConnectionCallDeps
  readonly sources: Omit<SourceCallDeps, 'chooseFile'>
  /** Opens the connection that flags, variables and settings name. */
  readonly openFirst: () => void
  /** Ends the open connection; a demo leaves nothing behind. */
  readonly end: () => Promise<void>
}

export interface ConnectionPartsDeps {
  readonly components: AppComponents
  readonly appShell: AppShell
  /** A connection is open, or could not be opened: the page, the menu and the tray must show that. */
  readonly settled: () => void
}

/** Creates the host of the connection in use and the list of connections, without opening one. */
export function createConnections(deps: StartDeps, parts: ConnectionPartsDeps): ConnectionParts {
  const { components, appShell } = parts
  const { launch, settings, dataDir, profile, log, life } = deps
  const { health, secrets } = components
  const { window, show: showTray } = appShell
  const variables = launch.variables.connection
  const stored = new StoredSecrets(secrets, dataDir)
  const folders = new ConnectionFolders(dataDir)
  const access = (inUse: ConnectionInUse): Promise<ConnectionAccess> =>
    readAccess(inUse, { variables, stored, readText })
  const retention = (): Retention => retentionOf(settings.values)
  const own = (): OwnAlertSettings => ownAlertSettings(settings.values)
  const mappings = (): readonly FieldMapping[] => settings.values['stream.mappings']
  const host = createHost(deps, parts, { access, folders, retention, own, mappings })
  settings.onChange((changed) => {
    if (changed.has('stream.mappings')) {
      host.current?.setMappings(mappings()).catch((cause: unknown) => log.warn('mappings not set', { cause }))
      window.push('mappings.changed', null)
    }
    if ([...changed].some((key) => ownSettingKeys.has(key)))
      host.current?.setOwn(own()).catch((cause: unknown) => log.warn('limits of own alerts not set', { cause }))
    if (!changed.has('data.keepDays') && !changed.has('data.keepGigabytes')) return
    host.current?.setRetention(retention()).catch((cause: unknown) => log.warn('retention not set', { cause }))
  })
  const connections = new Connections({
    settings,
    profile,
    demo: launch.flags.demo,
    variables,
    host,
    stored,
    folders,
    readAccess: access,
    countNodes: () => countNodes(host.current),
    marked: () => {
      showTray()
      window.push('health.changed', health.report)
    },
    push: (view) => window.push('connections.changed', view),
    log: log.child({ part: 'connections' }),
  })
  life.own('list of connections', connections.follow(), (stop) => stop())
  return {
    host,
    connections,
    calls: connectionCalls(deps, appShell, { host, connections, stored }),
    sources: sourceCalls(deps, appShell, { host, connections }),
    openFirst: () => {
      const chosen = connections.chosen()
      if (!chosen.ok) throw new Error(chosen.problem)
      void host.switchTo(chosen.inUse)
    },
    end: async () => {
      const last = host.inUse
      await host.end()
      if (last?.origin === 'demo') await folders.removeDemo()
    },
  }
}

interface HostParts {
  readonly access: (inUse: ConnectionInUse) => Promise<ConnectionAccess>
  readonly folders: ConnectionFolders
  readonly retention: () => Retention
  readonly own: () => OwnAlertSettings
  readonly mappings: () => readonly FieldMapping[]
}

/** The host shows in window and tray what happens to its connection. */
function createHost(
  { dataDir, settings, log }: StartDeps,
  { components, appShell, settled }: ConnectionPartsDeps,
  { access, folders, retention, own, mappings }: HostParts,
): ConnectionHost<RunningConnection> {
  const { health, secrets, notifier, sounds, doNotDisturb, screen } = components
  const { window, open, toasts, show: showTray, timeStyle } = appShell
  const isScreenLocked = (): boolean => screen.isLocked
  const ofApp = { window, open, toasts, showTray, notifier, sounds, settings, doNotDisturb }
  const shell = { ...ofApp, timeStyle, isScreenLocked, now: Date.now }
  const running = {
    dataDir,
    user: components.user,
    retention,
    own,
    mappings,
    secrets,
    shell,
    log,
    createThreads,
    createBackend,
  }
  return new ConnectionHost<RunningConnection>({
    open: async (inUse) => {
      if (inUse.origin === 'demo') await folders.removeDemo()
      return new RunningConnection(inUse, await access(inUse), running)
    },
    changing: ({ connection }) => health.showNone(Date.now(), `ReMo is opening ${connection.name}.`),
    opened: (connection) => {
      log.info('connection', { id: connection.inUse.connection.id, origin: connection.inUse.origin })
      health.follow(connection.health)
      settled()
    },
    failed: ({ connection }, cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      health.showNone(Date.now(), `ReMo cannot open ${connection.name} (${reason}). Use another connection.`)
      settled()
    },
    log: log.child({ part: 'connections' }),
  })
}

interface CalledParts {
  readonly host: ConnectionHost<RunningConnection>
  readonly connections: Connections
  readonly stored: StoredSecrets
}

/** What the calls of the page about connections use. */
function connectionCalls(
  { launch, life }: StartDeps,
  { window }: AppShell,
  { host, connections, stored }: CalledParts,
): ConnectionCallDeps {
  const variables = launch.variables.connection
  const dialogs = connectionDialogs(window)
  const tests = new ConnectionTests({
    start: startConnectionTest,
    secretsOf: (draft) => draftSecrets(draft, { inUse: host.inUse, variables, stored }),
    readText,
    push: (step) => window.push('connections.testStep', step),
  })
  life.own('connection test', tests, () => tests.stop())
  const invitations = new Invitations({
    connectionOf: (id) => connections.connectionOf(id),
    chooseToSave: dialogs.saveInvitation,
    chooseToOpen: dialogs.chooseInvitation,
  })
  const pem = (request: PemRequest): PemFacts => pemFacts(request, Date.now())
  return { list: connections, tests, invitations, pemFacts: pem, choosePem: dialogs.choosePem }
}

/** What the calls of the page about sources use. */
function sourceCalls(
  { life, settings }: StartDeps,
  { window }: AppShell,
  { host, connections }: Omit<CalledParts, 'stored'>,
): ConnectionParts['sources'] {
  const searches = new TopicSearches({
    start: startTopicTask,
    connection: () => host.require(),
    ownMappings: () => settings.values['stream.mappings'],
    push: (progress) => window.push('sources.findProgress', progress),
  })
  life.own('search for metrics', searches, () => searches.stop())
  return {
    searches,
    topics: () => {
      const { inUse } = host.require()
      const fixedBy = topicsFixedBy(inUse)
      return { pattern: inUse.connection.topics, ...(fixedBy === undefined ? {} : { fixedBy }) }
    },
    setTopics: (topics) => connections.setTopics(topics),
  }
}

function readText(path: string): string {
  return readFileSync(path, 'utf8')
}

async function countNodes(connection: RunningConnection | undefined): Promise<number | undefined> {
  if (connection?.data.state.kind !== 'running') return undefined
  const counted = connection.data.call('live.snapshot', {}).then(
    ({ directory }) => directory.nodes.length,
    () => undefined, // its thread stopped meanwhile
  )
  return Promise.race([counted, setTimeout(countLimitMs, undefined, { ref: false })])
}
