import type { Combination, HouseFormula, HouseMetric, PartShape, Term } from '../formats/record-part.ts'
import type { Layout, SampleDirectory } from '../sample-columns.ts'
import { messageLimits } from '../message.ts'
import type { LeftOut } from './bound-hits.ts'
import { hasNoDenominators } from './house-value.ts'
import { slotAt } from './part-state.ts'
import type { Refused } from './series-bounds.ts'

/** Name of the raw values of what a part adds to a total. No reader gives such a name. */
export const addedPrefix = '='
const denominatorSuffix = '/'

/** A metric of the house that follows from one part. */
export interface HousePlan {
  readonly combine: Combination
  readonly terms: readonly Term[]
  readonly isPercentage: boolean
}

/** What a part adds to a total over records. Kept beside its counters, so that a restart changes no total. */
export interface AddedPlan extends HousePlan {
  readonly metric: HouseMetric
  /** Places of the counters among its terms. */
  readonly places: readonly number[]
  /** Names of the raw values: of the numerator, and of the denominator unless the total is a sum. */
  readonly rawNames: readonly [numerator: string, denominator?: string]
}

/**
 * What is made of a shape, on any node: found once, used for each record. Nodes share it, because programs send the same
 * on many of them: it stays in the caches of the processor.
 */
export interface ShapePlan {
  readonly shape: PartShape
  /** Index of the values of counters. */
  readonly counters: Int32Array
  /** Slots of the counters in the state of a part that had no other shape. */
  readonly usualSlots: Int32Array
  /** By index of a value: -1 for a plain one, -2 for a counter that is not kept, else its place in `counters`. */
  readonly counterOf: Int32Array
  /** Indices of the values that are stored, in the order of the shape. */
  readonly stored: Int32Array
  /** `counterOf` of each of them. */
  readonly storedPlaces: Int32Array
  /** Sum and count, as places in `counters`. */
  readonly means: ReadonlyArray<readonly [sum: number, count: number]>
  readonly house: readonly HousePlan[]
  readonly added: readonly AddedPlan[]
  /** Names of everything that can be stored: values, means, metrics of the house. */
  readonly names: readonly string[]
  /** Names of the counters, and of what is added to totals. */
  readonly rawNames: readonly string[]
  /** What is not stored. */
  readonly left: readonly LeftOut[]
  readonly layouts: ShapeLayouts
}

/** Which series of a shape are stored. */
export interface Admission {
  readonly admitted: ReadonlySet<string>
  readonly left: readonly LeftOut[]
}

/** Layouts of one shape, by what a record has of it. */
export class ShapeLayouts {
  readonly #shape: PartShape
  readonly #names: readonly string[]
  readonly #rawNames: readonly string[]
  #directory: SampleDirectory | undefined
  #full: Layout | undefined
  #last: Layout | undefined
  #lastMask = ''
  readonly #byMask = new Map<string, Layout>()

  constructor(shape: PartShape, names: readonly string[], rawNames: readonly string[]) {
    this.#shape = shape
    this.#names = names
    this.#rawNames = rawNames
  }

  /** The layout of a record that has everything. */
  full(directory: SampleDirectory): Layout {
    this.#use(directory)
    return (this.#full ??= this.#layout(directory, this.#names, this.#rawNames))
  }

  /** @param mask a character for each name, then for each raw name: `1` if the record has it */
  masked(directory: SampleDirectory, mask: string): Layout {
    this.#use(directory)
    if (mask === this.#lastMask && this.#last) return this.#last
    let layout = this.#byMask.get(mask)
    if (!layout) {
      const [names, rawNames] = [this.#names, this.#rawNames]
      const has = (_: string, i: number): boolean => mask[i] === '1'
      const hasRaw = (_: string, i: number): boolean => mask[names.length + i] === '1'
      layout = this.#layout(directory, names.filter(has), rawNames.filter(hasRaw))
      // Each mask is a layout, of which the directory can have no more than it has keys.
      this.#byMask.set(mask, layout)
    }
    this.#last = layout
    this.#lastMask = mask
    return layout
  }

  #use(directory: SampleDirectory): void {
    if (this.#directory === directory) return
    this.#directory = directory
    this.#full = undefined
    this.#last = undefined
    this.#byMask.clear()
  }

  #layout(directory: SampleDirectory, names: readonly string[], counters: readonly string[]): Layout {
    const { part, units } = this.#shape
    return directory.layout(names, Object.keys(units).length === 0 ? undefined : units, { part, counters })
  }
}

/** Asks for each series of the shape whether it is stored. @param admit why one is not */
export function admissionOf({ names, means }: PartShape, admit: (name: string) => Refused | undefined): Admission {
  const sums = sumsOfMeans(means)
  const series = [...names.filter((_, i) => !sums.has(i)), ...means.map(({ name }) => name)]
  const admitted = new Set<string>()
  const left = new Map<string, { refused: Refused; count: number }>()
  for (const [i, name] of series.entries()) {
    const refused = i < messageLimits.metricsPerMessage ? admit(name) : tooMany
    if (!refused) admitted.add(name)
    else left.set(refused.bound, { refused, count: (left.get(refused.bound)?.count ?? 0) + 1 })
  }
  return { admitted, left: [...left.values()] }
}

const tooMany: Refused = { bound: 'metrics-of-record' }

export function shapePlanOf(shape: PartShape, { admitted, left }: Admission): ShapePlan {
  const sums = sumsOfMeans(shape.means)
  const means = shape.means.filter(({ name }) => admitted.has(name))
  const needed = new Set(means.flatMap(({ sum, count }) => [sum, count]))
  const isStored = (i: number): boolean => !sums.has(i) && admitted.has(shape.names[i] as string)
  const counters = shape.counters.filter((i) => isStored(i) || needed.has(i))
  const counterOf = new Int32Array(shape.names.length).fill(-1)
  for (const i of shape.counters) counterOf[i] = -2
  counters.forEach((i, place) => (counterOf[i] = place))
  const stored = [...shape.names.keys()].filter(isStored)
  const ownNames = stored.map((i) => shape.names[i] as string)
  const house = houseOf(shape, ownNames)
  const added = shape.house
    .filter(({ over }) => over === 'records')
    .map(({ metric, ...formula }) => addedPlan(metric, housePlan(formula), counterOf))
  const names = [...ownNames, ...means.map(({ name }) => name), ...house.map(({ metric }) => metric)]
  const rawNames = [
    ...counters.map((i) => shape.names[i] as string),
    ...added.flatMap(({ rawNames: [numerator, denominator] }) => [numerator, denominator ?? []].flat()),
  ]
  return {
    shape,
    counters: Int32Array.from(counters),
    usualSlots: Int32Array.from(counters, (_, place) => slotAt(place)),
    counterOf,
    stored: Int32Array.from(stored),
    storedPlaces: Int32Array.from(stored, (i) => counterOf[i] as number),
    means: means.map(({ sum, count }) => [counterOf[sum] as number, counterOf[count] as number]),
    house: house.map(housePlan),
    added,
    names,
    rawNames,
    left,
    layouts: new ShapeLayouts(shape, names, rawNames),
  }
}

/** Metrics of the house that follow from one part with these stored names. One that the part has itself is not derived. */
export function houseOf({ house }: PartShape, ownNames: readonly string[]): readonly HouseFormula[] {
  return house.filter(({ over, metric }) => over === 'record' && !ownNames.includes(metric))
}

/** Their rates are not stored. */
function sumsOfMeans(means: PartShape['means']): ReadonlySet<number> {
  return new Set(means.map(({ sum }) => sum))
}

/** The metric whose total a raw value belongs to, and which sum it is; `undefined` for a counter. */
export function addedOf(rawName: string): { readonly metric: string; readonly isDenominator: boolean } | undefined {
  if (!rawName.startsWith(addedPrefix)) return undefined
  const isDenominator = rawName.endsWith(denominatorSuffix)
  return {
    metric: rawName.slice(addedPrefix.length, isDenominator ? -denominatorSuffix.length : undefined),
    isDenominator,
  }
}

function housePlan({ combine, terms }: Pick<HousePlan, 'combine' | 'terms'>): HousePlan {
  return { combine, terms, isPercentage: hasNoDenominators(terms) }
}

function addedPlan(metric: HouseMetric, plan: HousePlan, counterOf: Int32Array): AddedPlan {
  const name = `${addedPrefix}${metric}`
  const hasDenominator = plan.combine !== 'sum' && !plan.isPercentage
  return {
    ...plan,
    metric,
    places: plan.terms.map(({ index }) => counterOf[index] as number).filter((place) => place >= 0),
    rawNames: hasDenominator ? [name, `${name}${denominatorSuffix}`] : [name],
  }
}
