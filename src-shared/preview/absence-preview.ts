import { allowedMs, observedInterval, stepsKept } from '../evaluation/observed-interval.ts'
import { secondMs } from '../format/time-units.ts'
import type { OfflineRule } from '../rule/rule.ts'
import type { PreviewAlert } from './series-preview.ts'

/**
 * Tries a rule for offline nodes on the event times of one node, in their order. As the evaluator does, it waits for
 * the seconds of the rule, or three intervals of the node if they are longer.
 */
export class AbsencePreview {
  readonly #rule: Pick<OfflineRule, 'seconds' | 'severity'>
  readonly #alerts: PreviewAlert[] = []
  readonly #steps: number[] = []
  #last: number | undefined

  constructor(rule: Pick<OfflineRule, 'seconds' | 'severity'>) {
    this.#rule = rule
  }

  record(at: number): void {
    if (this.#last === undefined) this.#last = at
    const step = at - this.#last
    if (step <= 0) return
    this.#add(this.#last, at)
    this.#last = at
    this.#steps.push(step)
    if (this.#steps.length > stepsKept) this.#steps.shift()
  }

  /** @param now until when the log is known, epoch ms */
  alerts(now: number): readonly PreviewAlert[] {
    const { severity } = this.#rule
    const from = this.#last === undefined ? Infinity : this.#last + this.#allowedMs()
    return from <= now ? [...this.#alerts, { from, to: null, severity, value: null }] : this.#alerts
  }

  #add(last: number, at: number): void {
    if (at - last < this.#rule.seconds * secondMs) return
    const from = last + this.#allowedMs()
    if (from < at) this.#alerts.push({ from, to: at, severity: this.#rule.severity, value: null })
  }

  #allowedMs(): number {
    return allowedMs(this.#rule.seconds * secondMs, observedInterval(this.#steps))
  }
}
