import { isAcknowledged } from '../alert/acknowledgement.ts'
import type { Alert } from '../alert/alert.ts'
import { countedAlerts, type IsSilenced } from '../alert/inhibit.ts'

export interface ToLookAtFacts {
  readonly alerts: readonly Alert[]
  readonly isSilenced: IsSilenced
  /** Of the alerts that nobody has looked at on this console, also resolved ones. */
  readonly unseenIds: readonly string[]
}

/** The alerts that wait for somebody: they fire, count, and nobody has acknowledged them. `now`: epoch ms. */
export function unacknowledgedAlerts(
  { alerts, isSilenced }: Pick<ToLookAtFacts, 'alerts' | 'isSilenced'>,
  now: number,
): Alert[] {
  return countedAlerts(alerts, isSilenced).filter((alert) => !isAcknowledged(alert, now))
}

/**
 * How many alerts wait for somebody, or nobody has looked at: the number in the title of the window and on its icon.
 * `now`: epoch ms.
 */
export function toLookAt(facts: ToLookAtFacts, now: number): number {
  return new Set([...unacknowledgedAlerts(facts, now).map(({ id }) => id), ...facts.unseenIds]).size
}
