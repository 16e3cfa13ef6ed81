import { formatDuration, formatLag } from '#shared/format/duration.ts'
import { healthLine, type WallClock } from '#shared/health/health-text.ts'
import type { Health } from '#shared/health/health.ts'

/** What the chip beside the title says about the values on screen. Times are epoch ms. */
export interface StatusFacts {
  readonly health: Health | undefined
  /** Of the newest sample on screen; `null` without one. */
  readonly newestAt: number | null
  readonly windowLagMs: number
  readonly clock: WallClock
}

/** Age of the newest sample on screen, as chip and status bar show it; `undefined` without a sample. */
export function shownAge({ newestAt, clock }: Pick<StatusFacts, 'newestAt' | 'clock'>): string | undefined {
  return newestAt === null ? undefined : formatLag(clock.now - newestAt)
}

/** "Live · 0.4 s behind": by what is on screen, not by what the engine has read. "Window 24 s behind" if it lags. */
export function statusLine(facts: StatusFacts): string {
  const { health, windowLagMs, clock } = facts
  if (health === undefined) return 'Starting…'
  if (windowLagMs > 0) return `Window ${formatDuration(windowLagMs)} behind`
  if (health.kind === 'live') {
    const age = shownAge(facts)
    return age === undefined ? 'Live' : `Live · ${age} behind`
  }
  const retryAt = health.kind === 'blind' ? health.retryAt : undefined
  const isRetrying = retryAt !== undefined && retryAt > clock.now
  return healthLine(health, clock) + (isRetrying ? ` · retrying in ${formatDuration(retryAt - clock.now + 999)}` : '')
}
