import { minuteMs } from '../format/time-units.ts'
import { windowsBetween } from './schedule.ts'
import type { Silence } from './silence.ts'

/** How long before its end a silence is announced, ms. */
export const endsSoonMs = 10 * minuteMs

/** Something that operators should know about a silence. `at`: epoch ms, when it was due. */
export interface SilenceNotice {
  readonly kind: 'began' | 'ends-soon' | 'ended'
  readonly silence: Silence
  readonly at: number
  /** End of the window. */
  readonly until: number
}

/**
 * The notices that became due after `since` until `now`, oldest first. A window that lasts no longer than ten minutes
 * has no notice before its end, and one that a person ended has none either.
 */
export function dueNotices(silences: readonly Silence[], since: number, now: number): readonly SilenceNotice[] {
  return silences.flatMap((silence) => noticesOf(silence, since, now)).toSorted((a, b) => a.at - b.at)
}

function noticesOf(silence: Silence, since: number, now: number): SilenceNotice[] {
  return windowsBetween(silence, since - 1, now + endsSoonMs + 1).flatMap(({ from, until }) => {
    const soonAt = until - endsSoonMs
    const wasEnded = silence.expiredAt === until
    const notices: SilenceNotice[] = [
      { kind: 'began', silence, at: from, until },
      ...(soonAt > from && !wasEnded ? [{ kind: 'ends-soon' as const, silence, at: soonAt, until }] : []),
      { kind: 'ended', silence, at: until, until },
    ]
    return notices.filter(({ at }) => at > since && at <= now)
  })
}
