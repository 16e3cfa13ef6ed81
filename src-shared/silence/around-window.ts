import { nextWindow, windowAt } from './schedule.ts'
import type { Silence } from './silence.ts'

/** Whether a silence is active, from `from` to `until` (exclusive, epoch ms; Infinity: for ever). */
interface Around {
  readonly isActive: boolean
  readonly from: number
  readonly until: number
}

type AroundWindow = (now: number) => Around

/** By silence, which is another object after each change. */
const kept = new WeakMap<object, AroundWindow>()

/**
 * Windows by the wall clock of a zone cost milliseconds: they are computed once per silence and window, for all callers, and
 * for clocks set back.
 */
export function aroundWindow(silence: Pick<Silence, 'schedule' | 'expiredAt'>): AroundWindow {
  const before = kept.get(silence)
  if (before) return before
  let known: Around | undefined
  const ask: AroundWindow = (now) => {
    if (known === undefined || now < known.from || now >= known.until) known = around(silence, now)
    return known
  }
  kept.set(silence, ask)
  return ask
}

function around(silence: Pick<Silence, 'schedule' | 'expiredAt'>, now: number): Around {
  const window = windowAt(silence, now)
  if (window) return { isActive: true, ...window }
  return { isActive: false, from: now, until: nextWindow(silence, now)?.from ?? Infinity }
}
