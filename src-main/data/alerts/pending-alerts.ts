import { isDeepStrictEqual } from 'node:util'
import { offlineNodes } from '#shared/alert/inhibit.ts'
import type { HeldAlert } from '#shared/alert/held.ts'
import type { PendingAlert } from '#shared/alert/pending.ts'
import type { ConsoleRules } from './console-rules.ts'
import type { DataEvents } from '../../threads/data-calls.ts'
import type { LiveValues } from '../live/live-values.ts'
import type { SeriesEvaluator } from './series-evaluator.ts'

export interface PendingAlertsDeps {
  readonly evaluator: Pick<SeriesEvaluator, 'pending' | 'held' | 'alerts'>
  readonly rules: Pick<ConsoleRules, 'index'>
  readonly live: Pick<LiveValues, 'valueOf'>
  /** Epoch ms. */
  readonly now: () => number
  readonly emit: <E extends 'pending.changed' | 'held.changed'>(event: E, list: DataEvents[E]) => void
}

/** The lists of pending episodes and of held alerts, and their publication. */
export class PendingAlerts {
  readonly #deps: PendingAlertsDeps
  #published: readonly PendingAlert[] | undefined
  #publishedHeld: readonly HeldAlert[] | undefined

  constructor(deps: PendingAlertsDeps) {
    this.#deps = deps
  }

  /** The episodes of a node whose offline alert fires are left out: nobody knows whether its value still breaches. */
  list(): PendingAlert[] {
    const { evaluator, rules, live, now } = this.#deps
    const pending = evaluator.pending(now(), rules.index, ({ nodeId, metric }) => live.valueOf(nodeId, metric))
    if (pending.length === 0) return pending
    const offline = offlineNodes(evaluator.alerts.open())
    return pending.filter(({ nodeId }) => !offline.has(nodeId))
  }

  /** The alerts that a hold keeps open. Of a node that is offline, nobody knows whether its value is still clear. */
  held(): HeldAlert[] {
    const { evaluator, rules } = this.#deps
    const held = evaluator.held(rules.index)
    if (held.length === 0) return held
    const open = evaluator.alerts.open()
    const offline = offlineNodes(open)
    const isShown = new Set(open.filter(({ nodeId }) => !offline.has(nodeId)).map(({ id }) => id))
    return held.filter(({ alertId }) => isShown.has(alertId))
  }

  /** Publishes each whole list if it changed. Called once a second: a value of its series changes at each record. */
  tick(): void {
    const pending = this.list()
    if (!isDeepStrictEqual(pending, this.#published)) {
      this.#published = pending
      this.#deps.emit('pending.changed', pending)
    }
    const held = this.held()
    if (isDeepStrictEqual(held, this.#publishedHeld)) return
    this.#publishedHeld = held
    this.#deps.emit('held.changed', held)
  }
}
