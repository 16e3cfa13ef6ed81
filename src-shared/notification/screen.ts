import { isFlapping } from '../alert/alert-text.ts'
import type { Alert } from '../alert/alert.ts'
import { isCritical } from './audience.ts'
import type { Audience } from './audience.ts'
import type { PlannerState, ShownPopup } from './notification-plan.ts'
import { isReport } from './planner-state.ts'

/**
 * Without the alerts that popups no longer stand for, and without popups that stand for none.
 *
 * | popup | an alert leaves it if it |
 * |---|---|
 * | group, rest | ended, eased, or is acknowledged, inhibited, silenced or filtered |
 * | flapping | does so, or settled |
 * | storm | as a group; a change of its severity changes the count |
 * | resolved | fires again |
 * | digest | never: it says what was. It goes when another popup has one of its alerts |
 */
export function trimScreen(
  state: PlannerState,
  audience: Audience,
): { readonly state: PlannerState; readonly withdraw: readonly string[] } {
  const popups = new Map<string, ShownPopup>()
  const withdraw: string[] = []
  for (const [tag, shown] of state.popups) {
    const items = shown.popup.items.filter(({ alert }) => isReport(shown) || belongs(alert, shown, audience))
    const isOver = isReport(shown) ? shown.isSuperseded : items.length === 0
    if (!isOver) popups.set(tag, { ...shown, popup: { ...shown.popup, items } })
    else if (!shown.isClosed) withdraw.push(tag)
  }
  return { state: { ...state, popups }, withdraw }
}

function belongs(alert: Alert, { popup }: ShownPopup, audience: Audience): boolean {
  switch (popup.kind) {
    case 'resolved':
      return alert.phase === 'resolved'
    case 'storm':
      return audience.counts(alert)
    case 'flapping':
      return audience.popsUp(alert) && isFlapping(alert)
    case 'group':
      return audience.popsUp(alert) && isCritical(alert) === (popup.urgency === 'critical')
    default:
      return audience.popsUp(alert)
  }
}
