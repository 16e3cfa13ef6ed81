import { isAcknowledged } from '../alert/acknowledgement.ts'
import { isFlapping } from '../alert/alert-text.ts'
import { type Alert, isOwnAlert } from '../alert/alert.ts'
import { isInhibited, offlineNodes } from '../alert/inhibit.ts'
import { isHeldBack } from '../do-not-disturb/do-not-disturb.ts'
import type { NotificationTopic } from '../do-not-disturb/do-not-disturb.ts'
import type { PlanFacts } from './notification-plan.ts'
import type { NotifiedTransition, QueuedNotification } from './queued-notification.ts'

/** Transitions that make an alert new. The others are notices about it, without a sound. */
const newTransitions: ReadonlySet<NotifiedTransition> = new Set(['opened', 'escalated', 'expired', 'unsilenced'])

export function isNew({ transition }: Pick<QueuedNotification, 'transition'>): boolean {
  return newTransitions.has(transition)
}

/** What may disturb the operator, by the facts of one plan. The one place that decides this for alerts. */
export interface Audience {
  /** Inhibited or silenced: it waits, until it is neither. */
  readonly isMuted: (alert: Alert) => boolean
  /** It fires, nobody has acknowledged it, it is not muted, and its node is one of the operator's. */
  readonly counts: (alert: Alert) => boolean
  /** It counts, and its severity pops up. */
  readonly popsUp: (alert: Alert) => boolean
  /** Do not disturb holds it back. */
  readonly isHeld: (alert: Alert) => boolean
}

export function audienceOf(facts: PlanFacts): Audience {
  const { settings, now, doNotDisturb } = facts
  const offline = offlineNodes([...facts.firing, ...facts.queued.map(({ alert }) => alert)])
  const isMuted = (alert: Alert): boolean => isInhibited(alert, offline) || facts.isSilenced(alert)
  const counts = (alert: Alert): boolean =>
    needsOperator(alert, now) && (isOwnAlert(alert) || settings.isMine(alert.nodeId)) && !isMuted(alert)
  return {
    isMuted,
    counts,
    popsUp: (alert) => alert.severity !== 'info' && settings.popsUp[alert.severity] && counts(alert),
    isHeld: (alert) => isHeldBack(topicOf(alert, now), doNotDisturb, now),
  }
}

/** It fires, and nobody has acknowledged it. */
export function needsOperator(alert: Alert, now: number): boolean {
  return alert.phase === 'firing' && !isAcknowledged(alert, now)
}

export function isCritical({ severity }: Pick<Alert, 'severity'>): boolean {
  return severity === 'critical'
}

/** What ended or is acknowledged is no critical alert any more: nobody has to act on it. */
export function topicOf(alert: Alert, now: number): NotificationTopic {
  return { kind: 'alert', severity: isCritical(alert) && needsOperator(alert, now) ? 'critical' : 'warning' }
}

/** Whether a silence matched the alert when it ended, moments ago: its notification waited for nothing. */
export function endedSilenced(alert: Alert, { isSilenced }: Pick<PlanFacts, 'isSilenced'>): boolean {
  return alert.phase === 'resolved' && isSilenced({ ...alert, phase: 'firing' })
}

/**
 * The popup that an alert belongs to: one a rule and severity, one an offline node, one for the flapping alerts of a
 * rule.
 */
export function groupTag(alert: Alert): string {
  const { kind, ruleId, severity, nodeId } = alert
  if (isFlapping(alert)) return `flapping ${ruleId}`
  return kind === 'offline' ? `offline ${nodeId}` : `${kind} ${ruleId} ${severity}`
}
