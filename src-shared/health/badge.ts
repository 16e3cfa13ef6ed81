import type { Health } from './health.ts'

/**
 * The badge on the icon of ReMo in the dock or task bar. `unknown`: nobody watches, so a number, or none, would be a
 * promise that ReMo cannot keep.
 */
export type Badge = { readonly kind: 'none' | 'unknown' } | { readonly kind: 'count'; readonly count: number }

export interface BadgeFacts {
  /** The setting. */
  readonly isOn: boolean
  readonly health: Health
  /** Nothing is set up yet: being blind is no news then. */
  readonly isSetUp: boolean
  /** Alerts that wait for somebody, or nobody has looked at: `toLookAt`. */
  readonly count: number
}

/** While ReMo connects for the first time it is not called unknown: that is over in a moment. */
export function badgeOf({ isOn, health, isSetUp, count }: BadgeFacts): Badge {
  if (!isOn || !isSetUp) return { kind: 'none' }
  if (health.kind === 'blind') return { kind: health.cause === 'connecting' ? 'none' : 'unknown' }
  return count > 0 ? { kind: 'count', count } : { kind: 'none' }
}

const mostShown = 99

/** "5", "99+", "?"; empty for none. */
export function badgeText(badge: Badge): string {
  if (badge.kind === 'count') return badge.count > mostShown ? `${mostShown}+` : String(badge.count)
  return badge.kind === 'unknown' ? '?' : ''
}
