import type { ZoneOffset } from '../format/zone-time.ts'
import { instantOf, wallTimeAt } from '../format/zone-time.ts'
import { BarCount, barStarts, FiguresCount, type HistoryFact, NodeCounts, RuleCounts } from './history-figures.ts'
import type { HistoryBar, HistoryFigures, NoisyNode, NoisyRule } from './history.ts'

interface TimeRange {
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

/** Days that a report shows at most: a longer range has no bars for the oldest ones. */
const mostDays = 400

/** Histogram and figures of the alerts of a filter, which are added one by one, the newest first. */
export class SummaryCount {
  readonly #figures = new FiguresCount()
  readonly #bars: BarCount
  readonly #nodes: NodeCounts

  constructor(range: TimeRange, { bars, now }: { readonly bars: number; readonly now: number }) {
    this.#bars = new BarCount(barStarts(range, bars))
    this.#nodes = new NodeCounts(now)
  }

  add(fact: HistoryFact): void {
    this.#figures.add(fact)
    this.#bars.add(fact)
    this.#nodes.add(fact)
  }

  get summary(): { bars: HistoryBar[]; figures: HistoryFigures; noisiest?: NonNullable<NodeCounts['first']> } {
    const { first } = this.#nodes
    return {
      bars: this.#bars.bars,
      figures: this.#figures.figures,
      ...(first === undefined ? {} : { noisiest: first }),
    }
  }
}

/** A report of the alerts of a range and of the range before it, which are added one by one, the newest first. */
export class ReportCount {
  readonly #range: TimeRange
  readonly #now = new FiguresCount()
  readonly #before = new FiguresCount()
  readonly #days: BarCount
  readonly #rules = new RuleCounts()
  readonly #nodes: NodeCounts

  constructor(range: TimeRange, { offsetAt, now }: { readonly offsetAt: ZoneOffset; readonly now: number }) {
    this.#range = range
    this.#days = new BarCount(dayStarts(range, offsetAt))
    this.#nodes = new NodeCounts(now)
  }

  add(fact: HistoryFact): void {
    const { from, to } = this.#range
    if (fact.openedAt >= to || fact.openedAt < rangeBefore(this.#range).from) return
    if (fact.openedAt < from) {
      this.#before.add(fact)
      return
    }
    this.#now.add(fact)
    this.#days.add(fact)
    this.#rules.add(fact)
    this.#nodes.add(fact)
  }

  get report(): {
    days: HistoryBar[]
    now: HistoryFigures
    before: HistoryFigures
    rules: NoisyRule[]
    nodes: NoisyNode[]
  } {
    return {
      days: this.#days.bars,
      now: this.#now.figures,
      before: this.#before.figures,
      rules: this.#rules.noisiest,
      nodes: this.#nodes.noisiest,
    }
  }
}

/** The range of the same length that ends where this one begins. */
export function rangeBefore({ from, to }: TimeRange): TimeRange {
  return { from: from - (to - from), to: from }
}

/** The first instant of each day of the wall clock that the range touches, ascending. */
export function dayStarts({ from, to }: TimeRange, offsetAt: ZoneOffset): number[] {
  if (to <= from) return []
  const last = wallTimeAt(to - 1, offsetAt).day
  const first = Math.max(wallTimeAt(from, offsetAt).day, last - mostDays + 1)
  return Array.from({ length: last - first + 1 }, (_, i) => instantOf({ day: first + i, minute: 0 }, offsetAt, 'first'))
}
