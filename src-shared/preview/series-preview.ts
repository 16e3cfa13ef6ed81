import type { Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import { emptySeries, evaluate } from '../evaluation/evaluate.ts'
import { quietRange } from '../evaluation/levels.ts'
import type { SeriesState } from '../evaluation/series-state.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import type { Severity } from '../rule/rule.ts'

/** An alert that a rule would have raised. Event times, epoch ms; `to` is `null` while it would still fire. */
export interface PreviewAlert {
  readonly from: number
  readonly to: number | null
  /** The highest severity that it would have had. */
  readonly severity: Severity
  /** The value that opened it; `null` if its node sent nothing. */
  readonly value: number | null
}

/** Several values in short: none of them is beyond `min` and `max`. */
export interface ValueSummary {
  readonly min: number
  readonly max: number
  /** Event time of the newest, epoch ms. */
  readonly until: number
}

/** No partition: the values come from the cache, in the order of event time. */
const position = { topic: '', partition: 0, offset: 0 }

/**
 * Tries a rule on one series: its values in order of event time, through the same evaluator as alerts. It begins with
 * no episode, so an alert whose start is older is found when the value breaches for long enough.
 */
export class SeriesPreview {
  readonly #series: Series
  readonly #index: RuleIndex
  readonly #above: number
  readonly #below: number
  readonly #alerts: PreviewAlert[] = []
  #state: SeriesState = emptySeries
  /** Newest event time of the values that changed nothing. */
  #passedAt = -Infinity
  #open: { from: number; severity: Severity; value: number | null } | undefined

  /** @param at event time at which the rule applies, epoch ms */
  constructor(series: Series, index: RuleIndex, at: number) {
    const { above, below } = quietRange(index.ruleFor(series.nodeId, series.metric, at))
    this.#series = series
    this.#index = index
    this.#above = above
    this.#below = below
  }

  /** Passes values that would change nothing. @returns false if they must be read one by one */
  skip({ min, max, until }: ValueSummary): boolean {
    if (this.#state.episode.phase !== 'ok' || max > this.#above || min < this.#below) return false
    this.#passedAt = Math.max(this.#passedAt, until)
    return true
  }

  value(at: number, value: number): void {
    if (this.#state.episode.phase === 'ok' && value <= this.#above && value >= this.#below) {
      if (at > this.#passedAt) this.#passedAt = at
      return
    }
    const [next, transitions] = evaluate(this.#caughtUp(), this.#series, this.#index, { at, value, position })
    this.#state = next
    this.#passedAt = -Infinity
    for (const transition of transitions) this.#take(transition)
  }

  /** The alerts so far. */
  alerts(): readonly PreviewAlert[] {
    return this.#open === undefined ? this.#alerts : [...this.#alerts, { ...this.#open, to: null }]
  }

  /** A quiet series moves only to its newest record. */
  #caughtUp(): SeriesState {
    const { last } = this.#state
    if (this.#passedAt <= (last?.at ?? -Infinity)) return this.#state
    return { ...this.#state, last: { at: this.#passedAt, position } }
  }

  #take(t: Transition): void {
    if (t.kind === 'opened') this.#open = { from: t.at, severity: t.severity, value: t.value }
    else if (t.kind === 'escalated' && this.#open) this.#open = { ...this.#open, severity: 'critical' }
    else if (t.kind === 'resolved' && this.#open) {
      this.#alerts.push({ ...this.#open, to: t.at })
      this.#open = undefined
    }
  }
}
