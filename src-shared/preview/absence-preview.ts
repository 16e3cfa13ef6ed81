import { NodeParts } from '../evaluation/node-parts.ts'
import { allowedMs } from '../evaluation/observed-interval.ts'
import { secondMs } from '../format/time-units.ts'
import type { OfflineRule } from '../rule/rule.ts'
import type { PreviewAlert } from './series-preview.ts'

/**
 * Tries a rule for offline nodes on the event times of one node, in their order. As the evaluator does, it waits for
 * the seconds of the rule, or three intervals of the node if they are longer. These follow from steps between records of
 * the same part.
 */
export class AbsencePreview {
  readonly #rule: Pick<OfflineRule, 'seconds' | 'severity'>
  readonly #alerts: PreviewAlert[] = []
  readonly #parts = new NodeParts()
  #last: number | undefined

  constructor(rule: Pick<OfflineRule, 'seconds' | 'severity'>) {
    this.#rule = rule
  }

  record(at: number, part: string): void {
    const last = (this.#last ??= at)
    if (at > last) {
      this.#add(last, at)
      this.#last = at
    }
    if (at >= (this.#parts.of(part)?.at ?? at)) this.#parts.note(part, at)
  }

  /** @param now until when the log is known, epoch ms */
  alerts(now: number): readonly PreviewAlert[] {
    const { severity } = this.#rule
    const from = this.#last === undefined ? Infinity : this.#last + this.#allowedMs(this.#last)
    return from <= now ? [...this.#alerts, { from, to: null, severity, value: null }] : this.#alerts
  }

  #add(last: number, at: number): void {
    if (at - last < this.#rule.seconds * secondMs) return
    const from = last + this.#allowedMs(last)
    if (from < at) this.#alerts.push({ from, to: at, severity: this.#rule.severity, value: null })
  }

  #allowedMs(last: number): number {
    return allowedMs(this.#rule.seconds * secondMs, this.#parts.intervalMs(last))
  }
}
