import { join } from 'node:path'
import { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'
import type { FieldMapping, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { OwnAlertSettings } from '#shared/own/own-settings.ts'
import type { Retention } from '#shared/retention/retention.ts'
import type { ConnectionAccess } from '#shared/settings/connection-access.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import { defaultLongestDays } from '#shared/silence/draft-problems.ts'
import { ClearLevels } from '../app/clear-levels.ts'
import { CurrentHealth } from '../app/current-health.ts'
import type { EventRouteDeps } from '../app/event-route-deps.ts'
import type { EventRoutes } from '../app/event-routes.ts'
import { routeEvents } from '../app/event-routes.ts'
import { FiringAlerts } from '../app/firing-alerts.ts'
import type { BackendClient } from '../backend/backend-client.ts'
import type { CreateBackendDeps } from '../backend/create-backend.ts'
import type { DataThread, ReadThread } from '../ipc/ipc-deps.ts'
import { PopupActs } from '../notifications/popup-acts.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import type { HostedConnection } from './connection-host.ts'
import type { ConnectionThreads, ThreadsDeps } from './connection-threads.ts'

/** What a connection uses of the app. */
export type ConnectionShell = Pick<
  EventRouteDeps,
  | 'window'
  | 'showTray'
  | 'notifier'
  | 'toasts'
  | 'sounds'
  | 'settings'
  | 'doNotDisturb'
  | 'isScreenLocked'
  | 'open'
  | 'now'
  | 'timeStyle'
>

export interface RunningConnectionDeps {
  /** The data folder. */
  readonly dataDir: string
  readonly user: string
  readonly retention: ThreadsDeps['retention']
  readonly own: ThreadsDeps['own']
  readonly mappings: ThreadsDeps['mappings']
  readonly secrets: SecretStore
  readonly shell: ConnectionShell
  readonly log: Log
  readonly createThreads: (deps: ThreadsDeps) => ConnectionThreads
  readonly createBackend: (
    deps: CreateBackendDeps,
    data: DataThread,
    health: CurrentHealth,
  ) => BackendClient | undefined
}

/** Limits for the threads to stop, ms: the data thread may have a transaction to finish. */
const dataStopMs = 8000
const readStopMs = 2000

/** Everything that lives as long as one connection: threads, backend client, lists, and the routes of its events. */
export class RunningConnection implements HostedConnection {
  /** Its mark may change while it runs. */
  inUse: ConnectionInUse
  readonly access: ConnectionAccess
  readonly health: CurrentHealth
  readonly alerts = new FiringAlerts(Date.now)
  readonly clearLevels = new ClearLevels()
  readonly data: DataThread
  readonly read: ReadThread
  readonly backend: BackendClient | undefined
  /** What the operator does to alerts outside the window. */
  readonly acts: PopupActs
  readonly routes: EventRoutes
  /** What the team has for topics, as the data thread said last. */
  teamMappings: readonly TopicMapping[] = []
  readonly #life: Lifetime
  readonly #user: string

  /** Creates everything, without starting it. */
  constructor(inUse: ConnectionInUse, access: ConnectionAccess, deps: RunningConnectionDeps) {
    const { dataDir: root, user, retention, own, mappings, secrets, shell, log } = deps
    const dataDir = join(root, inUse.folder)
    const life = (this.#life = new Lifetime(log))
    this.inUse = inUse
    this.#user = user
    this.access = access
    this.health = new CurrentHealth(shell.now())
    const threads = deps.createThreads({
      inUse,
      access,
      dataDir,
      user,
      retention,
      own,
      mappings,
      log: log.child({ part: 'threads' }),
    })
    this.data = life.own('data thread', threads.data, (data) => data.stop(dataStopMs))
    this.data.on('mappings.changed', (team) => (this.teamMappings = team))
    this.data.onState(({ kind }) => {
      // They may have changed while it started.
      if (kind !== 'running') return
      this.setMappings(mappings()).catch((cause: unknown) => log.warn('mappings not set', { cause }))
    })
    this.read = life.own('read thread', threads.read, (read) => read.stop(readStopMs))
    const url = inUse.connection.backendUrl
    const { doNotDisturb } = shell
    const parts = { url, dataDir, secrets, log, life, doNotDisturb }
    this.backend = deps.createBackend(parts, this.data, this.health)
    this.acts = createActs(this, deps)
    this.routes = life.own('event routes', routeEvents({ ...this.#parts(), ...shell, log }), (routes) => routes.end())
  }

  start(): void {
    this.data.start()
    this.backend?.start()
  }

  /** Puts another retention in force. A data thread that starts later has it too. */
  async setRetention(retention: Retention): Promise<void> {
    if (this.data.state.kind === 'running') await this.data.call('cache.setRetention', retention)
  }

  /** When this console reports about itself. A data thread that starts later has it too. */
  async setOwn(own: OwnAlertSettings): Promise<void> {
    if (this.data.state.kind === 'running') await this.data.call('own.settings', own)
  }

  /** Mappings of this computer. A data thread that starts later has them too. */
  async setMappings(mappings: readonly FieldMapping[]): Promise<void> {
    if (this.data.state.kind === 'running') await this.data.call('mappings.setOwn', { mappings })
  }

  silence(): void {
    this.routes.end()
  }

  end(): Promise<void> {
    return this.#life.end()
  }

  #parts(): Omit<EventRouteDeps, keyof ConnectionShell | 'log'> {
    const { data, read, backend, health, alerts, clearLevels, acts } = this
    const operator = (): string | undefined => {
      const session = backend?.session.session
      if (!session) return this.#user
      return session.kind === 'signed-in' ? session.user.username : undefined
    }
    return { inUse: () => this.inUse, data, read, backend, health, alerts, operator, clearLevels, acts }
  }
}

/** They end with the connection: its threads refuse calls then. */
function createActs(
  { data, backend, alerts }: Pick<RunningConnection, 'data' | 'backend' | 'alerts'>,
  { user, shell, log }: RunningConnectionDeps,
): PopupActs {
  const { window, toasts, doNotDisturb, open, now } = shell
  return new PopupActs({
    data,
    user,
    session: backend?.session,
    now,
    // An hour is within every setting.
    longestDays: () => defaultLongestDays,
    firing: () => alerts.list,
    doNotDisturb,
    open,
    navigate: (to) => {
      open()
      window.navigate(to)
    },
    done: (done) => window.push('alerts.acted', done),
    refused: ({ title, reason, alertId }) => {
      // The window is open, and is where the operator looks now.
      toasts.show({
        tag: 'not-done',
        title,
        body: reason,
        withoutDetails: 'same',
        urgency: 'normal',
        onClick: () => open(alertId),
      })
    },
    log: log.child({ part: 'notify' }),
  })
}
