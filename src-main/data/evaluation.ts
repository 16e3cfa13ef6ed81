import type { Alert } from '#shared/alert/alert.ts'
import { evaluate, evaluateClock } from '#shared/alert/evaluate.ts'
import type { Evaluation as Step } from '#shared/alert/evaluate.ts'
import type { Position, Sample } from '#shared/metric/sample.ts'
import type { RuleBook } from '#shared/rule/rule-book.ts'
import type { BatchWrite } from '../store/batch.ts'
import { AlertBoard } from './alert-board.ts'
import { SeriesStates } from './series-states.ts'
import type { SeriesEntry } from './series-states.ts'

/** The part of a transaction that evaluation fills. */
export type EvaluationWrite = Pick<BatchWrite, 'series' | 'alerts' | 'events' | 'notifications'>

export interface StoredEvaluation {
  readonly series: BatchWrite['series']
  readonly openAlerts: readonly Alert[]
  readonly nameOf: (nodeId: string) => string
}

/**
 * Judges records in the order of the log and keeps what judging remembers. Everything is staged until `commit`;
 * after `rollback` it is as if the records had never been seen.
 */
export class Evaluation {
  readonly alerts: AlertBoard
  readonly #series = new SeriesStates()
  /** When the clock was first asked in this run: not before the stream was read to its end. Epoch ms. */
  #listeningSince: number | undefined

  constructor(stored: StoredEvaluation) {
    this.#series.restore(stored.series, stored.nameOf)
    this.alerts = new AlertBoard(stored.openAlerts)
  }

  record(sample: Sample, position: Position, book: RuleBook): void {
    const entries = this.#series.entriesOf(sample)
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as SeriesEntry
      const reading = { at: sample.at, value: sample.values[i] as number, position }
      this.#stage(entry, evaluate(entry.next, entry.series, book, reading))
    }
  }

  /** What only time tells (silence, changed rules); whether anything came of it. `now`: epoch ms. */
  clock(now: number, book: RuleBook): boolean {
    const listeningSince = (this.#listeningSince ??= now)
    let moved = false
    for (const entry of this.#series.all()) {
      const step = evaluateClock(entry.next, entry.series, book, now, entry.heardAt ?? listeningSince)
      if (step[0] === entry.next) continue
      moved = true
      this.#stage(entry, step)
    }
    return moved
  }

  staged(): EvaluationWrite {
    return { series: this.#series.staged(), ...this.alerts.staged() }
  }

  /** `heardAt`: when the records came in, epoch ms; none did where only the clock moved something. */
  commit(heardAt?: number): void {
    this.#series.commit(heardAt)
    this.alerts.commit()
  }

  rollback(): void {
    this.#series.rollback()
    this.alerts.rollback()
  }

  #stage(entry: SeriesEntry, [next, transitions]: Step): void {
    this.#series.stage(entry, next)
    for (const transition of transitions) this.alerts.stage(transition)
  }
}
