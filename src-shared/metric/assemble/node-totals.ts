import type { Combination } from '../formats/record-part.ts'
import { combined, type Sums } from './house-value.ts'

/**
 * Stored for a part that belongs to a total but has no value for it, such as a counter that fell. A number, because
 * databases and JSON have no NaN.
 */
export const noValue = -Number.MAX_VALUE

/** What a part adds to a total. */
export interface Addition {
  readonly part: string
  readonly at: number
  /** `noValue`: the part is there, without a value. */
  readonly sums: Sums
}

/** How the additions of a metric are combined. */
export interface TotalFormula {
  readonly combine: Combination
  readonly isPercentage: boolean
}

/**
 * Times of additions to one total differ by less: collectd gives each value the time at which it reads it. A group
 * begins at least twice as long after the one before. So to which group an addition belongs follows from the last two
 * times of each part, which are all that is stored. Records that come faster add to every second group, or fewer.
 */
const spanMs = 250

/** The additions of one time. */
interface Group {
  /** The earliest time of its additions. */
  at: number
  /** The latest one. */
  newest: number
  /** Parts of the group before; `undefined` for the first one, which may lack parts. */
  before: ReadonlySet<string> | undefined
  /** By part. */
  additions: Map<string, Sums>
  /** How many of `before` are not there yet. */
  missing: number
  isMade: boolean
}

/** A total that can be stored. */
export interface Total {
  readonly metric: string
  readonly at: number
  readonly value: number
}

/** One addition as it is stored beside the counters of its part. */
export interface StoredAddition extends Addition {
  readonly stepMs: number
}

/**
 * Totals over the parts of one node in one partition, such as the traffic of all its interfaces. The parts that were
 * there at one time are expected at the next: once all of them are, the total is made, and again with each later one.
 * What is still incomplete when a later time begins is made then, because a part may have gone.
 */
export class NodeTotals {
  #groups = new Map<string, Group>()
  #saved: Map<string, Group> | undefined
  /** Metrics of the record that is read. */
  readonly #touched = new Map<string, TotalFormula>()

  /** Time of the newest addition, epoch ms; -Infinity without one. */
  get newest(): number {
    let newest = -Infinity
    for (const group of this.#groups.values()) newest = Math.max(newest, group.newest)
    return newest
  }

  /** Keeps the state for `rollback`. @returns false if it is kept already */
  stage(): boolean {
    if (this.#saved) return false
    this.#saved = new Map(Array.from(this.#groups, ([metric, group]) => [metric, copyOf(group)]))
    return true
  }

  commit(): void {
    this.#saved = undefined
  }

  rollback(): void {
    if (this.#saved) this.#groups = this.#saved
    this.#saved = undefined
    this.#touched.clear()
  }

  /** Whether an addition of this time counts: not of a time that is over, and not a second one of its part. */
  accepts(metric: string, { part, at }: Pick<Addition, 'part' | 'at'>): boolean {
    const group = this.#groups.get(metric)
    if (!group || isAfter(group, at)) return true
    return !group.additions.has(part) && Math.max(group.newest, at) - Math.min(group.at, at) < spanMs
  }

  /** Of what `accepts` accepts. @returns the total of the time before, if it is made only now */
  add(metric: string, { part, at, sums }: Addition, formula: TotalFormula): Total | undefined {
    const group = this.#groups.get(metric)
    this.#touched.set(metric, formula)
    if (group && !isAfter(group, at)) {
      group.at = Math.min(group.at, at)
      group.newest = Math.max(group.newest, at)
      addTo(group, part, sums)
      return undefined
    }
    const before = group && new Set(group.additions.keys())
    const begun: Group = { at, newest: at, before, additions: new Map(), missing: before?.size ?? 0, isMade: false }
    addTo(begun, part, sums)
    this.#groups.set(metric, begun)
    return group?.before && !group.isMade ? totalOf(metric, group, formula) : undefined
  }

  /** The totals that a record completed, or changed. */
  completed(): readonly Total[] {
    if (this.#touched.size === 0) return none
    const totals: Total[] = []
    for (const [metric, formula] of this.#touched) {
      const group = this.#groups.get(metric)
      if (!group?.before || group.missing > 0) continue
      group.isMade = true
      const total = totalOf(metric, group, formula)
      if (total) totals.push(total)
    }
    this.#touched.clear()
    return totals
  }

  /** @param stored the last addition of each part */
  restore(metric: string, stored: readonly StoredAddition[]): void {
    const newest = Math.max(...stored.map(({ at }) => at))
    const isNow = ({ at }: StoredAddition): boolean => at > newest - spanMs
    const now = stored.filter(isNow)
    const newestBefore = Math.max(...stored.map((one) => (isNow(one) ? previousAt(one) : one.at)))
    // Parts of the group before that have come already are not missing in any case.
    const wasThere = stored.filter((one) => !isNow(one) && one.at > newestBefore - spanMs)
    const before = newestBefore === -Infinity ? undefined : new Set(wasThere.map(({ part }) => part))
    const additions = new Map(now.map(({ part, sums }) => [part, sums]))
    const missing = [...(before ?? [])].filter((part) => !additions.has(part)).length
    const at = Math.min(...now.map((one) => one.at))
    const isMade = before !== undefined && missing === 0
    this.#groups.set(metric, { at, newest, before, additions, missing, isMade })
  }
}

const none: readonly Total[] = []

/** Whether the time is one after that of the group. */
function isAfter(group: Group, at: number): boolean {
  return at >= group.at + 2 * spanMs
}

function addTo(group: Group, part: string, sums: Sums): void {
  if (!group.additions.has(part) && group.before?.has(part) === true) group.missing--
  group.additions.set(part, sums)
}

function copyOf(group: Group): Group {
  return { ...group, additions: new Map(group.additions) }
}

function previousAt({ at, stepMs }: StoredAddition): number {
  return stepMs === 0 ? -Infinity : at - stepMs
}

/** Adds in the order of the parts: a sum of floating-point numbers depends on it, and their records do not come in order. */
function totalOf(metric: string, { at, additions }: Group, formula: TotalFormula): Total | undefined {
  let numerator = 0
  let denominator = 0
  for (const part of [...additions.keys()].sort()) {
    const sums = additions.get(part) as Sums
    if (sums.numerator === noValue || sums.denominator === noValue) return undefined
    numerator += sums.numerator
    denominator += sums.denominator
  }
  const value = combined(formula.combine, { numerator, denominator }, formula.isPercentage)
  return Number.isFinite(value) ? { metric, at, value } : undefined
}
