import type { Connection, ConnectionField, ConnectionOrigin } from './connection.ts'
import { defaultStartAt } from './start-at.ts'

/** What variables say about a connection, and the names of the variables. */
export interface ConnectionVariables {
  readonly fields: Partial<Connection>
  readonly password?: string
  /** PEM text of the key that KAFKA_SSL_KEY names is read when ReMo connects. */
  readonly names: Readonly<Partial<Record<ConnectionField, string>>>
}

/** The connection that ReMo reads, and what the window must know about it. */
export interface ConnectionInUse {
  readonly connection: Connection
  readonly origin: ConnectionOrigin
  /** Fields that a variable fixes, with its name. */
  readonly fixed: Readonly<Partial<Record<ConnectionField, string>>>
  /** Folder of its cache, inside the data folder; empty: the data folder itself, as before there were connections. */
  readonly folder: string
}

export interface ConnectionChoice {
  readonly connections: readonly Connection[]
  /** Id in settings.json. */
  readonly inUse: string | undefined
  /** `--profile`: id or name. */
  readonly profile: string | undefined
  readonly demo: boolean
  readonly variables: ConnectionVariables
  /** The setting `stream.topics`: topics of a connection that is not in settings.json. Empty or absent: the default. */
  readonly topics?: string
}

/** `problem`: `--profile` names no connection; one sentence. */
export type ChosenConnection =
  { readonly ok: true; readonly inUse: ConnectionInUse } | { readonly ok: false; readonly problem: string }

/**
 * Chooses the connection: the demo, then `--profile`, then KAFKA_BOOTSTRAP_SERVERS, then the one of settings.json, then
 * localhost:9092. With KAFKA_BOOTSTRAP_SERVERS, the variables describe a connection of their own. Without it, each of
 * them fixes a field of the connection in use.
 */
export function connectionInUse(choice: ConnectionChoice): ChosenConnection {
  const { connections, inUse, profile, demo, variables } = choice
  const unsaved = choice.topics ? { ...unsetConnection, topics: choice.topics } : unsetConnection
  if (demo) return chosen(demoConnection, 'demo', 'demo')
  const hasEnvironment = variables.fields.brokers !== undefined
  if (profile !== undefined) {
    const saved = findConnection(connections, profile)
    if (saved) return hasEnvironment ? chosenSaved(saved) : chosenSaved(saved, variables)
    return {
      ok: false,
      problem: `--profile: no connection is named ${JSON.stringify(profile)}. ${namesOf(connections)}`,
    }
  }
  if (hasEnvironment) {
    const connection = { ...unsaved, id: 'environment', name: 'Environment', ...variables.fields }
    return { ok: true, inUse: { connection, origin: 'environment', fixed: variables.names, folder: '' } }
  }
  const saved = connections.find(({ id }) => id === inUse) ?? connections[0]
  if (saved) return chosenSaved(saved, variables)
  const connection = { ...unsaved, ...variables.fields }
  return { ok: true, inUse: { connection, origin: 'unset', fixed: variables.names, folder: '' } }
}

/** Finds a connection by its id, or by its name in any case. */
export function findConnection(connections: readonly Connection[], name: string): Connection | undefined {
  const wanted = name.trim().toLowerCase()
  return connections.find(({ id }) => id === wanted) ?? connections.find((one) => one.name.toLowerCase() === wanted)
}

/** Nothing is configured: ReMo looks for a Kafka on this computer. */
export const unsetConnection: Connection = {
  id: 'localhost',
  name: 'This computer',
  label: '',
  color: 'gray',
  brokers: ['localhost:9092'],
  topics: '^metrics-',
  protocol: 'PLAINTEXT',
  mechanism: 'PLAIN',
  username: '',
  keyPasted: false,
  verify: true,
  startAt: defaultStartAt,
}

/** Simulated servers inside ReMo. Its brokers are never asked. */
export const demoConnection: Connection = {
  ...unsetConnection,
  id: 'demo',
  name: 'Demo',
  label: 'DEMO',
  color: 'violet',
}

function chosenSaved(saved: Connection, variables?: ConnectionVariables): ChosenConnection {
  const connection = { ...saved, ...variables?.fields }
  return {
    ok: true,
    inUse: { connection, origin: 'saved', fixed: variables?.names ?? {}, folder: `connections/${saved.id}` },
  }
}

function chosen(connection: Connection, origin: ConnectionOrigin, folder: string): ChosenConnection {
  return { ok: true, inUse: { connection, origin, fixed: {}, folder } }
}

function namesOf(connections: readonly Connection[]): string {
  if (connections.length === 0) return 'No connection is saved.'
  return `Saved: ${connections.map(({ id }) => id).join(', ')}.`
}
