import { z } from 'zod'
import type { Log } from '#shared/log.ts'
import { Role } from '#shared/session/role.ts'
import { Remembered } from '../app/remembered.ts'

const PendingSignOut = z.object({ backendUrl: z.string(), until: z.number() })

const Fields = z.object({
  backendUrl: z.string().optional(),
  user: z.object({ username: z.string(), role: Role }).optional(),
  ended: z.enum(['never', 'signed-out', 'expired', 'disabled']).optional(),
  untold: PendingSignOut.optional(),
})

/** `untold` is the key that is written: version 0.1.0 reads no other. `pendingSignOut` is read as well. */
const Memory = z
  .looseObject({ pendingSignOut: PendingSignOut.optional() })
  .transform(({ pendingSignOut, ...rest }) =>
    Fields.parse(rest['untold'] === undefined && pendingSignOut ? { ...rest, untold: pendingSignOut } : rest),
  )
type Memory = z.infer<typeof Memory>

/** Who was signed in where when the last run ended. In the clear: no secret is in it. */
export class SessionMemory extends Remembered<Memory> {
  constructor(path: string, log: Log) {
    super(path, Memory, log)
  }
}
