import { isCleanText, messageLimits } from '../message.ts'
import { metricName, tagsText, type Tag } from '../metric-name.ts'
import type { FormatName } from './format-name.ts'
import { formatLimits } from './limits.ts'
import type { HouseFormula, LeftOut, MeanFormula, PartShape } from './record-part.ts'
import { cleanUnit, rateUnit } from './units.ts'

/** A series as a reader finds it in a record. */
export interface PlannedSeries {
  /** Name without tags: `disk.used_percent`. */
  readonly base: string
  /** The tags that name it. */
  readonly tags: readonly Tag[]
  /** Of a counter, the unit of what it counts. '' without one. */
  readonly unit: string
  readonly isCounter: boolean
}

/** What records of one shape have in common. Indices of `house` and `means` are those of `series`. */
export interface PartPlan {
  readonly format: FormatName
  /** Measurement or other group of the values, without tags; '' if the names have none. */
  readonly group: string
  /** Tags that name the part. */
  readonly tags: readonly Tag[]
  readonly series: readonly PlannedSeries[]
  readonly house?: readonly HouseFormula[]
  /** `unit`: that of the mean. */
  readonly means?: ReadonlyArray<MeanFormula & { readonly unit?: string }>
  readonly attributes?: Readonly<Record<string, string>>
}

/** A shape within all limits. */
export interface PlannedPart {
  readonly shape: PartShape
  /** Which values of the record belong to the names of the shape; absent: all, in their order. */
  readonly kept?: readonly number[]
  /** What is left out, for any node. */
  readonly leftOut: ReadonlyArray<Omit<LeftOut, 'nodeId'>>
}

/**
 * Makes the shape of a part. Leaves out the series beyond a limit and formulas that need one of them. Of two series with
 * one name, the last one counts.
 */
export function planPart(plan: PartPlan): PlannedPart {
  const checked = new CheckedSeries(plan)
  const { names, kept } = checked
  const indexOf = new Map(kept.map((from, to) => [from, to]))
  const series = kept.map((from) => plan.series[from] as PlannedSeries)
  const means = (plan.means ?? []).flatMap((mean) => movedMean(mean, indexOf))
  const shape: PartShape = {
    format: plan.format,
    part: names.length === 0 ? '' : metricName(plan.group, plan.tags),
    names,
    units: unitsOf(
      series.map((one, i) => [names[i] as string, storedUnit(one)]),
      means,
    ),
    counters: [...series.keys()].filter((i) => series[i]?.isCounter),
    house: (plan.house ?? []).flatMap((formula) => moved(formula, indexOf)),
    means: means.map(({ name, sum, count }) => ({ name, sum, count })),
    attributes: shownAttributes(plan.attributes ?? {}),
  }
  const isWhole = kept.length === plan.series.length
  return { shape, leftOut: checked.leftOut, ...(isWhole ? {} : { kept }) }
}

/** The values of the names of the shape, from those of the series in their order. */
export function keptValues({ kept }: PlannedPart, values: readonly number[]): readonly number[] {
  return kept === undefined ? values : kept.map((i) => values[i] as number)
}

/** Names of the series of a part that are within the limits. */
class CheckedSeries {
  readonly names: string[] = []
  /** Index in the plan by index in `names`. */
  readonly kept: number[] = []
  readonly #left = new Map<string, Omit<LeftOut, 'nodeId'>>()
  readonly #byName = new Map<string, number>()

  constructor({ group, tags, series }: PartPlan) {
    const wrongPart = boundOf(group, tags)
    for (const [i, { base, tags: own }] of series.entries()) {
      const wrong = wrongPart ?? (base === '' ? nameless : boundOf(base, own))
      if (wrong) this.#leaveOut(wrong)
      else this.#keep(metricName(base, own), i)
    }
  }

  get leftOut(): ReadonlyArray<Omit<LeftOut, 'nodeId'>> {
    return [...this.#left.values()]
  }

  #keep(name: string, i: number): void {
    const known = this.#byName.get(name)
    if (known !== undefined) this.kept[known] = i
    else if (this.names.length >= messageLimits.metricsPerMessage) this.#leaveOut({ bound: 'metrics-of-record' })
    else {
      this.#byName.set(name, this.names.length)
      this.names.push(name)
      this.kept.push(i)
    }
  }

  #leaveOut(wrong: Pick<LeftOut, 'bound' | 'tag'>): void {
    const key = JSON.stringify([wrong.bound, wrong.tag])
    this.#left.set(key, { ...wrong, left: (this.#left.get(key)?.left ?? 0) + 1 })
  }
}

/** No name, one that cannot be stored, or one that is too long. */
const nameless: Pick<LeftOut, 'bound'> = { bound: 'name-length' }

/** The limit that the name of a series is beyond. Costs little also for a name of megabytes. */
function boundOf(base: string, tags: readonly Tag[]): Pick<LeftOut, 'bound' | 'tag'> | undefined {
  const most = messageLimits.metricName
  if (base.length > most || !isCleanText(base)) return nameless
  let length = base.length
  for (const [key, value] of tags) {
    if (value.length > formatLimits.tagValue || !isCleanText(value)) {
      return { bound: 'tag-length', tag: key.slice(0, formatLimits.tagValue) }
    }
    length += key.length + value.length + 2
    if (length > most || !isCleanText(key)) return nameless
  }
  if (tags.length === 0) return undefined
  return base.length + tagsText(tags).length + 2 > most ? nameless : undefined
}

function storedUnit({ unit, isCounter }: PlannedSeries): string {
  return cleanUnit(isCounter ? rateUnit(unit) : unit)
}

function moved(formula: HouseFormula, indexOf: ReadonlyMap<number, number>): HouseFormula[] {
  const terms = formula.terms.flatMap((term) => {
    const index = indexOf.get(term.index)
    return index === undefined ? [] : [{ ...term, index }]
  })
  return terms.length === formula.terms.length && terms.length > 0 ? [{ ...formula, terms }] : []
}

type Mean = NonNullable<PartPlan['means']>[number]

function movedMean(mean: Mean, indexOf: ReadonlyMap<number, number>): Mean[] {
  const [sum, count] = [indexOf.get(mean.sum), indexOf.get(mean.count)]
  const isFine = sum !== undefined && count !== undefined && mean.name.length <= messageLimits.metricName
  return isFine ? [{ ...mean, sum, count }] : []
}

function unitsOf(series: ReadonlyArray<readonly [string, string]>, means: readonly Mean[]): PartShape['units'] {
  const ofMeans = means.map(({ name, unit = '' }) => [name, cleanUnit(unit)] as const)
  return Object.fromEntries([...series, ...ofMeans].filter(([, unit]) => unit !== ''))
}

/** Attributes that can be stored: the first few, each within the limit of a tag. */
function shownAttributes(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const fine = Object.entries(attributes).filter(
    ([key, value]) => key.length <= formatLimits.tagValue && value !== '' && value.length <= formatLimits.tagValue,
  )
  return Object.fromEntries(fine.filter(([key, value]) => isCleanText(key) && isCleanText(value)).slice(0, 32))
}
