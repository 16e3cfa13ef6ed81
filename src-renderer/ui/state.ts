/** The states that colour and shape speak of. `info` has no shape of its own: it is not a state of the fleet. */
export type State = 'ok' | 'warning' | 'critical' | 'unknown'

export const stateWord: Record<State, string> = {
  ok: 'OK',
  warning: 'Warning',
  critical: 'Critical',
  unknown: 'Stale',
}
