import { metricName, type Tag } from '../metric-name.ts'
import { exporterTerm, houseOverRecords } from './exporter-house.ts'
import { splitAtMountPoint } from './mount-point.ts'
import { planPart, type PlannedPart, type PlannedSeries } from './part-plan.ts'
import { isRatioName, unitOfName } from './units.ts'
import type { VectorField } from './vector-values.ts'

/** Says which part of Vector made the metric; the name says it too. */
const collectorTag = 'collector'

/** What a record of Vector says apart from its node, time and values. */
export interface VectorMetric {
  /** Namespace and name: `host.memory_used_bytes`. */
  readonly base: string
  /** Without the one that names the node. */
  readonly tags: readonly Tag[]
  readonly fields: readonly VectorField[]
}

/** The shape of a metric of Vector: one series, or count, sum and mean, and the quantiles of a summary. */
export function vectorPart({ base, tags, fields }: VectorMetric): PlannedPart {
  const { names, beside } = splitAtMountPoint(tags.filter(([key]) => key !== collectorTag))
  const unit = isRatioName(base) ? '%' : unitOfName(base)
  const series = fields.map(({ suffix, isCounter, quantile }): PlannedSeries => {
    const own: readonly Tag[] = quantile === undefined ? names : [...names, ['quantile', String(quantile)]]
    return { base: base + suffix, tags: own, unit: suffix === '.count' ? '' : unit, isCounter }
  })
  const isOne = fields.length === 1 && fields[0]?.suffix === ''
  const hasCounters = fields[0]?.suffix === '.count' && fields[0].isCounter
  return planPart({
    format: 'vector',
    group: base,
    tags: names,
    series,
    house: isOne ? houseOverRecords(exporterTerm(base, names)) : [],
    means: hasCounters ? [{ name: metricName(`${base}.mean`, names), count: 0, sum: 1, unit }] : [],
    attributes: Object.fromEntries(beside),
  })
}
