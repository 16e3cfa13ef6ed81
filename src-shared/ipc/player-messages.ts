import { z } from 'zod'

/**
 * Between the main process and the hidden page that plays sounds. Both sides use the channel `player` of that page
 * alone.
 */
export type PlayerRequest =
  | {
      /** `play`: in place of what plays. `load`: only as much as it takes to know that it could be played. */
      readonly kind: 'play' | 'load'
      readonly id: number
      /** A file that the main process serves to this page. */
      readonly url: string
      /** Amplitude, 0 to 1. */
      readonly volume: number
      /** A longer sound is refused. */
      readonly longestSeconds: number
    }
  | { readonly kind: 'stop' }

/**
 * | reason | |
 * |---|---|
 * | `not-audio` | no format that Chromium plays, or no audio in it |
 * | `too-long` | longer than `longestSeconds` |
 * | `no-output` | the computer has no sound output |
 * | `broken-output` | the output ended while it played |
 */
export const PlayerProblem = z.enum(['not-audio', 'too-long', 'no-output', 'broken-output'])
export type PlayerProblem = z.infer<typeof PlayerProblem>

/** `ready`: loaded. `playing`: the output has taken the first samples. All but `playing` end the request. */
export const PlayerReport = z.discriminatedUnion('state', [
  z.object({ id: z.number(), state: z.enum(['ready', 'playing', 'ended']) }),
  z.object({ id: z.number(), state: z.literal('failed'), reason: PlayerProblem, detail: z.string().max(1000) }),
])
export type PlayerReport = z.infer<typeof PlayerReport>
