import { z } from 'zod'
import { minuteMs } from '../format/time-units.ts'
import { type SilenceWindow, windowAt } from './schedule.ts'
import type { Silence } from './silence.ts'

/** How long before its end a silence is announced, ms. */
export const endsSoonMs = 10 * minuteMs

/** How late a notice may be, ms. What happened earlier, while the console was closed or asleep, is history. */
const lateMs = minuteMs

/** Something that operators should know about a silence. `at`: epoch ms, when it was due. */
export interface SilenceNotice {
  readonly kind: 'began' | 'ends-soon' | 'ended'
  readonly silence: Silence
  readonly at: number
  /** End of the window. */
  readonly until: number
}

/** An active window that is known, so that nothing about it is announced twice. Epoch ms. */
const KnownWindow = z.object({ id: z.string(), from: z.number(), until: z.number(), isEndNear: z.boolean() })
export const KnownWindows = z.array(KnownWindow)
export type KnownWindow = z.infer<typeof KnownWindow>

export interface SilenceNotices {
  /** Oldest first. */
  readonly notices: readonly SilenceNotice[]
  /** For the next call. The same array if nothing changed. */
  readonly known: readonly KnownWindow[]
}

/** The window of a silence that is active at `now`. Windows by the week are costly: the caller may keep them. */
export type WindowOf = (silence: Silence, now: number) => SilenceWindow | undefined

/**
 * The notices that are due at `now` (epoch ms), given the windows that were active before. A window that lasts no longer
 * than ten minutes has no notice before its end, nor has one that a person ended. One that is extended has it again.
 */
export function silenceNotices(
  silences: readonly Silence[],
  known: readonly KnownWindow[],
  { now, windowOf = windowAt }: { readonly now: number; readonly windowOf?: WindowOf },
): SilenceNotices {
  const before = new Map(known.map((window) => [window.id, window]))
  const steps = silences.flatMap((silence) => stepOf(silence, before.get(silence.id), { now, active: windowOf(silence, now) }) ?? [])
  const after = steps.flatMap(({ window }) => window ?? [])
  const isSame = after.length === known.length && after.every((window) => window === before.get(window.id))
  const notices = steps.flatMap((step) => step.notices).filter(({ at }) => at > now - lateMs)
  return { notices: notices.toSorted((a, b) => a.at - b.at), known: isSame ? known : after }
}

interface Step {
  /** Absent: none is active. */
  readonly window?: KnownWindow
  readonly notices: readonly SilenceNotice[]
}

interface Present {
  readonly now: number
  readonly active: SilenceWindow | undefined
}

function stepOf(silence: Silence, before: KnownWindow | undefined, { now, active }: Present): Step | undefined {
  const ended = (window: KnownWindow): SilenceNotice => {
    const { expiredAt = Infinity } = silence
    const until = Math.min(window.until, expiredAt < window.from ? now : expiredAt, now)
    return { kind: 'ended', silence, at: until, until }
  }
  if (!active) return before && { notices: [ended(before)] }
  const { from, until } = active
  const isOther = before !== undefined && from >= before.until
  if (!before || isOther) {
    const window = { id: silence.id, from, until, isEndNear: until - now <= endsSoonMs }
    return { window, notices: [...(before ? [ended(before)] : []), { kind: 'began', silence, at: from, until }] }
  }
  const isEndNear = until - now <= endsSoonMs
  const isSame = before.from === from && before.until === until && before.isEndNear === isEndNear
  const window = isSame ? before : { id: silence.id, from, until, isEndNear }
  if (!isEndNear || before.isEndNear) return { window, notices: [] }
  return { window, notices: [{ kind: 'ends-soon', silence, at: until - endsSoonMs, until }] }
}
