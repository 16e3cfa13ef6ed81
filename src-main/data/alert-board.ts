import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import { applyTransition, eventOf } from '#shared/alert/apply.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { BatchWrite } from '../store/batch.ts'

/** What became of alerts: each once, as it stands, with its timeline and what the operator has to be told. */
export type AlertChanges = Pick<BatchWrite, 'alerts' | 'events' | 'notifications'>

/** Finds an alert that is not open: it may have ended, or never been heard of. */
export type FindStored = (id: string) => Alert | undefined

/** Open alerts in memory. Changes are staged and become real by `commit`, as those of the series do. */
export class AlertBoard {
  readonly #open: Map<string, Alert>
  readonly #stored: FindStored
  readonly #staged = new Map<string, Alert>()
  readonly #leaving = new Set<string>()
  #events: AlertEvent[] = []
  #notifications: Array<BatchWrite['notifications'][number]> = []

  constructor(open: readonly Alert[], stored: FindStored) {
    this.#open = new Map(open.map((alert) => [alert.id, alert]))
    this.#stored = stored
  }

  /** An alert that somebody else has opened already, or that has ended, is not opened again, and not told again. */
  stage(transition: Transition): void {
    const { alertId: id, kind } = transition
    const before = kind === 'opened' ? this.find(id) : (this.#staged.get(id) ?? this.#open.get(id))
    const alert = applyTransition(before, transition)
    if (alert || kind === 'pending') this.#events.push(eventOf(transition))
    if (!alert || alert === before) return
    this.#staged.set(id, alert)
    const isWorse = kind === 'escalated' && alert.severity !== before?.severity
    if (kind === 'opened' || isWorse) this.owe({ alertId: id, transition: kind })
  }

  /** Takes an alert as it stands, with what is new in its timeline. */
  put(alert: Alert, events: readonly AlertEvent[]): void {
    this.#leaving.delete(alert.id)
    this.#staged.set(alert.id, alert)
    this.#events.push(...events)
  }

  owe(notification: BatchWrite['notifications'][number]): void {
    this.#notifications.push(notification)
  }

  /** The alert is to leave the house. */
  remove(id: string): void {
    this.#staged.delete(id)
    this.#leaving.add(id)
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

  /** Staged, open or stored. */
  find(id: string): Alert | undefined {
    if (this.#leaving.has(id)) return undefined
    return this.#staged.get(id) ?? this.#open.get(id) ?? this.#stored(id)
  }

  open(): readonly Alert[] {
    return [...this.#open.values()]
  }

  commit(): void {
    for (const alert of this.#staged.values()) this.replace(alert)
    for (const id of this.#leaving) this.#open.delete(id)
    this.rollback()
  }

  rollback(): void {
    this.#staged.clear()
    this.#leaving.clear()
    this.#events = []
    this.#notifications = []
  }
}
