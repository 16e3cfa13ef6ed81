/** When a value of this console alerts. Times are ms. */
export interface Levels {
  readonly warning: { readonly above: number; readonly forMs: number }
  readonly critical?: { readonly above: number } | undefined
  /** So long the value must be at or below `clear` before the alert ends, or at or below `ease` before it is a warning. */
  readonly clearForMs: number
  readonly clear: number
  readonly ease: number
}

/** Since when a value is on a side of its levels. Times are epoch ms. */
export interface Watch {
  /** Above the warning level, of a value that does not alert yet; with the value at that time. */
  readonly above?: { readonly since: number; readonly value: number }
  readonly clearSince?: number
  readonly easedSince?: number
}

export type Change =
  | {
      readonly kind: 'opened'
      readonly severity: 'warning' | 'critical'
      readonly since: number
      readonly first: number
    }
  | { readonly kind: 'escalated' | 'eased' }
  | { readonly kind: 'resolved'; readonly clearSince: number }

interface WatchInput {
  /** `undefined` while it is unknown: then nothing changes, and no time counts. */
  readonly value: number | undefined
  /** Of the alert that is open. */
  readonly open: 'warning' | 'critical' | undefined
  readonly now: number
}

/**
 * One look at a value: a warning after it was above its level for the whole time, critical at once above the critical
 * level. Both end with hysteresis, so that a value which swings around a level is one alert.
 */
export function watchLevel(before: Watch, levels: Levels, input: WatchInput): readonly [Watch, Change?] {
  const { value, open, now } = input
  if (value === undefined) return [{}]
  const watch = notAhead(before, now)
  return open === undefined
    ? beforeAlert(watch, levels, { value, now })
    : duringAlert(watch, levels, { value, now, isCritical: open === 'critical' })
}

function duringAlert(
  watch: Watch,
  { critical, clear, ease, clearForMs }: Levels,
  { value, now, isCritical }: { readonly value: number; readonly now: number; readonly isCritical: boolean },
): readonly [Watch, Change?] {
  if (!isCritical && critical !== undefined && value > critical.above) return [{}, { kind: 'escalated' }]
  const isOver = (since: number | undefined): since is number => since !== undefined && now - since >= clearForMs
  const clearSince = sinceWhen(value <= clear, watch.clearSince, now)
  if (isOver(clearSince)) return [{}, { kind: 'resolved', clearSince }]
  const easedSince = sinceWhen(isCritical && value <= ease, watch.easedSince, now)
  const next = clearSince === undefined ? {} : { clearSince }
  if (isOver(easedSince)) return [next, { kind: 'eased' }]
  return [easedSince === undefined ? next : { ...next, easedSince }]
}

function sinceWhen(holds: boolean, before: number | undefined, now: number): number | undefined {
  return holds ? (before ?? now) : undefined
}

function beforeAlert(
  { above: before }: Watch,
  { warning, critical }: Levels,
  { value, now }: { readonly value: number; readonly now: number },
): readonly [Watch, Change?] {
  const above = value > warning.above ? (before ?? { since: now, value }) : undefined
  const isCritical = critical !== undefined && value > critical.above
  const isDue = isCritical || (above !== undefined && now - above.since >= warning.forMs)
  if (!isDue) return [above === undefined ? {} : { above }]
  const { since, value: first } = above ?? { since: now, value }
  return [{}, { kind: 'opened', severity: isCritical ? 'critical' : 'warning', since, first }]
}

/** The clock may be set back: a time in the future would never come. */
function notAhead({ above, clearSince, easedSince }: Watch, now: number): Watch {
  return {
    ...(above === undefined ? {} : { above: { ...above, since: Math.min(above.since, now) } }),
    ...(clearSince === undefined ? {} : { clearSince: Math.min(clearSince, now) }),
    ...(easedSince === undefined ? {} : { easedSince: Math.min(easedSince, now) }),
  }
}
