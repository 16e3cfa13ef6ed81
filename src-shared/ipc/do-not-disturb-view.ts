import { z } from 'zod'
import { PauseChoice } from '../do-not-disturb/do-not-disturb.ts'

/** Do not disturb, as the window shows it. Times in epoch ms. */
export const DoNotDisturbView = z.strictObject({
  /** Absent: off. */
  active: z
    .strictObject({
      until: z.number(),
      cause: z.enum(['pause', 'quiet-hours']),
      choice: PauseChoice.optional(),
      canExtend: z.boolean(),
    })
    .optional(),
  /** Begin of the next quiet hours. Absent: they are off. */
  nextQuietAt: z.number().optional(),
  /** Held back so far, of the connection in use. */
  held: z.strictObject({ critical: z.number(), warning: z.number(), blind: z.number() }),
  /** Why the quiet hours are not as they were set, one sentence. */
  problem: z.string().optional(),
})
export type DoNotDisturbView = z.infer<typeof DoNotDisturbView>
