import { z } from 'zod'
import { Silence, SilenceDraft } from '../silence/silence.ts'
import { nothing } from './fields.ts'

/** Calls about silences. Author and times are set by the main process. `silences.changed` carries all of them. */
export const silenceCalls = {
  /** Active, scheduled and weekly ones, and those that ended in the last 14 days. Newest first. */
  'silences.list': { request: nothing, reply: z.array(Silence) },
  /**
   * Without `id` a new silence. It is in effect here at once; with a backend it also waits for it. `version`: the edited
   * one; if another one is in effect, the result is a conflict.
   */
  'silences.save': {
    request: z.strictObject({ id: z.uuid().optional(), version: z.int().optional(), draft: SilenceDraft }),
    reply: Silence,
  },
  /** Ends it now. */
  'silences.expire': { request: z.strictObject({ id: z.uuid() }), reply: Silence },
} satisfies Record<string, { request: z.ZodType; reply: z.ZodType }>
