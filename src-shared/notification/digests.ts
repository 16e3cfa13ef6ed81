import { isHeldBack } from '../do-not-disturb/do-not-disturb.ts'
import { isCritical, needsOperator } from './audience.ts'
import { buildPopup } from './build-popup.ts'
import type { PlanFacts, PlannedPopup, PlannerState } from './notification-plan.ts'
import type { QueuedNotification } from './queued-notification.ts'
import { itemsOf } from './sort-queue.ts'

/** The digest that replaces the queued notifications; none while do not disturb is on. */
export function plannedDigest(
  open: readonly QueuedNotification[],
  state: PlannerState,
  facts: PlanFacts,
): PlannedPopup | undefined {
  const { heldBack, now } = facts
  if (isHeldBack({ kind: 'digest' }, facts.doNotDisturb, now)) return undefined
  const content = { items: itemsOf(open), queued: open, isUpdate: false, isReminder: false, at: now }
  if (heldBack && open.length + heldBack.blind.length > 0) {
    return buildPopup({ ...content, kind: 'held-back', tag: 'held-back', heldBack }, facts)
  }
  const hasFired = open.some(({ transition }) => transition !== 'resolved')
  if (!state.isAway || !hasFired || isSingleFiringAlert(open, now)) return undefined
  return buildPopup({ ...content, kind: 'away', tag: 'away' }, facts)
}

/** A digest of one firing critical alert says less than its own popup. */
function isSingleFiringAlert(open: readonly QueuedNotification[], now: number): boolean {
  const [first] = open
  if (!first || open.some(({ alert }) => alert.id !== first.alert.id)) return false
  return isCritical(first.alert) && needsOperator(first.alert, now)
}
