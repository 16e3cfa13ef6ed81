import { z } from 'zod'
import type { Log } from '#shared/log.ts'
import { Role } from '#shared/session/role.ts'
import { Remembered } from '../app/remembered.ts'

const Memory = z.object({
  backendUrl: z.string().optional(),
  user: z.object({ username: z.string(), role: Role }).optional(),
  ended: z.enum(['never', 'signed-out', 'expired', 'disabled']).optional(),
  untold: z.object({ backendUrl: z.string(), until: z.number() }).optional(),
})
type Memory = z.infer<typeof Memory>

/** Who was signed in where when the last run ended. In the clear: no secret is in it. */
export class SessionMemory extends Remembered<Memory> {
  constructor(path: string, log: Log) {
    super(path, Memory, log)
  }
}
