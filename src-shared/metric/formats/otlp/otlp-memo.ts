import { metricName, type Tag } from '../../metric-name.ts'
import type { FormatName } from '../format-name.ts'
import { planPart, type PlannedPart, type PlannedSeries } from '../part-plan.ts'
import type { HouseFormula, HouseMetric, LeftOut, MeanFormula, Term } from '../record-part.ts'
import { BytesTable } from './bytes-table.ts'
import type { OtlpResource } from './otlp-resource.ts'
import { PointSeries, tooLongOf, type OtlpMetric, type PointShape } from './otlp-series.ts'

/** Above this, the memo forgets everything before the next record. */
const entriesAtMost = 100_000

type TooLong = Omit<LeftOut, 'nodeId' | 'left'>
/** The series of a data point, or the limit that they are beyond. */
export type PointOrLimit = PointSeries | TooLong

/** The metric of one kind of resource, with the series of its data points. */
export class MetricSeries {
  readonly metric: OtlpMetric
  /** Series by the bytes of the attributes, for messages in protobuf. */
  readonly byBytes = new BytesTable<PointOrLimit>()
  readonly #resourceTags: readonly Tag[]
  readonly #memo: OtlpMemo
  readonly #points = new Map<string, PointSeries>()

  constructor(memo: OtlpMemo, metric: OtlpMetric, resourceTags: readonly Tag[]) {
    this.metric = metric
    this.#memo = memo
    // What the host does is the same, whoever reports it.
    this.#resourceTags = metric.name.startsWith('system.') ? [] : resourceTags
  }

  /** @param tags attributes of a data point; of two with one key, the last counts */
  point(tags: readonly Tag[]): PointOrLimit {
    const tooLong = tooLongOf(tags)
    if (tooLong) return tooLong
    const own = [...new Map(tags)].filter(([key, value]) => key !== '' && value !== '')
    const all = [...new Map([...this.#resourceTags, ...own])]
    const name = metricName('', all)
    let series = this.#points.get(name)
    if (!series) {
      this.#points.set(name, (series = new PointSeries(this.metric, all)))
      this.#memo.count++
    }
    return series
  }
}

/** Name and unit of a metric. The series last found for it are tried first. */
export interface MetricHeader {
  readonly name: string
  readonly unit: string
  /** Why the metric cannot be read. */
  readonly wrong: string | undefined
  series: MetricSeries | undefined
  /** Of which resource tags `series` are. */
  tagsText: string
}

/** A data point in the order of those of a part; `next` is the one that followed before. Steps of a tree. */
export class PartStep {
  readonly shape: PointShape | undefined
  readonly before: PartStep | undefined
  planned: PlannedPart | undefined
  readonly #memo: OtlpMemo
  #next: PartStep | undefined
  #others: Map<PointShape, PartStep> | undefined

  constructor(memo: OtlpMemo, shape?: PointShape, before?: PartStep) {
    this.#memo = memo
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
      step = new PartStep(this.#memo, shape, this)
      this.#memo.count++
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

/** What records of OTLP have in common. It changes how fast a record is read, never the result. */
export class OtlpMemo {
  readonly format: FormatName
  /** Entries, whatever they are. */
  count = 0
  /** Resources by their bytes, for messages in protobuf. */
  resources = new BytesTable<OtlpResource>()
  /** Names and units of metrics by their bytes, for messages in protobuf. */
  headers = new BytesTable<MetricHeader>()
  #metrics = new Map<string, MetricSeries>()
  #roots = new Map<string, PartRoot>()

  constructor(format: FormatName) {
    this.format = format
  }

  /** Forgets everything if it is much. Between records only. */
  trim(): void {
    if (this.count < entriesAtMost) return
    this.count = 0
    this.resources = new BytesTable()
    this.headers = new BytesTable()
    this.#metrics = new Map()
    this.#roots = new Map()
  }

  metric(metric: OtlpMetric, { tags, tagsText }: OtlpResource): MetricSeries {
    const { name, unit, kind, isMonotonic, isDelta } = metric
    const key = `${kind} ${isMonotonic} ${isDelta}\n${tagsText}\n${unit}\n${name}`
    let series = this.#metrics.get(key)
    if (!series) {
      this.#metrics.set(key, (series = new MetricSeries(this, metric, tags)))
      this.count++
    }
    return series
  }

  root(group: string, { tags, tagsText, attributes }: OtlpResource): PartRoot {
    const key = `${group}\n${tagsText}\n${JSON.stringify(attributes)}`
    let root = this.#roots.get(key)
    if (!root) {
      root = { group, tags, attributes, first: new PartStep(this), open: [], byNodeAndTime: undefined }
      this.#roots.set(key, root)
      this.count++
    }
    return root
  }

  planned({ root, step }: OpenPart): PlannedPart {
    return (step.planned ??= plannedPart(this.format, root, step))
  }
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
