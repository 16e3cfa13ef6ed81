import { type Alert, type AlertEvent, isNodeAlert, type NodeAlert } from '#shared/alert/alert.ts'
import { applyTransition, isWorse, timelineEvent } from '#shared/alert/apply-transition.ts'
import { forgottenAlert, forgottenEvent } from '#shared/alert/forgotten-alert.ts'
import { withAcknowledgement } from '#shared/alert/acknowledgement.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { ForgottenNode } from '#shared/team/forgotten-node.ts'
import type { BatchWrite } from '../../store/batch-write.ts'

/** Changed alerts (each once, in its newest state), their timeline events and notifications. */
export type AlertChanges = Pick<BatchWrite, 'alerts' | 'events' | 'queuedNotifications' | 'firedAgain' | 'superseded'>

/** Finds a stored alert that is not open in memory; `undefined` if there is none. */
export type FindStoredAlert = (id: string) => Alert | undefined

/**
 * Open alerts in memory: those of nodes, and those of the console about itself. What evaluates or merges sees the first
 * ones only. `commit` makes staged changes effective, as in `StagedSeries`.
 */
export class OpenAlerts {
  readonly #open: Map<string, Alert>
  readonly #stored: FindStoredAlert
  readonly #staged = new Map<string, Alert>()
  readonly #withdrawals = new Set<string>()
  readonly #superseded = new Set<string>()
  readonly #firedAgain = new Set<string>()
  #events: AlertEvent[] = []
  #queuedNotifications: Array<BatchWrite['queuedNotifications'][number]> = []

  constructor(open: readonly Alert[], stored: FindStoredAlert) {
    this.#open = new Map(open.map((alert) => [alert.id, alert]))
    this.#stored = stored
  }

  /**
   * Stages a transition. An alert that already exists, open or resolved, is neither opened nor notified again.
   * @param isAcknowledgedLater another user acknowledged this transition before its record was read here
   */
  stage(transition: Transition, isAcknowledgedLater = false): void {
    const { alertId: id, kind } = transition
    const before = kind === 'opened' ? this.find(id) : nodeAlert(this.#staged.get(id) ?? this.#open.get(id))
    const alert = after(before, transition, isAcknowledgedLater)
    if (alert || kind === 'pending') this.#events.push(timelineEvent(transition))
    if (!alert || alert === before) return
    this.#staged.set(id, alert)
    if (before && isWorse(before, transition)) this.#worsen(before, alert)
    if (kind === 'resolved') this.queueResolved(alert)
    else if (isNotified(kind)) this.queueNotification({ alertId: id, transition: kind })
  }

  /** An alert whose value is as before, or is not watched any more, did not recover: there is nothing to say. */
  queueResolved({ id, resolveReason }: Alert): void {
    if (resolveReason !== 'cleared' && resolveReason !== 'data-returned') return
    this.queueNotification({ alertId: id, transition: 'resolved' })
  }

  /** The alert had resolved, and fires again under its id. */
  fireAgain(id: string): void {
    this.#firedAgain.add(id)
  }

  #worsen({ acknowledgement }: NodeAlert, alert: NodeAlert): void {
    this.queueNotification({ alertId: alert.id, transition: 'escalated' })
    if (acknowledgement && !alert.acknowledgement) this.supersedeAcknowledgement(alert.id)
  }

  /** Ends the open alerts of a forgotten node. */
  stageForgotten(node: ForgottenNode): void {
    for (const { id, nodeId } of this.#open.values()) {
      const alert = nodeId === node.nodeId ? this.find(id) : undefined
      if (alert?.phase === 'firing') this.stageAlert(forgottenAlert(alert, node), [forgottenEvent(alert, node)])
    }
  }

  /** Stages an alert in its new state, with new timeline events. */
  stageAlert(alert: Alert, events: readonly AlertEvent[]): void {
    this.#withdrawals.delete(alert.id)
    this.#staged.set(alert.id, alert)
    this.#events.push(...events)
  }

  queueNotification(notification: BatchWrite['queuedNotifications'][number]): void {
    this.#queuedNotifications.push(notification)
  }

  /** The alert escalated past its acknowledgement. Drops the queued action, so that it is never sent. */
  supersedeAcknowledgement(id: string): void {
    this.#superseded.add(id)
  }

  /** Stages the withdrawal of the alert. */
  remove(id: string): void {
    this.#staged.delete(id)
    this.#withdrawals.add(id)
  }

  /** The staged changes, for the transaction that stores them. */
  staged(): AlertChanges {
    return {
      alerts: [...this.#staged.values()],
      events: this.#events,
      queuedNotifications: this.#queuedNotifications,
      firedAgain: [...this.#firedAgain],
      superseded: [...this.#superseded],
    }
  }

  /** Replaces an alert that the caller stored, for example an acknowledged one. */
  replace(alert: Alert): void {
    if (alert.phase === 'firing') this.#open.set(alert.id, alert)
    else this.#open.delete(alert.id)
  }

  get(id: string): Alert | undefined {
    return this.#open.get(id)
  }

  /** An alert about a node: staged, open or stored. */
  find(id: string): NodeAlert | undefined {
    if (this.#withdrawals.has(id)) return undefined
    return nodeAlert(this.#staged.get(id) ?? this.#open.get(id) ?? this.#stored(id))
  }

  /** The open alerts about nodes. */
  open(): readonly NodeAlert[] {
    return this.all().filter(isNodeAlert)
  }

  /** All open alerts, also those of the console about itself. */
  all(): readonly Alert[] {
    return [...this.#open.values()]
  }

  commit(): void {
    for (const alert of this.#staged.values()) this.replace(alert)
    for (const id of this.#withdrawals) this.#open.delete(id)
    this.rollback()
  }

  rollback(): void {
    this.#staged.clear()
    this.#withdrawals.clear()
    this.#superseded.clear()
    this.#firedAgain.clear()
    this.#events = []
    this.#queuedNotifications = []
  }
}

function nodeAlert(alert: Alert | undefined): NodeAlert | undefined {
  return alert && isNodeAlert(alert) ? alert : undefined
}

function isNotified(kind: Transition['kind']): kind is 'opened' | 'flapping' | 'settled' {
  return kind === 'opened' || kind === 'flapping' || kind === 'settled'
}

function after(
  before: NodeAlert | undefined,
  transition: Transition,
  isAcknowledgedLater: boolean,
): NodeAlert | undefined {
  const alert = applyTransition(before, transition)
  return alert && isAcknowledgedLater ? withAcknowledgement(alert, before?.acknowledgement) : alert
}
