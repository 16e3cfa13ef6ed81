import { hourMs, minuteMs, secondMs } from '#shared/format/time-units.ts'

const delaysMs = [5 * secondMs, 30 * secondMs, 2 * minuteMs] as const
const longestDelayMs = 10 * minuteMs
/** No receiver delays a critical alert for longer. */
const longestRetryAfterMs = hourMs
/** Since the message was made. */
export const giveUpAfterHours = 24

/** How one attempt ended. `problem`: one sentence. */
export type Attempt =
  | { readonly kind: 'delivered'; readonly status: number; readonly answer: string }
  | {
      readonly kind: 'failed' | 'given-up'
      /** `undefined`: the receiver did not answer. */
      readonly status: number | undefined
      readonly answer: string
      readonly problem: string
      /** The least time until the next attempt, as the receiver wishes. */
      readonly retryAfterMs?: number
    }

/** Time until the next attempt: 5 s, 30 s, 2 m, then 10 m. @param attempts how many have failed, at least 1 */
export function retryDelayMs(attempts: number, retryAfterMs = 0): number {
  const delay = delaysMs[attempts - 1] ?? longestDelayMs
  return Math.max(delay, Math.min(retryAfterMs, longestRetryAfterMs))
}

/** `Retry-After`: seconds, or an HTTP date. @param now epoch ms */
export function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * secondMs : Date.parse(header) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}

/** Whether a status may be another one later: the receiver is overloaded, restarts, or lost the request. */
export function isTemporary(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}
