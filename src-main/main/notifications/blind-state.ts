import { isBlindAlertDue } from '#shared/health/assess-health.ts'
import type { Health } from '#shared/health/health.ts'

/** `since`: start of the blindness that goes on, epoch ms. `notified`: the operator was notified of it. */
export interface BlindState {
  readonly since: number | null
  readonly notified: boolean
}
export const notBlind: BlindState = { since: null, notified: false }

export type BlindChange =
  | { readonly kind: 'blind'; readonly since: number; readonly detail: string }
  | { readonly kind: 'back'; readonly since: number; readonly forMs: number }

/** One look at the health: what to tell, once per blindness. A change of cause is not a new blindness. */
export function nextBlindState(watch: BlindState, health: Health, now: number): readonly [BlindState, BlindChange?] {
  if (health.kind !== 'blind') {
    if (watch.since === null || !watch.notified) return [notBlind]
    return [notBlind, { kind: 'back', since: watch.since, forMs: now - watch.since }]
  }
  const since = watch.since === null ? health.since : Math.min(watch.since, health.since)
  if (watch.notified || !isBlindAlertDue({ ...health, since }, now)) return [{ since, notified: watch.notified }]
  return [
    { since, notified: true },
    { kind: 'blind', since, detail: health.detail },
  ]
}
