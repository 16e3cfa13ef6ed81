import { isDeepStrictEqual } from 'node:util'
import { offlineNodes } from '#shared/alert/inhibit.ts'
import type { PendingAlert } from '#shared/alert/pending.ts'
import type { ConsoleRules } from './console-rules.ts'
import type { LiveValues } from '../live/live-values.ts'
import type { SeriesEvaluator } from './series-evaluator.ts'

export interface PendingAlertsDeps {
  readonly evaluator: Pick<SeriesEvaluator, 'pending' | 'alerts'>
  readonly rules: Pick<ConsoleRules, 'index'>
  readonly live: Pick<LiveValues, 'valueOf'>
  /** Epoch ms. */
  readonly now: () => number
  readonly emit: (event: 'pending.changed', pending: PendingAlert[]) => void
}

/** The list of pending episodes, and its publication. */
export class PendingAlerts {
  readonly #deps: PendingAlertsDeps
  #published: readonly PendingAlert[] | undefined

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

  /** Publishes the whole list if it changed. Called once a second: a value of a pending series changes at each record. */
  tick(): void {
    const pending = this.list()
    if (isDeepStrictEqual(pending, this.#published)) return
    this.#published = pending
    this.#deps.emit('pending.changed', pending)
  }
}
