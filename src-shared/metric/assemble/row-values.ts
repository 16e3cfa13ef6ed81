import type { GrowingColumns } from '../growing-columns.ts'
import type { Layout, SampleDirectory } from '../sample-columns.ts'
import { combined, sumsOf } from './house-value.ts'
import { noValue } from './node-totals.ts'
import type { AddedPlan, PartPlan } from './part-plan.ts'

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
  #plan: PartPlan | undefined
  readonly valueOf = (index: number): number => {
    const place = this.#plan?.counterOf[index] ?? -2
    if (place === -2) return NaN
    return place === -1 ? (this.#values[index] as number) : (this.#rates[place] as number)
  }

  /** Takes the values, and moves the counters of the part. */
  read(plan: PartPlan, values: readonly number[], at: number): void {
    this.#plan = plan
    this.#values = values
    this.#isAdded.length = 0
    const { counters, slots, state } = plan
    if (counters.length > this.#rates.length) this.#grow(counters.length)
    for (let place = 0; place < counters.length; place++) {
      this.#rates[place] = NaN
      this.#increases[place] = NaN
      const raw = values[counters[place] as number] as number
      const slot = slots[place] as number
      const before = state.at[slot] as number
      const isNewer = !(at <= before) && Number.isFinite(raw)
      this.#isNewer[place] = isNewer ? 1 : 0
      if (!isNewer) continue
      this.#compare(place, raw - (state.raw[slot] as number), {
        stepMs: at - before,
        usual: state.step[slot] as number,
      })
      state.put(slot, raw, at)
    }
  }

  /**
   * What the part adds to a total; the sums are `noValue` while a rate is missing. `undefined` if a counter is not newer:
   * the record says nothing new.
   */
  addition({
    terms,
    denominatorSlot,
  }: AddedPlan): { readonly numerator: number; readonly denominator: number } | undefined {
    const { counterOf } = this.#plan as PartPlan
    for (const { index } of terms) {
      const place = counterOf[index] as number
      if (place >= 0 && this.#isNewer[place] === 0) return undefined
    }
    const { numerator, denominator } = sumsOf(terms, this.valueOf)
    const isKnown = Number.isFinite(numerator) && Number.isFinite(denominator)
    if (!isKnown) return { numerator: noValue, denominator: denominatorSlot < 0 ? 0 : noValue }
    return { numerator, denominator: denominatorSlot < 0 ? 0 : denominator }
  }

  noteAdded(place: number): void {
    this.#isAdded[place] = true
  }

  /**
   * Writes what there is behind the rows, and does not count it yet.
   * @returns the layout of the row; `undefined` if it has nothing
   */
  write(columns: GrowingColumns, directory: SampleDirectory): Layout | undefined {
    const plan = this.#plan as PartPlan
    columns.reserve(plan.names.length)
    columns.reserveRaw(plan.rawNames.length)
    let width = columns.width
    for (const index of plan.stored) {
      const value = this.valueOf(index)
      if (Number.isFinite(value)) columns.values[width++] = value
    }
    for (let i = 0; i < plan.means.length + plan.house.length; i++) {
      const value = this.#derived(plan, i)
      if (Number.isFinite(value)) columns.values[width++] = value
    }
    const values = width - columns.width
    const raw = this.#writeRaw(plan, columns)
    if (values + raw === 0) return undefined
    const isFull = values === plan.names.length && raw === plan.rawNames.length
    return isFull ? plan.layouts.full(directory, plan) : plan.layouts.masked(directory, this.#mask(plan), plan)
  }

  /** A character for each name, then for each raw name of the plan: `1` if the record has it. */
  #mask(plan: PartPlan): string {
    let mask = ''
    for (const index of plan.stored) mask += Number.isFinite(this.valueOf(index)) ? '1' : '0'
    for (let i = 0; i < plan.means.length + plan.house.length; i++) {
      mask += Number.isFinite(this.#derived(plan, i)) ? '1' : '0'
    }
    for (let place = 0; place < plan.counters.length; place++) mask += this.#isNewer[place] === 1 ? '1' : '0'
    for (const [i, { denominatorSlot }] of plan.added.entries()) {
      const has = this.#isAdded[i] === true ? '1' : '0'
      mask += denominatorSlot < 0 ? has : has + has
    }
    return mask
  }

  #compare(
    place: number,
    increase: number,
    { stepMs, usual }: { readonly stepMs: number; readonly usual: number },
  ): void {
    // NaN for the first value; a fall is a restart of what counts.
    if (!(increase >= 0) || (usual > 0 && stepMs > gapSteps * usual)) return
    this.#increases[place] = increase
    this.#rates[place] = increase / (stepMs / 1000)
  }

  /** A mean, or a metric of the house; NaN without one. */
  #derived({ means, house }: PartPlan, i: number): number {
    const mean = means[i]
    if (mean) return (this.#increases[mean[0]] as number) / (this.#increases[mean[1]] as number)
    const formula = house[i - means.length]
    return formula ? combined(formula.combine, sumsOf(formula.terms, this.valueOf), formula.isPercentage) : NaN
  }

  #writeRaw({ counters, added, state }: PartPlan, columns: GrowingColumns): number {
    let width = columns.rawWidth
    for (let place = 0; place < counters.length; place++) {
      if (this.#isNewer[place] === 1) columns.raw[width++] = this.#values[counters[place] as number] as number
    }
    for (let i = 0; i < added.length; i++) {
      if (this.#isAdded[i] !== true) continue
      const { numeratorSlot, denominatorSlot } = added[i] as AddedPlan
      columns.raw[width++] = state.raw[numeratorSlot] as number
      if (denominatorSlot >= 0) columns.raw[width++] = state.raw[denominatorSlot] as number
    }
    return width - columns.rawWidth
  }

  #grow(length: number): void {
    this.#rates = new Float64Array(length)
    this.#increases = new Float64Array(length)
    this.#isNewer = new Uint8Array(length)
  }
}
