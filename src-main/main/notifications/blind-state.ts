import { isBlindAlertDue } from '#shared/health/assess-health.ts'
import type { Health } from '#shared/health/health.ts'

/** `since`: start of the current blindness, epoch ms. `notified`: the operator was notified of it. */
export interface BlindState {
  readonly since: number | null
  readonly notified: boolean
}
export const notBlind: BlindState = { since: null, notified: false }

export type BlindChange =
  | {
      readonly kind: 'blind'
      readonly since: number
      readonly cause: Extract<Health, { kind: 'blind' }>['cause']
      readonly detail: string
    }
  | { readonly kind: 'restored'; readonly since: number; readonly forMs: number }

/** The next state, and the change to notify: once per blindness. A change of cause is not a new blindness. */
export function nextBlindState(state: BlindState, health: Health, now: number): readonly [BlindState, BlindChange?] {
  if (health.kind !== 'blind') {
    if (state.since === null || !state.notified) return [notBlind]
    return [notBlind, { kind: 'restored', since: state.since, forMs: now - state.since }]
  }
  const since = state.since === null ? health.since : Math.min(state.since, health.since)
  if (state.notified || !isBlindAlertDue({ ...health, since }, now)) return [{ since, notified: state.notified }]
  return [
    { since, notified: true },
    { kind: 'blind', since, cause: health.cause, detail: health.detail },
  ]
}
