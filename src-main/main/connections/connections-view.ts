import type { ConnectionItem, ConnectionsView } from '#shared/ipc/connection-views.ts'
import { connectionInUse } from '#shared/settings/connection-in-use.ts'
import type { ConnectionInUse, ConnectionVariables } from '#shared/settings/connection-in-use.ts'
import type { Connection } from '#shared/settings/connection.ts'

export interface ConnectionsFacts {
  /** Those of settings.json. */
  readonly connections: readonly Connection[]
  readonly inUse: ConnectionInUse | undefined
  readonly variables: ConnectionVariables
  readonly profile: string | undefined
  /** The setting `stream.topics`. */
  readonly topics: string
  /** By id. */
  readonly nodes: ReadonlyMap<string, number>
  readonly keychainProblem: string | undefined
  readonly hasPassword: (connection: Connection) => Promise<boolean>
}

/** All connections for the page: the one of the variables first, then those of settings.json. */
export async function connectionsView(facts: ConnectionsFacts): Promise<ConnectionsView> {
  const { connections, inUse, profile, keychainProblem } = facts
  const listed: ConnectionInUse[] = connections.map((connection) => ({
    connection,
    origin: 'saved',
    fixed: {},
    folder: '',
  }))
  const others = listed.map((one) => (isSame(one, inUse) ? inUse : one))
  const environment = environmentOf(facts)
  const first = environment && (isSame(environment, inUse) ? inUse : environment)
  const alone = inUse && (inUse.origin === 'unset' || inUse.origin === 'demo') ? [inUse] : []
  const items = [...(first ? [first] : []), ...others, ...alone]
  return {
    items: await Promise.all(items.map((item) => itemOf(item, facts))),
    ...(profile === undefined ? {} : { switchProblem: switchProblem(profile) }),
    ...(keychainProblem === undefined ? {} : { keychainProblem }),
  }
}

function isSame(one: ConnectionInUse, inUse: ConnectionInUse | undefined): inUse is ConnectionInUse {
  return inUse?.origin === one.origin && inUse.connection.id === one.connection.id
}

function environmentOf({ variables, topics }: ConnectionsFacts): ConnectionInUse | undefined {
  const none = { connections: [], inUse: undefined, profile: undefined, demo: false }
  const chosen = connectionInUse({ ...none, variables, topics })
  return chosen.ok && chosen.inUse.origin === 'environment' ? chosen.inUse : undefined
}

/** Why another connection cannot be used. */
export function switchProblem(profile: string): string {
  return `This ReMo was started with --profile ${profile}. Start ReMo without it to use another connection.`
}

async function itemOf(item: ConnectionInUse, { inUse, nodes, hasPassword }: ConnectionsFacts): Promise<ConnectionItem> {
  const { connection, origin, fixed } = item
  const count = nodes.get(connection.id)
  return {
    connection,
    origin,
    inUse: item === inUse,
    fixed: { ...fixed },
    hasPassword: fixed.password !== undefined || (await hasPassword(connection)),
    ...(count === undefined ? {} : { nodes: count }),
  }
}

/** Why no connection can be removed. */
export function removeProblem(profile: string): string {
  return `This ReMo was started with --profile ${profile}. Remove connections in a ReMo without it.`
}
