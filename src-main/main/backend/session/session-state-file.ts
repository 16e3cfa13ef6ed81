import { z } from 'zod'
import { isObject } from '#shared/codec/codec.ts'
import type { Log } from '#shared/log.ts'
import { Role } from '#shared/session/role.ts'
import { StateFile } from '../../app/state-file.ts'

const PendingSignOut = z.object({ backendUrl: z.string(), until: z.number() })

/** The file has `untold` for `pendingSignOut`: version 0.1.0 reads no other key. Both are read. */
const wireKey = 'untold'

const Fields = z.object({
  backendUrl: z.string().optional(),
  user: z.object({ username: z.string(), role: Role }).optional(),
  ended: z.enum(['never', 'signed-out', 'expired', 'disabled']).optional(),
  pendingSignOut: PendingSignOut.optional(),
})
type State = z.infer<typeof Fields>

const State = z.preprocess((content) => {
  if (!isObject(content) || !Object.hasOwn(content, wireKey)) return content
  const { [wireKey]: pendingSignOut, ...rest } = content as Readonly<Record<string, unknown>>
  return { ...rest, pendingSignOut }
}, Fields)

/** User and backend of the last run. Unencrypted: it contains no secret. */
export class SessionStateFile extends StateFile<State> {
  constructor(path: string, log: Log) {
    super(path, State, log)
  }

  protected override encode({ pendingSignOut, ...rest }: State): object {
    return pendingSignOut === undefined ? rest : { ...rest, [wireKey]: pendingSignOut }
  }
}
