import { isFlapping } from '../alert/alert-text.ts'
import type { Alert } from '../alert/alert.ts'
import { groupTag, isCritical } from './audience.ts'
import type { Audience } from './audience.ts'
import type { Candidate } from './candidates.ts'
import { groupBy } from './group-by.ts'
import type { PlanFacts, PlannerState, PopupItem, ShownPopup } from './notification-plan.ts'
import { isReport } from './planner-state.ts'

interface Reminded {
  readonly alert: Alert
  /** When the reminder is due, epoch ms. */
  readonly dueAt: number
}

/** Critical alerts that were notified, fire on, and that nobody has acknowledged. None while they flap. */
function remindedAlerts(state: PlannerState, facts: PlanFacts, audience: Audience): Reminded[] {
  const { reminderMs } = facts.settings
  if (reminderMs === 0) return []
  return facts.firing.flatMap((alert) => {
    const at = state.notifiedAt.get(alert.id)
    const isFor = isCritical(alert) && !isFlapping(alert) && audience.popsUp(alert) && !audience.isHeld(alert)
    return at === undefined || !isFor ? [] : [{ alert, dueAt: at + reminderMs }]
  })
}

/**
 * One reminder for each popup that has an alert of which one is due, else for each group. It replaces that popup, so all
 * alerts in it begin to wait again.
 */
export function reminderCandidates(
  state: PlannerState,
  { facts, audience }: { readonly facts: PlanFacts; readonly audience: Audience },
): readonly Candidate[] {
  const alerts = remindedAlerts(state, facts, audience)
  if (alerts.length === 0) return []
  const popupOf = new Map<string, readonly [string, ShownPopup]>()
  for (const [tag, shown] of state.popups) {
    if (isReport(shown)) continue
    for (const { alert } of shown.popup.items) popupOf.set(alert.id, [tag, shown])
  }
  const groups = groupBy(alerts, ({ alert }) => popupOf.get(alert.id)?.[0] ?? groupTag(alert))
  return [...groups].map(([tag, reminded]) => {
    const existing = state.popups.get(tag)
    const own = reminded.map(({ alert }): PopupItem => ({ alert, transitions: [] }))
    const items = new Map([...(existing?.popup.items ?? []), ...own].map((item) => [item.alert.id, item]))
    return {
      kind: existing?.popup.kind ?? 'group',
      tag,
      queued: [],
      items: [...items.values()].map(({ alert }) => ({ alert, transitions: [], value: facts.newestOf(alert) })),
      existing,
      isCritical: true,
      dueAt: Math.min(...reminded.map(({ dueAt }) => dueAt)),
    }
  })
}
