import type { Tag } from '../../metric-name.ts'
import type { BytesEntry } from './bytes-table.ts'
import type { MetricSeries, PointOrLimit } from './otlp-memo.ts'
import type { OtlpParts } from './otlp-parts.ts'
import { PointSeries } from './otlp-series.ts'
import { leastMs, nanoTimeOf, secondsBetween, wrongTime } from './otlp-time.ts'
import { hole, type HoleKind, type ScopeHoles } from './scope-holes.ts'
import { NotText, wireAttribute } from './wire-attributes.ts'
import type { WireReader } from './wire-reader.ts'

const noRecordedValue = 1

/** Keys of the fields that differ between the messages of data points. */
interface PointKeys {
  readonly attributes: number
  readonly flags: number
  readonly quantiles: number
}
const none = -1
const numberKeys: PointKeys = { attributes: 0x3a, flags: 0x40, quantiles: none }
const histogramKeys: PointKeys = { attributes: 0x4a, flags: 0x50, quantiles: none }
const exponentialKeys: PointKeys = { attributes: 0x0a, flags: 0x50, quantiles: none }
const summaryKeys: PointKeys = { attributes: 0x3a, flags: 0x40, quantiles: 0x32 }

/** Keys of the fields of Metric that have the data points. */
export const dataKeys = { gauge: 0x2a, sum: 0x3a, histogram: 0x4a, exponential: 0x52, summary: 0x5a } as const

/** Fields of a histogram with numbers that ReMo does not store: `bucket_counts`, `min`, `max`. */
const bucketsKey = 0x32
const minKey = 0x59
const maxKey = 0x61

/** Reads data points of a message in protobuf. Finds where their fields are, and reads the values that count. */
export class WirePoints {
  /** Collects where times and values are, if a template is to be made of the scope. */
  holes: ScopeHoles | undefined
  readonly #reader: WireReader
  readonly #parts: OtlpParts
  #startAt = none
  #timeAt = none
  /** Where the fields 4, 5 and 6 are, if they have 8 bytes. */
  #fourAt = none
  #fiveAt = none
  #sixAt = none
  #flags = 0
  #attributesFrom = none
  #attributesTo = none
  /** Whether other fields are between the attributes. */
  #isScattered = false
  /** Of the point that is read: from and to of each. */
  readonly #quantiles: number[] = []
  /** The time read last, and what it is in epoch ms; NaN if it is none. */
  #high = none
  #low = none
  #at = NaN
  #before: BytesEntry<PointOrLimit> | undefined

  constructor(reader: WireReader, parts: OtlpParts) {
    this.#reader = reader
    this.#parts = parts
  }

  /** A new record. */
  begin(): void {
    this.#high = none
  }

  /**
   * Reads the points of a message Gauge, Sum, Histogram, ExponentialHistogram or Summary.
   * @throws WireError
   */
  read(dataKey: number, metric: MetricSeries, end: number): void {
    const reader = this.#reader
    const keys = keysOf(dataKey)
    this.#before = undefined
    while (reader.at < end) {
      const key = reader.key(end)
      if (key !== 0x0a) {
        reader.skip(key, end)
        continue
      }
      const to = reader.endOfBytes(end)
      const from = reader.at
      this.#scan(keys, to)
      const series = this.#isRecorded() ? this.#seriesAt(metric, keys, from) : undefined
      reader.at = to
      if (series instanceof PointSeries) this.#addPoint(dataKey, metric, series)
      else if (series !== undefined) this.#parts.leaveOut(series)
    }
  }

  #scan(keys: PointKeys, end: number): void {
    const reader = this.#reader
    this.#startAt = this.#timeAt = this.#fourAt = this.#fiveAt = this.#sixAt = none
    this.#attributesFrom = this.#attributesTo = none
    this.#flags = 0
    this.#isScattered = false
    this.#quantiles.length = 0
    while (reader.at < end) {
      const from = reader.at
      const key = reader.key(end)
      if (key === 0x11) this.#startAt = reader.fixed64(end)
      else if (key === 0x19) this.#timeAt = reader.fixed64(end)
      else if (key === 0x21) this.#fourAt = reader.fixed64(end)
      else if (key === 0x31) this.#sixAt = reader.fixed64(end)
      else if (key === keys.attributes) this.#attribute(from, end)
      else this.#scanOther(key, keys, end)
    }
  }

  #attribute(from: number, end: number): void {
    const reader = this.#reader
    const to = reader.endOfBytes(end)
    reader.at = to
    if (this.#attributesFrom === none) this.#attributesFrom = from
    else if (this.#attributesTo !== from) this.#isScattered = true
    this.#attributesTo = to
  }

  #scanOther(key: number, keys: PointKeys, end: number): void {
    const reader = this.#reader
    if (key === 0x29) this.#fiveAt = reader.fixed64(end)
    else if (key === keys.flags) this.#flags = reader.varint(end)
    else if (key === keys.quantiles) {
      const to = reader.endOfBytes(end)
      this.#quantiles.push(reader.at, to)
      reader.at = to
    } else this.#skip(key, keys, end)
  }

  #skip(key: number, keys: PointKeys, end: number): void {
    const reader = this.#reader
    const isNumber = keys === histogramKeys && (key === bucketsKey || key === minKey || key === maxKey)
    if (!isNumber || this.holes === undefined) {
      reader.skip(key, end)
      return
    }
    const to = key === bucketsKey ? reader.endOfBytes(end) : undefined
    const from = to === undefined ? reader.fixed64(end) : reader.at
    reader.at = to ?? reader.at
    this.holes.ignore(from, reader.at)
  }

  /** Whether the point has a value and a time. Says its time. */
  #isRecorded(): boolean {
    // The flag is the lowest bit; above 2^31 there is none.
    if (this.#flags % 2 === noRecordedValue) return false
    const { view } = this.#reader
    const low = this.#timeAt < 0 ? 0 : view.getUint32(this.#timeAt, true)
    const high = this.#timeAt < 0 ? 0 : view.getUint32(this.#timeAt + 4, true)
    if (low !== this.#low || high !== this.#high) this.#at = this.#timeOf(high, low)
    this.#low = low
    this.#high = high
    this.#parts.at = this.#at
    return !Number.isNaN(this.#at) || this.#refuseTime(high, low)
  }

  #timeOf(high: number, low: number): number {
    const ms = high === 0 && low === 0 ? this.#parts.recordedAt : nanoTimeOf(high, low).ms
    return ms >= leastMs ? ms : NaN
  }

  #refuseTime(high: number, low: number): false {
    this.#parts.refusals.add(
      'bad-timestamp',
      'time_unix_nano',
      wrongTime(high === 0 && low === 0 ? undefined : high * 2 ** 32 + low),
    )
    return false
  }

  #seriesAt(metric: MetricSeries, keys: PointKeys, from: number): PointOrLimit | undefined {
    const reader = this.#reader
    if (this.#isScattered) return this.#newSeries(metric, keys, { from, to: reader.at })
    reader.from = this.#attributesFrom === none ? from : this.#attributesFrom
    reader.to = this.#attributesFrom === none ? from : this.#attributesTo
    let entry = metric.byBytes.find(reader, this.#before)
    if (entry === undefined) {
      const series = this.#newSeries(metric, keys, reader)
      if (series === undefined) return undefined
      this.#parts.memo.count++
      entry = metric.byBytes.add(reader, series, this.#before)
    }
    this.#before = entry
    return entry.value
  }

  #newSeries(
    metric: MetricSeries,
    keys: PointKeys,
    { from, to }: { readonly from: number; readonly to: number },
  ): PointOrLimit | undefined {
    const reader = this.#reader
    reader.at = from
    const tags: Tag[] = []
    try {
      while (reader.at < to) {
        const key = reader.key(to)
        if (key === keys.attributes) tags.push(wireAttribute(reader, reader.endOfBytes(to)))
        else reader.skip(key, to)
      }
    } catch (error) {
      if (!(error instanceof NotText)) throw error
      this.#parts.refusals.add('bad-text', `${metric.metric.name} attributes`, error.message)
      return undefined
    }
    return metric.point(tags)
  }

  /** A template has a place for each value, in their order. */
  #addPoint(dataKey: number, metric: MetricSeries, series: PointSeries): void {
    const { holes } = this
    if (holes === undefined) {
      this.#add(dataKey, metric, series)
      return
    }
    const before = this.#parts.valueCount - holes.valueCount
    this.#add(dataKey, metric, series)
    if (this.#parts.valueCount - holes.valueCount !== before) holes.isOdd = true
  }

  #add(dataKey: number, metric: MetricSeries, series: PointSeries): void {
    const { isDelta, kind } = metric.metric
    if (isDelta) this.#parts.seconds = this.#seconds()
    if (kind === 'gauge' || kind === 'sum') this.#addNumber(series, isDelta)
    else this.#addDistribution(series, isDelta, dataKey === dataKeys.summary ? 0 : NaN)
    if (this.#quantiles.length > 0) this.#addQuantiles(series)
  }

  #addNumber(series: PointSeries, isDelta: boolean): void {
    const value = this.#number()
    if (value === undefined) return
    if (this.holes) this.#recordNumber(this.holes, isDelta, series.number.factor)
    if (isDelta) this.#parts.delta(series, value)
    else this.#parts.number(series, value)
  }

  /** @param noSum the sum where there is none */
  #addDistribution(series: PointSeries, isDelta: boolean, noSum: number): void {
    const reader = this.#reader
    const count = this.#fourAt === none ? 0 : reader.uint64(this.#fourAt)
    const sum = this.#fiveAt === none ? noSum : reader.double(this.#fiveAt)
    if (isDelta) {
      this.#parts.deltaCountAndSum(series, count, sum)
      return
    }
    this.holes?.distribution({ startAt: this.#startAt, timeAt: this.#timeAt }, this.#fourAt, this.#fiveAt)
    this.#parts.countAndSum(series, count, sum)
  }

  #recordNumber(holes: ScopeHoles, isDelta: boolean, factor: number): void {
    const isInt = this.#sixAt > this.#fourAt
    const kind: HoleKind = isDelta ? (isInt ? hole.deltaInt : hole.deltaDouble) : isInt ? hole.int : hole.double
    const places = { startAt: this.#startAt, timeAt: this.#timeAt }
    holes.number(places, isInt ? this.#sixAt : this.#fourAt, { kind, factor })
  }

  /** `as_double` or `as_int`: the last one counts. */
  #number(): number | undefined {
    const [four, six] = [this.#fourAt, this.#sixAt]
    if (six > four) return this.#reader.int64(six)
    return four === none ? undefined : this.#reader.double(four)
  }

  #seconds(): number {
    const { view } = this.#reader
    const at = this.#startAt
    if (at === none || this.#timeAt === none) return 0
    const start = nanoTimeOf(view.getUint32(at + 4, true), view.getUint32(at, true))
    return start.ms < leastMs ? 0 : secondsBetween(start, nanoTimeOf(this.#high, this.#low))
  }

  #addQuantiles(series: PointSeries): void {
    const reader = this.#reader
    const after = reader.at
    for (let i = 0; i < this.#quantiles.length; i += 2) {
      const end = this.#quantiles[i + 1] as number
      reader.at = this.#quantiles[i] as number
      let quantile = 0
      let value = 0
      while (reader.at < end) {
        const key = reader.key(end)
        if (key === 0x09) quantile = reader.double(reader.fixed64(end))
        else if (key === 0x11) value = reader.double(reader.fixed64(end))
        else reader.skip(key, end)
      }
      this.#parts.quantile(series, quantile, value)
    }
    reader.at = after
  }
}

function keysOf(dataKey: number): PointKeys {
  if (dataKey === dataKeys.histogram) return histogramKeys
  if (dataKey === dataKeys.exponential) return exponentialKeys
  return dataKey === dataKeys.summary ? summaryKeys : numberKeys
}
