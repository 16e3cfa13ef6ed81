import type { ConnectionsView, DraftConnection } from '#shared/ipc/connection-views.ts'
import type { Log } from '#shared/log.ts'
import { needsPassword } from '#shared/settings/connection-access.ts'
import type { ConnectionAccess } from '#shared/settings/connection-access.ts'
import { connectionInUse, findConnection } from '#shared/settings/connection-in-use.ts'
import type { ChosenConnection, ConnectionInUse, ConnectionVariables } from '#shared/settings/connection-in-use.ts'
import type { Connection, ConnectionSecrets } from '#shared/settings/connection.ts'
import { withConnections } from '#shared/settings/settings-file.ts'
import type { SettingsFile } from '#shared/settings/settings-file.ts'
import { CallError } from '../../threads/call-error.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import { connectionChange } from './connection-change.ts'
import type { ConnectionFolders } from './connection-folders.ts'
import type { ConnectionHost, HostedConnection } from './connection-host.ts'
import { connectionToSave } from './connection-to-save.ts'
import { topicsFixedBy } from './topics-fixed-by.ts'
import { connectionsView, removeProblem, switchProblem } from './connections-view.ts'
import type { StoredSecrets } from './stored-secrets.ts'

/** The open connection, as far as this service uses it. */
export interface ListedConnection extends HostedConnection {
  inUse: ConnectionInUse
  readonly access: ConnectionAccess
}

export interface ConnectionsDeps {
  readonly settings: SettingsService
  /** Id that `--profile` chose. */
  readonly profile: string | undefined
  /** `--demo`. */
  readonly demo: boolean
  readonly variables: ConnectionVariables
  readonly host: Pick<ConnectionHost<ListedConnection>, 'current' | 'inUse' | 'switchTo'>
  readonly stored: StoredSecrets
  readonly folders: ConnectionFolders
  /** Secrets and files of this connection, read now. */
  readonly readAccess: (inUse: ConnectionInUse) => Promise<ConnectionAccess>
  /** Number of nodes of the open connection; `undefined` while it does not answer. */
  readonly countNodes: () => Promise<number | undefined>
  /** The mark of the connection in use has changed. */
  readonly marked: () => void
  readonly push: (view: ConnectionsView) => void
  readonly log: Log
}

/** The connections of settings.json, and which one is in use. Every change holds at once. */
export class Connections {
  readonly #deps: ConnectionsDeps
  readonly #nodes = new Map<string, number>()
  #isDemo: boolean
  /** A saved connection that was chosen while variables describe one of their own. */
  #besideEnvironment: string | undefined
  #isSaving = false

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps
    this.#isDemo = deps.demo
  }

  /** The connection that flags, variables and settings.json name now. */
  chosen(): ChosenConnection {
    const { settings, profile, variables } = this.#deps
    const { connections, inUse } = settings.store.file
    const beside = this.#besideEnvironment
    const isThere = connections.some(({ id }) => id === beside)
    return connectionInUse({
      connections,
      inUse,
      profile: profile ?? (isThere ? beside : undefined),
      demo: this.#isDemo,
      variables,
      topics: settings.values['stream.topics'],
    })
  }

  /** Follows settings.json and the keychain. @returns stops following */
  follow(): () => void {
    const stops = [
      this.#deps.settings.onChange(() => {
        if (!this.#isSaving) this.#settle()
      }),
      this.#deps.stored.onAnswer(() => void this.retryAccess()),
    ]
    return () => stops.forEach((stop) => stop())
  }

  /** Opens the connection that waits for a secret or a file, if it is there now. */
  async retryAccess(): Promise<void> {
    const { host, readAccess } = this.#deps
    const waiting = host.current
    if (waiting && waiting.access.kind !== 'ready') {
      const access = await readAccess(waiting.inUse)
      if (access.kind === 'ready' && host.current === waiting) await host.switchTo(waiting.inUse)
    }
    this.#push()
  }

  /** The connection in use as it is read, or one of settings.json. @throws CallError `not-found` */
  connectionOf(id: string): Connection {
    const { settings, host } = this.#deps
    const used = host.inUse?.connection
    const found = used?.id === id ? used : settings.store.file.connections.find((one) => one.id === id)
    if (found) return found
    throw new CallError('not-found', 'There is no such connection in the settings.')
  }

  async view(): Promise<ConnectionsView> {
    const { settings, profile, variables, host, stored } = this.#deps
    await this.#countNodes()
    return connectionsView({
      connections: settings.store.file.connections,
      inUse: host.inUse,
      variables,
      profile,
      topics: settings.values['stream.topics'],
      nodes: this.#nodes,
      keychainProblem: stored.problem,
      hasPassword: (connection) => this.#hasPassword(connection),
    })
  }

  /** @throws CallError: see `connectionToSave`; `failed` if settings.json cannot be written */
  async save(draft: DraftConnection, use: boolean): Promise<{ id: string; view: ConnectionsView }> {
    const { settings, host, stored, folders } = this.#deps
    const { connections } = settings.store.file
    const taken = [...connections.map(({ id }) => id), ...folders.existing()]
    const connection = connectionToSave(draft, { connections, inUse: host.inUse, taken })
    const { id } = connection
    if (use) this.#requireSwitch(id)
    const secrets = secretsToStore(draft, connection)
    await stored.save(id, secrets)
    if (use) this.#choose(id)
    this.#store((file) => withConnections(file, replaced(file.connections, connection), use ? id : file.inUse))
    this.#settle(Object.keys(secrets).length > 0 ? id : undefined)
    return { id, view: await this.view() }
  }

  /** Removes it with its cache and its secrets. @throws CallError `conflict` for the one in use */
  async remove(id: string): Promise<ConnectionsView> {
    const { settings, profile, host, stored, folders } = this.#deps
    // The other ReMo may have it open.
    if (profile !== undefined) throw new CallError('conflict', removeProblem(profile))
    const removed = settings.store.file.connections.find((one) => one.id === id)
    if (!removed) throw new CallError('not-found', 'There is no such connection in the settings.')
    if (host.inUse?.connection.id === id)
      throw new CallError('conflict', `${removed.name} is in use. Use another connection first.`)
    await folders.remove(removed)
    this.#store((file) =>
      withConnections(
        file,
        file.connections.filter((one) => one.id !== id),
        file.inUse === id ? undefined : file.inUse,
      ),
    )
    await stored.remove(id)
    this.#nodes.delete(id)
    return this.view()
  }

  /** @throws CallError `not-found`, or `conflict` if `--profile` chose the connection */
  async use(id: string): Promise<ConnectionsView> {
    const { settings, variables } = this.#deps
    const isEnvironment = id === 'environment' && variables.fields.brokers !== undefined
    const saved = findConnection(settings.store.file.connections, id)
    if (!isEnvironment && !saved) throw new CallError('not-found', 'There is no such connection in the settings.')
    this.#requireSwitch(id)
    this.#choose(saved?.id)
    if (saved) this.#store((file) => withConnections(file, file.connections, saved.id))
    this.#settle()
    return this.view()
  }

  /** @throws CallError `conflict` if the connection in use waits for no password */
  async unlock(password: string): Promise<ConnectionsView> {
    const { host, stored } = this.#deps
    const waiting = host.current
    if (waiting?.access.kind !== 'missing' || waiting.access.secret !== 'password')
      throw new CallError('conflict', 'The connection in use waits for no password.')
    await stored.save(waiting.inUse.connection.id, { password })
    await this.retryAccess()
    return this.view()
  }

  /**
   * From now on, the connection in use reads these topics. Of one that is not in settings.json, they are a setting.
   * @throws CallError `conflict` if something fixes the topics; `failed` if settings.json cannot be written
   */
  setTopics(topics: string): void {
    const { settings, host } = this.#deps
    const { inUse } = host
    if (!inUse) throw new CallError('unavailable', 'No connection is open.')
    const fixed = topicsFixedBy(inUse)
    if (fixed !== undefined) throw new CallError('conflict', fixed)
    const stored = settings.store.file.connections.find(({ id }) => id === inUse.connection.id)
    if (inUse.origin !== 'saved' || !stored) return settings.set('stream.topics', topics)
    const changed = { ...stored, topics }
    this.#store((file) => withConnections(file, replaced(file.connections, changed), file.inUse))
    this.#settle()
  }

  /** Simulated servers in a cache of their own. */
  startDemo(): void {
    if (this.#isDemo) return
    if (this.#deps.profile !== undefined)
      throw new CallError('conflict', 'This ReMo was started with --profile. Start another one with --demo.')
    this.#isDemo = true
    this.#settle()
  }

  leaveDemo(): void {
    this.#isDemo = false
    this.#settle()
  }

  #store(edit: (file: SettingsFile) => SettingsFile): void {
    this.#isSaving = true
    try {
      this.#deps.settings.changeConnections(edit)
    } finally {
      this.#isSaving = false
    }
  }

  /** Opens what the settings name now. `changed`: id of a connection whose secrets are new. */
  #settle(changed?: string): void {
    const { host, log } = this.#deps
    const chosen = this.chosen()
    if (!chosen.ok) return log.warn('connection of --profile is gone', { problem: chosen.problem })
    const before = host.inUse
    const { inUse } = chosen
    const change = before ? connectionChange(before, inUse) : 'restart'
    const isRestart = change === 'restart' || changed === inUse.connection.id
    if (isRestart) void host.switchTo(inUse).then(() => this.#afterSwitch(before))
    else if (change === 'mark') this.#mark(inUse)
    this.#push()
  }

  #mark(inUse: ConnectionInUse): void {
    const { host, marked } = this.#deps
    if (!host.current) return void host.switchTo(inUse)
    host.current.inUse = inUse
    marked()
  }

  async #afterSwitch(before: ConnectionInUse | undefined): Promise<void> {
    const { host, folders, log } = this.#deps
    if (before?.origin === 'demo' && host.inUse?.origin !== 'demo')
      await folders.removeDemo().catch((cause: unknown) => log.warn('demo not deleted', { cause }))
    this.#push()
  }

  #push(): void {
    const { push, log } = this.#deps
    this.view().then(push, (cause: unknown) => log.warn('connections not listed', { cause }))
  }

  #requireSwitch(id: string): void {
    const { profile } = this.#deps
    if (profile !== undefined && profile !== id) throw new CallError('conflict', switchProblem(profile))
  }

  #choose(id: string | undefined): void {
    this.#isDemo = false
    this.#besideEnvironment = this.#deps.variables.fields.brokers === undefined ? undefined : id
  }

  async #countNodes(): Promise<void> {
    const id = this.#deps.host.current?.inUse.connection.id
    const nodes = await this.#deps.countNodes()
    if (id !== undefined && nodes !== undefined) this.#nodes.set(id, nodes)
  }

  async #hasPassword(connection: Connection): Promise<boolean> {
    if (!needsPassword(connection)) return false
    return (await this.#deps.stored.read(connection.id, ['password'])).password !== undefined
  }
}

function replaced(connections: readonly Connection[], connection: Connection): readonly Connection[] {
  const isKnown = connections.some(({ id }) => id === connection.id)
  if (!isKnown) return [...connections, connection]
  return connections.map((one) => (one.id === connection.id ? connection : one))
}

/** A key in a file leaves no pasted one behind. */
function secretsToStore({ id, secrets = {} }: DraftConnection, connection: Connection): ConnectionSecrets {
  const given = Object.fromEntries(Object.entries(secrets).filter(([, secret]) => secret !== undefined))
  return connection.key !== undefined && id !== undefined ? { ...given, key: '' } : given
}
