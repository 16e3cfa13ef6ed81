import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import type { ConnectionInUse, ConnectionVariables } from '#shared/settings/connection-in-use.ts'
import type { ConnectionSecrets } from '#shared/settings/connection.ts'
import { secretsOf } from '../connections/read-access.ts'
import type { StoredSecrets } from '../connections/stored-secrets.ts'

export interface DraftSecretsDeps {
  readonly inUse: ConnectionInUse | undefined
  readonly variables: ConnectionVariables
  readonly stored: Pick<StoredSecrets, 'read'>
}

/** Secrets that a form needs and leaves out: those of the variables, if they fix them, else the stored ones. */
export async function draftSecrets(
  draft: DraftConnection,
  { inUse, variables, stored }: DraftSecretsDeps,
): Promise<ConnectionSecrets> {
  const { id, secrets = {} } = draft
  if (id === undefined) return {}
  const isFixed = id === inUse?.connection.id && inUse.fixed.password !== undefined
  const given: ConnectionSecrets = isFixed && variables.password !== undefined ? { password: variables.password } : {}
  const missing = secretsOf(draft).filter((name) => secrets[name] === undefined && given[name] === undefined)
  return missing.length === 0 ? given : { ...(await stored.read(id, missing)), ...given }
}
