/** What the window knows about the engine (the data thread), and about its own drawing. Times are epoch ms. */
export interface WindowFacts {
  readonly now: number
  /** When the engine made its newest report that arrived here. It makes one a second while the window is visible. */
  readonly reportAt: number
  /** Since when frames are sent or applied and not drawn; `undefined` if the newest is drawn. */
  readonly undrawnSince: number | undefined
}

/** A busy moment is shorter. A report is a second old before the next one. */
const toleratedMs = 4000

/**
 * How long ago the engine had what the window shows; 0 while the window keeps up. Frames may be lost, the page may be
 * overloaded, or messages may wait in between: then the values on screen are old although the engine is live.
 */
export function windowLagMs({ now, reportAt, undrawnSince }: WindowFacts): number {
  const lag = Math.max(now - reportAt, undrawnSince === undefined ? 0 : now - undrawnSince)
  return lag > toleratedMs ? lag : 0
}
