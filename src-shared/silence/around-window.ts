import { nextWindow, windowAt } from './schedule.ts'
import type { Silence } from './silence.ts'

/** Whether a silence is active, from `from` to `until` (exclusive, epoch ms; Infinity: for ever). */
interface Around {
  readonly isActive: boolean
  readonly from: number
  readonly until: number
}

/** Windows by the wall clock of a zone cost a millisecond: they are computed once per window, and for clocks set back. */
export function aroundWindow(silence: Pick<Silence, 'schedule' | 'expiredAt'>): (now: number) => Around {
  let known: Around | undefined
  return (now) => {
    if (known === undefined || now < known.from || now >= known.until) known = around(silence, now)
    return known
  }
}

function around(silence: Pick<Silence, 'schedule' | 'expiredAt'>, now: number): Around {
  const window = windowAt(silence, now)
  if (window) return { isActive: true, ...window }
  return { isActive: false, from: now, until: nextWindow(silence, now)?.from ?? Infinity }
}
