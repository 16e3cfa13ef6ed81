import { isDeepStrictEqual } from 'node:util'
import { expiryOf } from '#shared/alert/acknowledgement.ts'
import type { NodeAlert, AlertEvent } from '#shared/alert/alert.ts'
import { noteEvent, unlistedNotes } from '#shared/alert/note.ts'
import { notifyWithinMs } from '#shared/evaluation/no-data.ts'
import type { NotifiedTransition } from '#shared/notification/queued-notification.ts'

/** What to notify of a firing alert that nobody has acknowledged. `now`: epoch ms. */
export function notifiedTransitions(
  local: NodeAlert | undefined,
  merged: NodeAlert,
  now: number,
): NotifiedTransition[] {
  if (!local) return now - merged.openedAt <= notifyWithinMs ? ['opened'] : []
  const transitions: NotifiedTransition[] = []
  if (merged.flappingSince !== undefined && local.flappingSince === undefined) transitions.push('flapping')
  if (merged.flappingSince === undefined && local.flappingSince !== undefined) transitions.push('settled')
  if (isWorse(local, merged)) transitions.push('escalated')
  else if (expiryOf(local, now) && !merged.acknowledgement) transitions.push('expired')
  return transitions
}

/** The events that the timeline does not contain yet. `now`: epoch ms, for what the record does not date. */
export function newEvents(own: NodeAlert | undefined, merged: NodeAlert, now: number): AlertEvent[] {
  const alertId = merged.id
  const events: AlertEvent[] = []
  const { severity, openedAt, value, resolvedAt } = merged
  if (!own) {
    events.push({ alertId, kind: 'opened', at: openedAt, severity, ...(value === null ? {} : { value }) })
  }
  events.push(...flappingEvents(own, merged, now))
  events.push(...acknowledgementEvents(own, merged, now))
  for (const note of unlistedNotes(own, merged)) events.push(noteEvent(alertId, note))
  if (resolvedAt !== undefined && own?.phase !== 'resolved') {
    const last = merged.resolvedValue === undefined ? {} : { value: merged.resolvedValue }
    events.push({ alertId, kind: 'resolved', at: resolvedAt, ...last })
  }
  return events
}

/** The record says since when it is flapping, not since when it is steady. */
function flappingEvents(own: NodeAlert | undefined, merged: NodeAlert, now: number): AlertEvent[] {
  const { id: alertId, severity, flappingSince, phase } = merged
  if (flappingSince !== undefined && own?.flappingSince === undefined) {
    return [{ alertId, kind: 'flapping', at: flappingSince, severity }]
  }
  const isSettled = phase === 'firing' && flappingSince === undefined && own?.flappingSince !== undefined
  return isSettled ? [{ alertId, kind: 'settled', at: now, severity }] : []
}

function acknowledgementEvents(own: NodeAlert | undefined, merged: NodeAlert, now: number): AlertEvent[] {
  const { id: alertId, acknowledgement: ack } = merged
  if (ack) {
    const isKnown = isDeepStrictEqual(ack, own?.acknowledgement)
    return isKnown ? [] : [{ alertId, kind: 'acknowledged', at: ack.at, by: ack.by, comment: ack.comment }]
  }
  if (!own?.acknowledgement || !isTakenBack(own, merged)) return []
  const expiry = expiryOf(own, now)
  if (expiry) return [expiry.event]
  return [{ alertId, kind: 'unacknowledged', at: Math.max(now, own.acknowledgement.at) }]
}

/** Whether another user has taken back the acknowledgement: it did not end by escalation or resolution. */
function isTakenBack(own: NodeAlert, merged: NodeAlert): boolean {
  return !merged.acknowledgement && merged.phase === 'firing' && !isWorse(own, merged)
}

function isWorse(own: NodeAlert, merged: NodeAlert): boolean {
  return own.severity === 'warning' && merged.severity === 'critical'
}
