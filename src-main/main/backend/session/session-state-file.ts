import { z } from 'zod'
import type { Log } from '#shared/log.ts'
import { Role } from '#shared/session/role.ts'
import { StateFile } from '../../app/state-file.ts'

const PendingSignOut = z.object({ backendUrl: z.string(), until: z.number() })

const Fields = z.object({
  backendUrl: z.string().optional(),
  user: z.object({ username: z.string(), role: Role }).optional(),
  ended: z.enum(['never', 'signed-out', 'expired', 'disabled']).optional(),
  untold: PendingSignOut.optional(),
})

/** `untold` is the key that is written: version 0.1.0 reads no other. `pendingSignOut` is read as well. */
const State = z
  .looseObject({ pendingSignOut: PendingSignOut.optional() })
  .transform(({ pendingSignOut, ...rest }) =>
    Fields.parse(rest['untold'] === undefined && pendingSignOut ? { ...rest, untold: pendingSignOut } : rest),
  )
type State = z.infer<typeof State>

/** User and backend of the last run. Unencrypted: it contains no secret. */
export class SessionStateFile extends StateFile<State> {
  constructor(path: string, log: Log) {
    super(path, State, log)
  }
}
