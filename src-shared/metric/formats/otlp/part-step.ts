import { metricName, type Tag } from '../../metric-name.ts'
import type { FormatName } from '../format-name.ts'
import { planPart, type PlannedPart, type PlannedSeries } from '../part-plan.ts'
import type { HouseFormula, HouseMetric, MeanFormula, Term } from '../record-part.ts'
import type { PointShape } from './otlp-series.ts'

/** Counts the entries of a memo. */
export interface Counted {
  count: number
}

/** A data point in the order of those of a part; `next` is the one that followed before. Steps of a tree. */
export class PartStep {
  readonly shape: PointShape | undefined
  readonly before: PartStep | undefined
  planned: PlannedPart | undefined
  readonly #counted: Counted
  #next: PartStep | undefined
  #others: Map<PointShape, PartStep> | undefined

  constructor(counted: Counted, shape?: PointShape, before?: PartStep) {
    this.#counted = counted
    this.shape = shape
    this.before = before
  }

  to(shape: PointShape): PartStep {
    const next = this.#next
    return next !== undefined && next.shape === shape ? next : this.#branch(shape)
  }

  #branch(shape: PointShape): PartStep {
    let step = this.#others?.get(shape)
    if (!step) {
      step = new PartStep(this.#counted, shape, this)
      this.#counted.count++
      this.#others ??= new Map()
      this.#others.set(shape, step)
    }
    this.#next = step
    return step
  }
}

/** Parts of one name with the same attributes. */
export interface PartRoot {
  readonly group: string
  readonly tags: readonly Tag[]
  readonly attributes: Readonly<Record<string, string>>
  readonly first: PartStep
  /** Parts of the record that is read. Empty between records. */
  readonly open: OpenPart[]
  byNodeAndTime: Map<string, OpenPart> | undefined
}

/** A part of the record that is read. */
export interface OpenPart {
  readonly root: PartRoot
  readonly nodeId: string
  readonly nodeName: string
  readonly at: number
  step: PartStep
  readonly values: number[]
}

/** The shape of the part whose last data point is this one. */
export function plannedPartOf(format: FormatName, { root, step }: OpenPart): PlannedPart {
  return (step.planned ??= plannedPart(format, root, step))
}

function plannedPart(format: FormatName, { group, tags, attributes }: PartRoot, last: PartStep): PlannedPart {
  const shapes: PointShape[] = []
  for (let step: PartStep | undefined = last; step?.shape; step = step.before) shapes.push(step.shape)
  shapes.reverse()
  const series: PlannedSeries[] = []
  const means: Array<MeanFormula & { readonly unit: string }> = []
  const house = new HouseFormulas()
  for (const shape of shapes) {
    const at = series.length
    if (shape.term) house.add(at, shape.term)
    series.push(...shape.series)
    if (shape.mean === undefined) continue
    const tagsOfMean = shape.series[0]?.tags ?? []
    means.push({ name: metricName(shape.mean, tagsOfMean), count: at, sum: at + 1, unit: shape.meanUnit ?? '' })
  }
  return planPart({ format, group, tags, series, house: house.formulas, means, attributes })
}

/** The formulas of a part, from the terms of its series. */
class HouseFormulas {
  readonly #terms = new Map<
    HouseMetric,
    Array<{ readonly index: number; readonly term: NonNullable<PointShape['term']> }>
  >()

  add(index: number, term: NonNullable<PointShape['term']>): void {
    const known = this.#terms.get(term.metric)
    if (known) known.push({ index, term })
    else this.#terms.set(term.metric, [{ index, term }])
  }

  get formulas(): readonly HouseFormula[] {
    return [...this.#terms].flatMap(([metric, all]) => {
      const rank = Math.min(...all.map(({ term }) => term.rank))
      const used = all.filter(({ term }) => term.rank === rank)
      const combine = used[0]?.term.combine ?? 'sum'
      const terms = used.map(({ index, term }): Term => ({
        index,
        numerator: term.numerator,
        denominator: term.denominator,
      }))
      return isWhole(combine, terms) ? [{ metric, combine, terms, over: 'record' as const }] : []
    })
  }
}

/** A share of which one side is missing would be 0 or 100 %. */
function isWhole(combine: HouseFormula['combine'], terms: readonly Term[]): boolean {
  if (combine === 'sum') return true
  return terms.some(({ numerator }) => numerator !== 0) && terms.some(({ denominator }) => denominator !== 0)
}
