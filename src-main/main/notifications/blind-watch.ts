import { blindAlertDue } from '#shared/health/assess.ts'
import type { Health } from '#shared/health/health.ts'

/** `since`: start of the blindness that goes on, epoch ms. `told`: the operator was notified of it. */
export interface BlindWatch {
  readonly since: number | null
  readonly told: boolean
}
export const sighted: BlindWatch = { since: null, told: false }

export type BlindNews =
  | { readonly kind: 'blind'; readonly since: number; readonly detail: string }
  | { readonly kind: 'back'; readonly since: number; readonly forMs: number }

/** One look at the health: what to tell, once per blindness. A change of cause is not a new blindness. */
export function watchBlindness(watch: BlindWatch, health: Health, now: number): readonly [BlindWatch, BlindNews?] {
  if (health.kind !== 'blind') {
    if (watch.since === null || !watch.told) return [sighted]
    return [sighted, { kind: 'back', since: watch.since, forMs: now - watch.since }]
  }
  const since = watch.since === null ? health.since : Math.min(watch.since, health.since)
  if (watch.told || !blindAlertDue({ ...health, since }, now)) return [{ since, told: watch.told }]
  return [
    { since, told: true },
    { kind: 'blind', since, detail: health.detail },
  ]
}
