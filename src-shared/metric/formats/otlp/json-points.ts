import { isJsonObject, shownValue } from '../readings.ts'
import { jsonAttributes } from './json-attributes.ts'
import type { MetricSeries } from './otlp-memo.ts'
import type { OtlpParts } from './otlp-parts.ts'
import { PointSeries } from './otlp-series.ts'
import { leastMs, nanoTimeIn, secondsBetween, wrongTime, type NanoTime } from './otlp-time.ts'

type Json = Readonly<Record<string, unknown>>

const zero: NanoTime = { ms: 0, ns: 0 }

/** Reads data points in JSON. Numbers of 64 bits are texts of digits; a double may be the text `NaN` or `Infinity`. */
export class JsonPoints {
  readonly #parts: OtlpParts

  constructor(parts: OtlpParts) {
    this.#parts = parts
  }

  /** @param path of the point in the record, for reasons */
  read(metric: MetricSeries, point: Json, path: string): void {
    // The flag NO_RECORDED_VALUE is the lowest bit.
    if (Number(point['flags'] ?? 0) % 2 === 1) return
    const time = this.#time(point, `${path}.timeUnixNano`)
    if (!time) return
    const attributes = jsonAttributes(point['attributes'])
    if (!attributes.isFine) return this.#refuse(`${path}.attributes`, attributes.what)
    const series = metric.point(attributes.tags)
    if (metric.metric.isDelta) this.#parts.seconds = seconds(point['startTimeUnixNano'], time)
    if (!(series instanceof PointSeries)) this.#parts.leaveOut(series)
    else if (metric.metric.kind === 'gauge' || metric.metric.kind === 'sum')
      this.#number(metric, series, { point, path })
    else this.#distribution(metric, series, { point, path })
  }

  /** Says the time of the point; a point without one has that of its record. */
  #time(point: Json, path: string): NanoTime | undefined {
    const found = point['timeUnixNano']
    const given = found === undefined || found === null ? zero : nanoTimeIn(found)
    const isNone = given?.ms === 0 && given.ns === 0
    const time = isNone ? { ms: this.#parts.recordedAt, ns: 0 } : given
    if (time && time.ms >= leastMs) {
      this.#parts.at = time.ms
      return isNone ? zero : time
    }
    this.#parts.refusals.add('bad-timestamp', path, wrongTime(isNone ? undefined : found))
    return undefined
  }

  #number(metric: MetricSeries, series: PointSeries, { point, path }: PointAt): void {
    const field = isGiven(point['asDouble']) ? 'asDouble' : 'asInt'
    if (!isGiven(point[field])) return
    const value = numberOf(point[field])
    if (value === undefined) return this.#wrong(`${path}.${field}`, point[field])
    if (metric.metric.isDelta) this.#parts.delta(series, value)
    else this.#parts.number(series, value)
  }

  #distribution(metric: MetricSeries, series: PointSeries, { point, path }: PointAt): void {
    const isSummary = metric.metric.kind === 'summary'
    const count = countOf(point['count'] ?? 0)
    const sum = numberOf(point['sum'] ?? (isSummary ? 0 : NaN))
    if (count === undefined) return this.#wrong(`${path}.count`, point['count'])
    if (sum === undefined) return this.#wrong(`${path}.sum`, point['sum'])
    if (metric.metric.isDelta) this.#parts.deltaCountAndSum(series, count, sum)
    else this.#parts.countAndSum(series, count, sum)
    if (isSummary) this.#quantiles(series, point['quantileValues'], `${path}.quantileValues`)
  }

  #quantiles(series: PointSeries, list: unknown, path: string): void {
    if (!isGiven(list)) return
    if (!Array.isArray(list)) return this.#refuse(path, `expected an array, got ${shownValue(list)}`)
    for (const item of list as readonly unknown[]) {
      if (!isJsonObject(item)) return this.#refuse(path, `expected an object, got ${shownValue(item)}`)
      const [quantile, value] = [numberOf(item['quantile'] ?? 0), numberOf(item['value'] ?? 0)]
      if (quantile === undefined || value === undefined) this.#wrong(path, item['value'])
      else this.#parts.quantile(series, quantile, value)
    }
  }

  #wrong(path: string, found: unknown): void {
    this.#refuse(path, `expected a number, got ${shownValue(found)}`)
  }

  #refuse(path: string, what: string): void {
    this.#parts.refusals.add('wrong-shape', path, what)
  }
}

interface PointAt {
  readonly point: Json
  readonly path: string
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** A number, or the text of one; `undefined` if it is neither. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '' || value.length > 400) return undefined
  const number = Number(value)
  return Number.isNaN(number) && value !== 'NaN' ? undefined : number
}

/** A number of things; `undefined` if it is none. */
function countOf(value: unknown): number | undefined {
  const count = numberOf(value)
  return count !== undefined && count >= 0 && Number.isFinite(count) ? count : undefined
}

/** The interval of a delta, from its start to its end; 0 without one. */
function seconds(start: unknown, time: NanoTime): number {
  const from = nanoTimeIn(start)
  return from === undefined || from.ms < leastMs || time.ms === 0 ? 0 : secondsBetween(from, time)
}
