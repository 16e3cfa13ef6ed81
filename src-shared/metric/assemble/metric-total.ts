import type { Combination } from '../formats/record-part.ts'
import { combined } from './house-value.ts'
import { StagedCells } from './staged-cells.ts'

/**
 * Stored for a part that belongs to a total but has no value for it, such as a counter that fell. A number, because
 * databases and JSON have no NaN.
 */
export const noValue = -Number.MAX_VALUE

/**
 * Times of additions to one total differ by less: collectd gives each value the time at which it reads it. A group
 * begins at least twice as long after the one before. So to which group an addition belongs follows from the last two
 * times of each part, which are all that is stored. Records that come faster add to every second group, or fewer.
 */
const spanMs = 250

/** How the additions of a metric are combined. */
export interface TotalFormula {
  readonly combine: Combination
  readonly isPercentage: boolean
}

/** A total that can be stored. */
export interface Total {
  readonly metric: string
  readonly at: number
  readonly value: number
}

/** The last addition of a part, as it is stored beside its counters. `numerator` is `noValue` without a value. */
export interface StoredAddition {
  readonly part: string
  readonly at: number
  readonly stepMs: number
  readonly numerator: number
  readonly denominator: number
}

// Numbers of the group of one time, in front of those of its members.
/** Groups count from 1. The first one is never made: it may lack parts. */
const serialCell = 0
/** The earliest time of its additions. */
const atCell = 1
/** The latest one. */
const newestCell = 2
/** How many additions it has. */
const sizeCell = 3
/** How many parts of the group before have not added yet. */
const missingCell = 4
const madeCell = 5
const groupCells = 6

// Numbers of a member.
/** The group that it added to last. */
const inCell = 0
const numeratorCell = 1
const denominatorCell = 2
const memberCells = 3
const absent = [-1, 0, 0]

/**
 * A total over the parts of one node in one partition, such as the traffic of all its interfaces. The parts that were
 * there at one time are expected at the next: once all of them are, the total is made, and again with each later one.
 * A sum that is still incomplete when a later time begins is made then, because a part may have gone. A share is not.
 */
export class MetricTotal extends StagedCells {
  readonly metric: string
  formula: TotalFormula
  /** Set while a record is read. */
  isTouched = false
  readonly #members = new Map<string, number>()
  /**
   * Members in the order of their parts: a sum of floating-point numbers depends on it, and their records do not come in
   * order.
   */
  #order: readonly number[] = []

  constructor(metric: string, formula: TotalFormula) {
    super(groupCells)
    this.metric = metric
    this.formula = formula
  }

  /** Time of the newest addition, epoch ms; -Infinity without one. */
  get newest(): number {
    return this.now[serialCell] === 0 ? -Infinity : (this.now[newestCell] as number)
  }

  /** Index of the first number of the part in `now`. */
  memberOf(part: string): number {
    let member = this.#members.get(part)
    if (member === undefined) {
      member = groupCells + this.#members.size * memberCells
      this.#members.set(part, member)
      this.grow(member + memberCells, absent)
      const parts = [...this.#members].sort(([a], [b]) => (a < b ? -1 : 1))
      this.#order = parts.map(([, index]) => index)
    }
    return member
  }

  /** Whether an addition of this time counts: not of a time that is over, and not a second one of its part. */
  accepts(member: number, at: number): boolean {
    const { now } = this
    if (this.#isAfter(at)) return true
    const begin = Math.min(now[atCell] as number, at)
    const end = Math.max(now[newestCell] as number, at)
    return now[member + inCell] !== now[serialCell] && end - begin < spanMs
  }

  /** Of what `accepts` accepts. @returns the total of the time before, if it is made only now */
  add(
    member: number,
    at: number,
    sums: { readonly numerator: number; readonly denominator: number },
  ): Total | undefined {
    const late = this.#isAfter(at) ? this.#begin(at) : undefined
    const { now } = this
    now[atCell] = Math.min(now[atCell] as number, at)
    now[newestCell] = Math.max(now[newestCell] as number, at)
    const serial = now[serialCell] as number
    if (now[member + inCell] === serial - 1) now[missingCell] = (now[missingCell] as number) - 1
    now[sizeCell] = (now[sizeCell] as number) + 1
    now[member + inCell] = serial
    now[member + numeratorCell] = sums.numerator
    now[member + denominatorCell] = sums.denominator
    return late
  }

  /** The total, if all parts are there, and have values. */
  completed(): Total | undefined {
    const { now } = this
    if ((now[serialCell] as number) < 2 || (now[missingCell] as number) > 0) return undefined
    now[madeCell] = 1
    return this.#total()
  }

  /** @param stored the last addition of each part */
  restore(stored: readonly StoredAddition[]): void {
    const newest = maximum(stored, ({ at }) => at)
    const isNow = ({ at }: StoredAddition): boolean => at > newest - spanMs
    const newestBefore = maximum(stored, (one) => (isNow(one) ? previousAt(one) : one.at))
    const serial = newestBefore === -Infinity ? 1 : 2
    const counts = { size: 0, missing: 0, at: newest }
    for (const one of stored) {
      const { part, at, numerator, denominator } = one
      const member = this.memberOf(part)
      if (isNow(one)) {
        counts.size++
        counts.at = Math.min(counts.at, at)
        this.now.set([serial, numerator, denominator], member)
      } else if (at > newestBefore - spanMs) {
        // Parts of the group before that have come already are not missing in any case.
        counts.missing++
        this.now.set([serial - 1, numerator, denominator], member)
      }
    }
    const { size, missing, at } = counts
    this.now.set([serial, at, newest, size, missing, serial === 2 && missing === 0 ? 1 : 0])
  }

  /** Begins the group of a later time. @returns the sum of the one before, if it is incomplete */
  #begin(at: number): Total | undefined {
    const { now } = this
    // A share without one of its sides would be 0 or 100 %.
    const canLack = this.formula.combine === 'sum'
    const late = canLack && (now[serialCell] as number) >= 2 && now[madeCell] === 0 ? this.#total() : undefined
    now[serialCell] = (now[serialCell] as number) + 1
    now[missingCell] = now[sizeCell] as number
    now[sizeCell] = 0
    now[atCell] = at
    now[newestCell] = at
    now[madeCell] = 0
    return late
  }

  #isAfter(at: number): boolean {
    return this.now[serialCell] === 0 || at >= (this.now[atCell] as number) + 2 * spanMs
  }

  #total(): Total | undefined {
    const { now } = this
    const serial = now[serialCell]
    let numerator = 0
    let denominator = 0
    for (const member of this.#order) {
      if (now[member + inCell] !== serial) continue
      if (now[member + numeratorCell] === noValue) return undefined
      numerator += now[member + numeratorCell] as number
      denominator += now[member + denominatorCell] as number
    }
    const value = combined(this.formula.combine, { numerator, denominator }, this.formula.isPercentage)
    return Number.isFinite(value) ? { metric: this.metric, at: now[atCell] as number, value } : undefined
  }
}

function previousAt({ at, stepMs }: StoredAddition): number {
  return stepMs === 0 ? -Infinity : at - stepMs
}

function maximum(stored: readonly StoredAddition[], timeOf: (one: StoredAddition) => number): number {
  return stored.reduce((most, one) => Math.max(most, timeOf(one)), -Infinity)
}
