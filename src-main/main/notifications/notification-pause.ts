import type { DoNotDisturb } from '#shared/do-not-disturb/do-not-disturb.ts'

/** What do not disturb holds back. */
export type HeldBackKind = 'critical' | 'warning' | 'blind'
export type HeldBackCounts = Readonly<Record<HeldBackKind, number>>
export const nothingHeldBack: HeldBackCounts = { critical: 0, warning: 0, blind: 0 }

/** Do not disturb, for the notifications of one connection. */
export interface NotificationPause {
  /** As it is now. */
  readonly inForce: DoNotDisturb
  /** A digest is due when do not disturb ends: something may have been held back, also before a restart. */
  readonly isDigestDue: boolean
  /** Since when notifications may be held back, epoch ms. It stays until the digest was shown. */
  readonly heldSince: number | undefined
  /** Another notification is held back. */
  readonly count: (kind: HeldBackKind) => void
  /** The digest was shown, or there was nothing to say. */
  readonly digestDone: () => void
}
