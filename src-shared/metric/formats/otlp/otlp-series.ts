import type { Tag } from '../../metric-name.ts'
import type { HouseTerm } from '../exporter-house.ts'
import { formatLimits } from '../limits.ts'
import { splitAtMountPoint } from '../mount-point.ts'
import type { PlannedSeries } from '../part-plan.ts'
import type { LeftOut } from '../record-part.ts'
import { rateUnit, ucumUnit, unitOfName } from '../units.ts'
import { otlpTerm } from './otlp-house.ts'

/** Both kinds of histograms are one: ReMo stores no buckets. */
export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'summary'

/** A metric without its data points. */
export interface OtlpMetric {
  readonly name: string
  /** UCUM, as the producer wrote it. */
  readonly unit: string
  readonly kind: MetricKind
  readonly isMonotonic: boolean
  /** Whether values count from the point before, not from a fixed start. */
  readonly isDelta: boolean
}

/** What one value of a data point, or some that always come together, become. Compared by identity. */
export interface PointShape {
  readonly series: readonly PlannedSeries[]
  /** A mean of the increases of `series[1]` and `series[0]`. */
  readonly mean?: string
  readonly meanUnit?: string
  readonly term: HouseTerm | undefined
  /** Each value is multiplied by it: 100 where a ratio becomes a percentage. */
  readonly factor: number
}

/** Characters of all tags of a series. The name of one with more is too long in any case. */
const tagsAtMost = 4_096
/** Names of metrics that end like a ratio, but are a number of cores, or a percentage already. */
const notRatios = /^(?:container|k8s\.(?:node|pod))\.cpu\.utilization$/
const ratio = /[._](?:utilization|ratio)$/

/** The series of the data points of a metric that have the same attributes. */
export class PointSeries {
  readonly #metric: OtlpMetric
  readonly #tags: readonly Tag[]
  readonly #unit: string
  #number: PointShape | undefined
  #count: PointShape | undefined
  #countAndSum: PointShape | undefined
  #countSumAndMean: PointShape | undefined
  readonly #quantiles = new Map<number, PointShape>()

  /** @param tags all of them, also those of the resource */
  constructor(metric: OtlpMetric, tags: readonly Tag[]) {
    this.#metric = metric
    this.#tags = splitAtMountPoint(tags).names
    this.#unit = metric.unit === '' ? unitOfName(metric.name) : ucumUnit(metric.unit)
  }

  /** A gauge or a sum. */
  get number(): PointShape {
    return (this.#number ??= this.#shapeOfNumber())
  }

  /** Count and sum of a histogram or summary that counts from a fixed start, or in its own interval. */
  get countAndSum(): PointShape {
    return (this.#countAndSum ??= this.#of(['count', 'sum']))
  }

  /** A histogram without a sum, as of negative values. */
  get count(): PointShape {
    return (this.#count ??= this.#of(['count']))
  }

  /** Of an interval in which something was counted. */
  get countSumAndMean(): PointShape {
    return (this.#countSumAndMean ??= this.#of(['count', 'sum', 'mean']))
  }

  quantile(quantile: number): PointShape {
    let shape = this.#quantiles.get(quantile)
    if (!shape) {
      const tags: readonly Tag[] = [...this.#tags, ['quantile', String(quantile)]]
      shape = {
        series: [{ base: this.#metric.name, tags, unit: this.#unit, isCounter: false }],
        term: undefined,
        factor: 1,
      }
      this.#quantiles.set(quantile, shape)
    }
    return shape
  }

  #shapeOfNumber(): PointShape {
    const { name, unit, kind, isMonotonic, isDelta } = this.#metric
    const isSum = kind === 'sum'
    const isRatio = !isMonotonic && unit === '1' && ratio.test(name) && !notRatios.test(name)
    const counted = isRatio ? '%' : this.#unit
    const series: PlannedSeries = {
      base: name,
      tags: this.#tags,
      unit: isSum && isDelta ? rateUnit(counted) : counted,
      isCounter: isSum && isMonotonic && !isDelta,
    }
    return { series: [series], term: otlpTerm(name, this.#tags), factor: isRatio ? 100 : 1 }
  }

  #of(fields: ReadonlyArray<'count' | 'sum' | 'mean'>): PointShape {
    const { name, isDelta } = this.#metric
    const series = fields.map((field): PlannedSeries => {
      const unit = field === 'count' ? '' : this.#unit
      const isRate = isDelta && field !== 'mean'
      return { base: `${name}.${field}`, tags: this.#tags, unit: isRate ? rateUnit(unit) : unit, isCounter: !isDelta }
    })
    const hasMean = fields.length === 2 && !isDelta
    const mean = hasMean ? { mean: `${name}.mean`, meanUnit: this.#unit } : {}
    return { series, term: undefined, factor: 1, ...mean }
  }
}

/** Why a data point with these attributes can have no name; found without making one of megabytes. */
export function tooLongOf(tags: readonly Tag[]): Omit<LeftOut, 'nodeId' | 'left'> | undefined {
  let length = 0
  for (const [key, value] of tags) {
    if (value.length > formatLimits.tagValue) return { bound: 'tag-length', tag: key.slice(0, formatLimits.tagValue) }
    length += key.length + value.length
  }
  return length > tagsAtMost ? { bound: 'name-length' } : undefined
}
