import type { DisplayState } from '../../ui/values/display-state.ts'

/** States that a person tells apart at first, worst first. */
const kinds = ['critical', 'warning', 'pending', 'silent', 'silenced', 'ok'] as const
export type StateKind = (typeof kinds)[number]

export const kindWord: Record<StateKind, string> = {
  critical: 'Critical',
  warning: 'Warning',
  pending: 'Pending',
  silent: 'Silent',
  silenced: 'Silenced',
  ok: 'OK',
}

const kindOfState: Record<DisplayState, StateKind> = {
  critical: 'critical',
  warning: 'warning',
  'pending-critical': 'pending',
  'pending-warning': 'pending',
  unknown: 'silent',
  maintenance: 'silenced',
  // No node is in this state.
  info: 'ok',
  ok: 'ok',
}

export function kindOf({ state }: { readonly state: DisplayState }): StateKind {
  return kindOfState[state]
}

interface KindCount {
  readonly kind: StateKind
  /** The worst state of this kind that occurs. */
  readonly shape: DisplayState
  readonly count: number
}

/** How many nodes are in each kind of state that occurs, worst first. */
export function kindCounts(rows: ReadonlyArray<{ readonly state: DisplayState }>): readonly KindCount[] {
  const counts = new Map<DisplayState, number>()
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1)
  return kinds.flatMap((kind) => {
    const states = (Object.keys(kindOfState) as DisplayState[]).filter((state) => kindOfState[state] === kind)
    const occurring = states.filter((state) => counts.has(state))
    const [shape] = occurring
    const count = occurring.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0)
    return shape === undefined ? [] : [{ kind, shape, count }]
  })
}
