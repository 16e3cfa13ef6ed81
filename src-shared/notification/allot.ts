import type { Candidate } from './candidates.ts'
import { groupPauseMs, restTag } from './candidates.ts'
import type { PlannerState, ShownPopup } from './notification-plan.ts'
import { uniqueItems } from './planner-state.ts'
import type { QueuedNotification } from './queued-notification.ts'
import { itemsOf } from './sort-queue.ts'

/** No operator reads more. Silent updates do not count. */
const mostPopupsPerMinute = 6

/** Popups that may still pop up in this minute. */
export function popupsLeft({ shownAt }: PlannerState): number {
  return Math.max(0, mostPopupsPerMinute - shownAt.length)
}

/** On the screen, not closed by the operator. */
export function isVisible(shown: ShownPopup | undefined): shown is ShownPopup {
  return shown !== undefined && !shown.isClosed
}

export interface Allotment {
  /** These pop up. */
  readonly popUp: readonly Candidate[]
  /** What the summary of the rest takes over without popping up. */
  readonly joinRest: readonly QueuedNotification[]
  /** Something is due and waits for the next minute. */
  readonly isLimited: boolean
}

/**
 * Which candidates pop up now. The last popup of a minute is always a summary of the rest; while it is on the screen, it
 * takes over what follows. A storm is a summary itself. What is on the screen already stays true by an update.
 */
export function allotAlerts(
  candidates: readonly Candidate[],
  state: PlannerState,
  { now, isStorm }: { readonly now: number; readonly isStorm: boolean },
): Allotment {
  const left = popupsLeft(state)
  const due = candidates.filter(({ dueAt }) => dueAt <= now)
  const own = due.slice(0, isStorm ? left : Math.max(0, left - 1))
  const over = due.slice(own.length).filter(({ existing }) => !isVisible(existing))
  const queued = over.flatMap((candidate) => candidate.queued)
  if (queued.length === 0) return { popUp: own, joinRest: [], isLimited: own.length < due.length }
  const existing = state.popups.get(restTag)
  const isRecent = isVisible(existing) && now - existing.shownAt < groupPauseMs
  if (isRecent) return { popUp: own, joinRest: queued, isLimited: false }
  if (left === 0) return { popUp: own, joinRest: [], isLimited: true }
  return { popUp: [...own, restCandidate(queued, existing, now)], joinRest: [], isLimited: false }
}

function restCandidate(
  queued: readonly QueuedNotification[],
  existing: ShownPopup | undefined,
  now: number,
): Candidate {
  const items = uniqueItems([...(existing?.popup.items ?? []), ...itemsOf(queued)])
  return { kind: 'rest', tag: restTag, queued, items, existing, isCritical: false, dueAt: now }
}

/** Reminders and recoveries leave room for the summary of the rest. */
export function allotOthers(
  candidates: readonly Candidate[],
  { left, now }: { readonly left: number; readonly now: number },
): Pick<Allotment, 'popUp' | 'isLimited'> {
  const due = candidates.filter(({ dueAt }) => dueAt <= now)
  const popUp = due.slice(0, Math.max(0, left - 1))
  return { popUp, isLimited: popUp.length < due.length }
}
