import { isDeepStrictEqual } from 'node:util'
import type { Connection } from '#shared/settings/connection.ts'
import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'

/** What a change of the connection in use requires. `mark`: only what the window shows of it. `restart`: a new start. */
export type ConnectionChange = 'none' | 'mark' | 'restart'

/** Nothing that reads uses them. */
const markFields = { name: '', label: '', color: 'gray' } as const satisfies Partial<Connection>

/** Compares the connection in use with the one that the settings name now. */
export function connectionChange(before: ConnectionInUse, after: ConnectionInUse): ConnectionChange {
  if (before.origin !== after.origin || before.folder !== after.folder) return 'restart'
  if (!isDeepStrictEqual(withoutMark(before), withoutMark(after))) return 'restart'
  const isSame = isDeepStrictEqual(before.connection, after.connection) && isDeepStrictEqual(before.fixed, after.fixed)
  return isSame ? 'none' : 'mark'
}

function withoutMark({ connection }: ConnectionInUse): Connection {
  return { ...connection, ...markFields }
}
