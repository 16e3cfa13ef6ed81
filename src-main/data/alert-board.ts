import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import { applyTransition, eventOf } from '#shared/alert/apply.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { BatchWrite } from '../store/batch.ts'

/** What became of alerts: each once, as it stands, with its timeline and what the operator has to be told. */
export type AlertChanges = Pick<BatchWrite, 'alerts' | 'events' | 'notifications'>

/** Open alerts in memory. Changes are staged and become real by `commit`, as those of the series do. */
export class AlertBoard {
  readonly #open: Map<string, Alert>
  readonly #staged = new Map<string, Alert>()
  #events: AlertEvent[] = []
  #notifications: Array<BatchWrite['notifications'][number]> = []

  constructor(open: readonly Alert[]) {
    this.#open = new Map(open.map((alert) => [alert.id, alert]))
  }

  stage(transition: Transition): void {
    const id = transition.alertId
    this.#events.push(eventOf(transition))
    const alert = applyTransition(this.#staged.get(id) ?? this.#open.get(id), transition)
    if (!alert) return
    this.#staged.set(id, alert)
    if (transition.kind === 'opened' || transition.kind === 'escalated') {
      this.#notifications.push({ alertId: id, transition: transition.kind })
    }
  }

  /** All that is staged, for the transaction that makes it last. */
  staged(): AlertChanges {
    return { alerts: [...this.#staged.values()], events: this.#events, notifications: this.#notifications }
  }

  /** Takes in an alert that was stored by other means (acknowledged). */
  replace(alert: Alert): void {
    if (alert.phase === 'firing') this.#open.set(alert.id, alert)
    else this.#open.delete(alert.id)
  }

  get(id: string): Alert | undefined {
    return this.#open.get(id)
  }

  open(): readonly Alert[] {
    return [...this.#open.values()]
  }

  commit(): void {
    for (const alert of this.#staged.values()) this.replace(alert)
    this.rollback()
  }

  rollback(): void {
    this.#staged.clear()
    this.#events = []
    this.#notifications = []
  }
}
