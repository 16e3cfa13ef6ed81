import type { NodeAlertEvent } from '#shared/alert/alert.ts'
import { applyTransition, timelineEvent } from '#shared/alert/apply-transition.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import { expiredEvents } from './expired-events.ts'

export interface AppliedTransitions {
  /** Alerts that changed, each with one higher version. */
  readonly changed: readonly AlertRecord[]
  /** New lines of their timelines, in order. */
  readonly events: readonly NodeAlertEvent[]
}

/**
 * Applies transitions, in the order of their records, to the stored alerts. A transition that the timeline already has
 * is a repetition and changes nothing: it must not end an acknowledgement that was given since.
 */
export function applyInOrder(
  transitions: readonly Transition[],
  stored: readonly AlertRecord[],
  knownEvents: readonly NodeAlertEvent[],
): AppliedTransitions {
  const before = new Map(stored.map((record) => [record.alert.id, record]))
  const isKnownEvent = new Set(knownEvents.map(lineOf))
  const changed = new Map<string, AlertRecord>()
  const events: NodeAlertEvent[] = []
  for (const transition of transitions) {
    const id = transition.alertId
    const alert = (changed.get(id) ?? before.get(id))?.alert
    if (isKnownEvent.has(lineOf(timelineEvent(transition)))) continue
    const next = applyTransition(alert, transition)
    if (next === undefined || next === alert) continue
    changed.set(id, { version: (before.get(id)?.version ?? 0) + 1, alert: next })
    // Otherwise the job would find no acknowledgement any more.
    const hasLost = alert?.acknowledgement !== undefined && next.acknowledgement === undefined
    events.push(...(hasLost ? expiredEvents(alert, transition.at) : []), ...eventsOf(transition))
  }
  return { changed: [...changed.values()], events }
}

/**
 * The events of a transition. An alert with a hold time was pending first. That event is written only when the alert
 * opens, because most pending alerts never do.
 */
function eventsOf(transition: Transition): NodeAlertEvent[] {
  const event = timelineEvent(transition)
  const held = transition.kind === 'opened' && transition.alertKind === 'value' && transition.since < transition.at
  return held ? [{ alertId: event.alertId, kind: 'pending', at: transition.since }, event] : [event]
}

function lineOf({ alertId, kind, at, value }: NodeAlertEvent): string {
  return JSON.stringify([alertId, kind, at, value])
}
