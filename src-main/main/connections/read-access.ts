import { connectionAccess, needsPassword } from '#shared/settings/connection-access.ts'
import type { ConnectionAccess } from '#shared/settings/connection-access.ts'
import type { ConnectionInUse, ConnectionVariables } from '#shared/settings/connection-in-use.ts'
import type { Connection, ConnectionSecrets } from '#shared/settings/connection.ts'
import type { ReadText } from '#shared/settings/environment.ts'
import type { StoredSecrets } from './stored-secrets.ts'

export interface AccessDeps {
  readonly variables: ConnectionVariables
  readonly stored: Pick<StoredSecrets, 'read'>
  readonly readText: ReadText
}

/** Finds the secrets of a connection and resolves its files. A password in a variable comes first. */
export async function readAccess(
  { connection, origin, fixed }: ConnectionInUse,
  { variables, stored, readText }: AccessDeps,
): Promise<ConnectionAccess> {
  if (origin === 'demo') return { kind: 'ready', security: undefined }
  const given: ConnectionSecrets =
    fixed.password === undefined || variables.password === undefined ? {} : { password: variables.password }
  const missing = secretsOf(connection).filter((name) => given[name] === undefined)
  const secrets = missing.length === 0 ? {} : await stored.read(connection.id, missing)
  return connectionAccess(connection, { ...secrets, ...given }, readText)
}

/** Which secrets the connection uses. */
export function secretsOf(
  connection: Pick<Connection, 'protocol' | 'cert' | 'keyPasted'>,
): ReadonlyArray<keyof ConnectionSecrets> {
  const { protocol, cert, keyPasted } = connection
  const usesKey = keyPasted && cert !== undefined && protocol.endsWith('SSL')
  return [...(needsPassword(connection) ? (['password'] as const) : []), ...(usesKey ? (['key'] as const) : [])]
}

/** Why nothing is read: one sentence. `undefined` if the connection is ready. */
export function idleReason(access: ConnectionAccess, { name }: Pick<Connection, 'name'>): string | undefined {
  if (access.kind === 'ready') return undefined
  if (access.kind === 'wrong') return `${access.problem.replace(/\.?$/, '.')} Change the connection in Settings.`
  return access.secret === 'password'
    ? `ReMo waits for the password of ${name}. Enter it in this window.`
    : `The key of the client certificate of ${name} is not stored. Add it to the connection in Settings.`
}
