import type { FormatName } from '../format-name.ts'
import { keptValues } from '../part-plan.ts'
import { leftOutOf, nodeOfRecord, passed } from '../readings.ts'
import type { FormatRecord, LeftOut, RecordPart, RecordReading } from '../record-part.ts'
import { OtlpMemo, type KnownResource } from './otlp-memo.ts'
import { partOfScope } from './otlp-resource.ts'
import type { PointSeries, PointShape } from './otlp-series.ts'
import { plannedPartOf, type OpenPart, type PartRoot, type PartStep } from './part-step.ts'
import { Refusals } from './refusals.ts'

/**
 * Collects the values of one message of OTLP as parts: all data points of one node, scope and time are one. JSON and
 * protobuf use it alike, so a message means the same in both.
 */
export class OtlpParts {
  readonly memo = new OtlpMemo()
  refusals: Refusals
  /** Event time of the points that are added next, epoch ms. */
  at = 0
  /** Length of their interval in seconds, of delta values; not above 0: there is none. */
  seconds = 0
  readonly #format: FormatName
  #record: FormatRecord | undefined
  #nodeOfRecord: string | undefined
  #parts: OpenPart[] = []
  #valueCount = 0
  #leftOut = new Map<string, LeftOut>()
  #leftOutCount = 0
  #root: PartRoot | undefined
  #nodeId = ''
  #nodeName = ''
  #open: OpenPart | undefined
  #hasNotNumbers = false
  #hasNoInterval = false

  constructor(format: FormatName) {
    this.#format = format
    this.refusals = new Refusals(format)
  }

  begin(record: FormatRecord): void {
    this.memo.trim()
    if (this.refusals.count > 0) this.refusals = new Refusals(this.#format)
    this.#record = record
    this.#nodeOfRecord = undefined
    this.#parts = []
    this.#valueCount = 0
    if (this.#leftOut.size > 0) this.#leftOut = new Map()
    this.#leftOutCount = 0
    this.#root = undefined
    this.#open = undefined
    this.#hasNotNumbers = false
    this.#hasNoInterval = false
  }

  /** Timestamp of the record, epoch ms, for points that have no time; -1 without one. */
  get recordedAt(): number {
    return this.#record?.timestamp ?? -1
  }

  /** The points that are added next are of this resource and scope. */
  scope(resource: KnownResource, name: string): void {
    this.#nodeId = resource.nodeId ?? this.#recordNode()
    this.#nodeName = resource.nodeName ?? this.#nodeId
    this.#root = resource.kind.root(partOfScope(name))
    this.#open = undefined
  }

  /**
   * Adds all points of a scope, in the order of their part.
   * @returns false if the record has points of that part already; then nothing is added
   */
  whole(resource: KnownResource, { root, step }: Pick<OpenPart, 'root' | 'step'>, values: number[]): boolean {
    this.#nodeId = resource.nodeId ?? this.#recordNode()
    this.#nodeName = resource.nodeName ?? this.#nodeId
    if (root.open.length > 0 && this.#knownPart(root)) return false
    this.#open = this.#newPart(root, step, values)
    this.#valueCount += values.length
    this.#root = root
    return true
  }

  /** Changes with each thing that is refused or left out. */
  get refusedCount(): number {
    return this.refusals.count + this.#leftOutCount
  }

  /** Values of the record so far. */
  get valueCount(): number {
    return this.#valueCount
  }

  get partCount(): number {
    return this.#parts.length
  }

  get lastPart(): OpenPart | undefined {
    return this.#parts.at(-1)
  }

  number(series: PointSeries, value: number): void {
    const shape = series.number
    const stored = value * shape.factor
    if (Number.isFinite(stored)) this.#add(shape, stored)
    else this.#hasNotNumbers = true
  }

  /** A value that was counted in its own interval, as a rate. */
  delta(series: PointSeries, value: number): void {
    if (this.seconds > 0) this.number(series, value / this.seconds)
    else this.#hasNoInterval = true
  }

  /** @param sum NaN without one */
  countAndSum(series: PointSeries, count: number, sum: number): void {
    if (!Number.isFinite(sum)) {
      this.#add(series.count, count)
      return
    }
    this.#add(series.countAndSum, count)
    this.#addOther(sum)
  }

  /** @param sum NaN without one */
  deltaCountAndSum(series: PointSeries, count: number, sum: number): void {
    const { seconds } = this
    if (!(seconds > 0)) this.#hasNoInterval = true
    else if (count > 0 && Number.isFinite(sum / seconds)) {
      this.#add(series.countSumAndMean, count / seconds)
      this.#addOther(sum / seconds)
      this.#addOther(sum / count)
    } else this.countAndSum(series, count / seconds, sum / seconds)
  }

  quantile(series: PointSeries, quantile: number, value: number): void {
    if (Number.isFinite(value) && Number.isFinite(quantile)) this.#add(series.quantile(quantile), value)
  }

  /** A series that is beyond a limit. */
  leaveOut({ bound, tag }: Omit<LeftOut, 'nodeId' | 'left'>): void {
    const key = `${bound} ${tag ?? ''}`
    const left = (this.#leftOut.get(key)?.left ?? 0) + 1
    const nodeId = this.#leftOut.get(key)?.nodeId ?? this.#nodeId
    this.#leftOut.set(key, { bound, nodeId, left, ...(tag === undefined ? {} : { tag }) })
    this.#leftOutCount++
  }

  finish(): RecordReading {
    const parts: RecordPart[] = []
    for (const open of this.#parts) this.#addPartOf(open, parts)
    const refused = this.refusals.rejection
    const hasLeftOut = this.#leftOut.size > 0
    if (parts.length > 0 && !refused && !hasLeftOut) return { kind: 'parts', parts }
    if (parts.length > 0 || hasLeftOut) {
      const leftOut = [...this.#leftOut.values()]
      return { kind: 'parts', parts, ...(refused ? { refused } : {}), ...(hasLeftOut ? { leftOut } : {}) }
    }
    if (refused) return { kind: 'rejected', reject: refused }
    if (this.#hasNotNumbers) return passed('not-a-number')
    return passed('no-numbers', this.#hasNoInterval ? 'a delta without an interval' : undefined)
  }

  /** Forgets the record. */
  close(): void {
    for (const { root } of this.#parts) {
      root.open.length = 0
      root.byNodeAndTime = undefined
    }
    this.#parts = []
    this.#record = undefined
    this.#open = undefined
  }

  #addPartOf(open: OpenPart, parts: RecordPart[]): void {
    const { nodeId, nodeName, at } = open
    const planned = plannedPartOf(this.#format, open)
    const { shape } = planned
    if (planned.leftOut.length > 0) {
      for (const left of leftOutOf(planned, nodeId)) this.#leftOut.set(`${this.#leftOut.size}`, left)
    }
    if (shape.names.length > 0) parts.push({ nodeId, nodeName, at, shape, values: keptValues(planned, open.values) })
  }

  #add(shape: PointShape, value: number): void {
    let open = this.#open
    if (open === undefined || open.at !== this.at) open = this.#openPart()
    open.step = open.step.to(shape)
    open.values.push(value)
    this.#valueCount++
  }

  /** Another value of the same point. */
  #addOther(value: number): void {
    this.#open?.values.push(value)
    this.#valueCount++
  }

  #openPart(): OpenPart {
    const root = this.#root as PartRoot
    const known = root.open.length === 0 ? undefined : this.#knownPart(root)
    return (this.#open = known ?? this.#newPart(root, root.first, []))
  }

  #newPart(root: PartRoot, step: PartStep, values: number[]): OpenPart {
    const { at } = this
    const part = { root, nodeId: this.#nodeId, nodeName: this.#nodeName, at, step, values }
    root.open.push(part)
    root.byNodeAndTime?.set(`${at} ${part.nodeId}`, part)
    this.#parts.push(part)
    return part
  }

  /** Points of one part may come in any order, and a batch has the same scope of many nodes. */
  #knownPart(root: PartRoot): OpenPart | undefined {
    root.byNodeAndTime ??= new Map(root.open.map((part) => [`${part.at} ${part.nodeId}`, part]))
    return root.byNodeAndTime.get(`${this.at} ${this.#nodeId}`)
  }

  #recordNode(): string {
    return (this.#nodeOfRecord ??= nodeOfRecord(this.#record as FormatRecord))
  }
}
