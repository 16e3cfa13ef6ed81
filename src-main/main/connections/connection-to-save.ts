import { isDeepStrictEqual } from 'node:util'
import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import { Connection, connectionId, reservedIds } from '#shared/settings/connection.ts'
import type { ConnectionField } from '#shared/settings/connection.ts'
import { CallError } from '../../threads/call-error.ts'

export interface SaveFacts {
  /** Connections of settings.json. */
  readonly connections: readonly Connection[]
  readonly inUse: ConnectionInUse | undefined
  /** Ids that a new connection cannot have: of others, and of caches that were left behind. */
  readonly taken: readonly string[]
}

/**
 * The connection that a form saves, for settings.json.
 * @throws CallError `not-found`, or `conflict`: another one has the name, or a variable fixes a changed field
 */
export function connectionToSave(draft: DraftConnection, facts: SaveFacts): Connection {
  const { secrets: _, id: before, ...fields } = draft
  if (before === 'environment')
    throw new CallError('conflict', 'Variables such as KAFKA_BOOTSTRAP_SERVERS describe this connection. Change them.')
  const stored = before === undefined || reservedIds.includes(before) ? undefined : requireStored(before, facts)
  const name = fields.name.toLowerCase()
  if (facts.connections.some((other) => other.id !== stored?.id && other.name.toLowerCase() === name))
    throw new CallError('conflict', `Another connection has the name ${fields.name}. Choose another name.`)
  const id = stored?.id ?? connectionId(fields.name, facts.taken)
  // An absent field and one without a value are the same in the file, but not in a comparison.
  const given = Object.entries({ ...fields, ...pastedKey(draft), id }).filter(([, value]) => value !== undefined)
  const connection = Connection.parse(Object.fromEntries(given))
  return stored === undefined ? connection : withFixedFields(draft, { connection, stored, inUse: facts.inUse })
}

function requireStored(id: string, { connections }: SaveFacts): Connection {
  const stored = connections.find((one) => one.id === id)
  if (stored) return stored
  throw new CallError('not-found', 'This connection was removed. Save it under a new name.')
}

/** A pasted key is a secret; a file replaces it. */
function pastedKey({ key, keyPasted, secrets }: DraftConnection): Pick<DraftConnection, 'key' | 'keyPasted'> {
  if (secrets?.key !== undefined && secrets.key !== '') return { key: undefined, keyPasted: true }
  return { key, keyPasted: keyPasted && key === undefined && secrets?.key !== '' }
}

interface Edit {
  readonly connection: Connection
  readonly stored: Connection
  readonly inUse: ConnectionInUse | undefined
}

/** The form shows what variables say. The file keeps its own values of those fields. */
function withFixedFields({ secrets }: DraftConnection, { connection, stored, inUse }: Edit): Connection {
  if (!inUse || inUse.origin !== 'saved' || inUse.connection.id !== stored.id) return connection
  const kept: Record<string, unknown> = {}
  for (const [field, variable] of Object.entries(inUse.fixed) as Array<[ConnectionField, string]>) {
    const isChanged =
      field === 'password'
        ? secrets?.password !== undefined
        : !isDeepStrictEqual(connection[field], inUse.connection[field])
    if (isChanged)
      throw new CallError('conflict', `${variable} fixes the field ${field}. Change or remove it, and restart ReMo.`)
    if (field !== 'password') kept[field] = stored[field]
  }
  return { ...connection, ...kept }
}
