import { z } from 'zod'
import { SoundKind } from '../notification/sound-kind.ts'
import { nothing } from './fields.ts'

/** Calls about sounds. */
export const soundCalls = {
  /**
   * Plays it now, at the volume of the settings, whatever the switch of its kind and do not disturb say. `problem`, one
   * sentence: why nothing was played, or why a sound of ReMo was played instead of the own file.
   */
  'sound.test': {
    request: z.strictObject({ kind: SoundKind }),
    reply: z.strictObject({ played: z.boolean(), problem: z.string().optional() }),
  },
  /** Opens the native dialog. The page stores the path as `sound.file`. Empty: the operator canceled. */
  'sound.chooseFile': { request: nothing, reply: z.union([z.strictObject({ file: z.string() }), nothing]) },
}
