/** A storm: so many alerts opened within a minute. */
const stormAlerts = 20
const windowMs = 60_000
/** It ends this long after the last such minute, so that list and popup do not change their form in between. */
const quietMs = 300_000

/** How long a time at which an alert opened can matter for a storm that goes on, ms. */
export const stormMemoryMs = windowMs + quietMs

export interface Storm {
  /** When its first minute began, epoch ms. */
  readonly since: number
  /** Alerts that opened since. */
  readonly count: number
}

/** The storm that lasts now. `openedAts`: when alerts opened, in any order; `now`: both epoch ms. */
export function stormOf(openedAts: readonly number[], now: number): Storm | undefined {
  const times = openedAts.filter((at) => at <= now).toSorted((a, b) => a - b)
  let since: number | undefined
  let lastEnd = -Infinity
  for (let end = stormAlerts - 1; end < times.length; end++) {
    const from = times[end - stormAlerts + 1] as number
    const to = times[end] as number
    if (to - from > windowMs) continue
    if (since === undefined || from - lastEnd > quietMs) since = from
    lastEnd = to
  }
  if (since === undefined || now - lastEnd >= quietMs) return undefined
  const first = since
  return { since, count: times.filter((at) => at >= first).length }
}
