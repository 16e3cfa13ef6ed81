import type { GrowingColumns } from '../growing-columns.ts'
import type { Layout, SampleDirectory } from '../sample-columns.ts'
import { combined, sumsOf, type Sums } from './house-value.ts'
import { noValue } from './metric-total.ts'
import type { RowPlan, TotalPlan } from './row-plan.ts'
import type { AddedPlan, ShapePlan } from './shape-plan.ts'
import { atCell, rawCell, stepCell } from './part-state.ts'

/** A gap longer than so many steps gives no rate: what happened in it is unknown. */
const gapSteps = 10

/** What one record has of a part. One object for all records: it is read before the next record. */
export class RowValues {
  /** By place in the plan's counters: rate a second; NaN without one. */
  #rates = new Float64Array(64)
  /** Increase since the record before; NaN without one. */
  #increases = new Float64Array(64)
  /** Whether the raw value is newer than the one before. */
  #isNewer = new Uint8Array(64)
  /** By place in `added`: whether the part adds something. */
  readonly #isAdded: boolean[] = []
  #values: readonly number[] = []
  #plan: RowPlan | undefined
  readonly valueOf = (index: number): number => {
    const place = this.#plan?.of.counterOf[index] ?? -2
    if (place === -2) return NaN
    return place === -1 ? (this.#values[index] as number) : (this.#rates[place] as number)
  }

  /** Takes the values, and moves the counters of the part. */
  read(plan: RowPlan, values: readonly number[], at: number): void {
    this.#plan = plan
    this.#values = values
    const { slots } = plan
    const { counters } = plan.of
    const count = counters.length
    if (count === 0) return
    if (count > this.#rates.length) this.#grow(count)
    const cells = plan.state.now
    const rates = this.#rates
    const increases = this.#increases
    const isNewer = this.#isNewer
    for (let place = 0; place < count; place++) {
      const raw = values[counters[place] as number] as number
      const slot = slots[place] as number
      const before = cells[slot + atCell] as number
      rates[place] = NaN
      increases[place] = NaN
      isNewer[place] = 0
      if (at <= before || !Number.isFinite(raw)) continue
      isNewer[place] = 1
      const stepMs = at - before
      const increase = raw - (cells[slot + rawCell] as number)
      const usual = cells[slot + stepCell] as number
      // NaN for the first value; a fall is a restart of what counts.
      if (increase >= 0 && !(usual > 0 && stepMs > gapSteps * usual)) {
        increases[place] = increase
        rates[place] = increase / (stepMs / 1000)
      }
      cells[slot + rawCell] = raw
      cells[slot + atCell] = at
      cells[slot + stepCell] = Number.isNaN(before) ? 0 : stepMs
    }
  }

  /**
   * What the part adds to a total; the numerator is `noValue` while a rate is missing. `undefined` if a counter is not
   * newer: the record says nothing new.
   */
  addition({ terms, places, rawNames }: AddedPlan): Sums | undefined {
    for (let i = 0; i < places.length; i++) if (this.#isNewer[places[i] as number] === 0) return undefined
    const sums = sumsOf(terms, this.valueOf)
    const { numerator, denominator } = sums
    if (!Number.isFinite(numerator) || !Number.isFinite(denominator)) return { numerator: noValue, denominator: 0 }
    return rawNames.length === 1 ? { numerator, denominator: 0 } : sums
  }

  noteAdded(place: number, isAdded: boolean): void {
    this.#isAdded[place] = isAdded
  }

  /**
   * Writes what there is behind the rows, and does not count it yet.
   * @returns the layout of the row; `undefined` if it has nothing
   */
  write(columns: GrowingColumns, directory: SampleDirectory): Layout | undefined {
    const plan = this.#plan as RowPlan
    const { names, rawNames, layouts } = plan.of
    columns.reserve(names.length)
    columns.reserveRaw(rawNames.length)
    const values = this.#writeValues(plan.of, columns)
    const raw = rawNames.length === 0 ? 0 : this.#writeRaw(plan, columns)
    if (values + raw === 0) return undefined
    const isFull = values === names.length && raw === rawNames.length
    return isFull ? layouts.full(directory) : layouts.masked(directory, this.#mask(plan.of))
  }

  #writeValues(plan: ShapePlan, columns: GrowingColumns): number {
    const { stored, storedPlaces, means, house } = plan
    const into = columns.values
    const given = this.#values
    const rates = this.#rates
    let width = columns.width
    for (let n = 0; n < stored.length; n++) {
      const place = storedPlaces[n] as number
      const value = (place < 0 ? given[stored[n] as number] : rates[place]) as number
      if (Number.isFinite(value)) into[width++] = value
    }
    for (let i = 0; i < means.length + house.length; i++) {
      const value = this.#derived(plan, i)
      if (Number.isFinite(value)) into[width++] = value
    }
    return width - columns.width
  }

  #writeRaw({ of: { counters }, totals, state }: RowPlan, columns: GrowingColumns): number {
    const into = columns.raw
    const given = this.#values
    const isNewer = this.#isNewer
    let width = columns.rawWidth
    for (let place = 0; place < counters.length; place++) {
      if (isNewer[place] === 1) into[width++] = given[counters[place] as number] as number
    }
    for (let i = 0; i < totals.length; i++) {
      if (this.#isAdded[i] !== true) continue
      const { numeratorSlot, denominatorSlot } = totals[i] as TotalPlan
      into[width++] = state.now[numeratorSlot + rawCell] as number
      if (denominatorSlot >= 0) into[width++] = state.now[denominatorSlot + rawCell] as number
    }
    return width - columns.rawWidth
  }

  /** A character for each name, then for each raw name of the plan: `1` if the record has it. */
  #mask(plan: ShapePlan): string {
    let mask = ''
    for (const index of plan.stored) mask += Number.isFinite(this.valueOf(index)) ? '1' : '0'
    for (let i = 0; i < plan.means.length + plan.house.length; i++) {
      mask += Number.isFinite(this.#derived(plan, i)) ? '1' : '0'
    }
    for (let place = 0; place < plan.counters.length; place++) mask += this.#isNewer[place] === 1 ? '1' : '0'
    for (const [i, { rawNames }] of plan.added.entries()) {
      mask += (this.#isAdded[i] === true ? '1' : '0').repeat(rawNames.length)
    }
    return mask
  }

  /** A mean, or a metric of the house; NaN without one. */
  #derived({ means, house }: ShapePlan, i: number): number {
    const mean = means[i]
    if (mean) return (this.#increases[mean[0]] as number) / (this.#increases[mean[1]] as number)
    const formula = house[i - means.length]
    return formula ? combined(formula.combine, sumsOf(formula.terms, this.valueOf), formula.isPercentage) : NaN
  }

  #grow(length: number): void {
    this.#rates = new Float64Array(length)
    this.#increases = new Float64Array(length)
    this.#isNewer = new Uint8Array(length)
  }
}
