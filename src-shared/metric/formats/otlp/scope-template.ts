import { leastMs, nanoTimeOf, secondsBetween, type NanoTime } from './otlp-time.ts'
import type { Counted, OpenPart, PartRoot, PartStep } from './part-step.ts'
import { hole, type ScopeHoles } from './scope-holes.ts'
import type { WireReader } from './wire-reader.ts'

const twoTo32 = 4_294_967_296
/** Longer messages have no template. */
const lengthAtMost = 262_144
/** Templates of one length. The one that matched last is tried first. */
const sameLengthAtMost = 8
/** Templates without a match yet. With more, only some messages become a template. */
const unusedAtMost = 4_096
const pause = 32
/** Bytes of a template that count as one entry of the memo. */
const bytesOfEntry = 128

/** A message ScopeMetrics of which only times and values differ, and the part that it gives. */
export interface ScopeTemplate {
  readonly root: PartRoot
  /** The last data point. */
  readonly step: PartStep
  readonly view: DataView
  readonly from: Int32Array
  readonly to: Int32Array
  readonly kinds: Uint8Array
  readonly factors: Float64Array
  /** Values of the message that it was made of. */
  readonly sample: readonly number[]
  isUsed: boolean
}

/** A part that a message gave, and where its values are. `known`: templates of its resource. */
interface MadePart {
  readonly part: OpenPart
  readonly holes: ScopeHoles
  readonly known: Map<number, ScopeTemplate>
}

/**
 * Templates of messages. A host sends the same bytes again and again, but for times and values. So most messages are
 * compared with the one before, and their numbers are read from between what is equal. **Invariant**: a match gives what
 * reading the message gives. Whatever would be refused or left out is no match.
 */
export class ScopeTemplates {
  /** Time of the points of the message that matched last, epoch ms. */
  at = 0
  readonly #byLength = new Map<number, ScopeTemplate[]>()
  readonly #counted: Counted
  #unused = 0
  /** Values of the message that is compared. */
  #values = new Float64Array(0)
  #paused = 0

  constructor(counted: Counted) {
    this.#counted = counted
  }

  /**
   * The template that the bytes from the reader's place to `end` match.
   * @param known templates of the resource, which are tried first
   */
  find(reader: WireReader, end: number, known: Map<number, ScopeTemplate>): ScopeTemplate | undefined {
    const length = end - reader.at
    const expected = known.get(length)
    if (expected !== undefined && this.#matches(expected, reader)) return this.#used(expected)
    const templates = this.#byLength.get(length)
    if (templates === undefined) return undefined
    for (let i = 0; i < templates.length; i++) {
      const template = templates[i] as ScopeTemplate
      if (template === expected || !this.#matches(template, reader)) continue
      if (i > 0) {
        templates.splice(i, 1)
        templates.unshift(template)
      }
      known.set(length, template)
      return this.#used(template)
    }
    return undefined
  }

  #used(template: ScopeTemplate): ScopeTemplate {
    if (!template.isUsed) this.#unused--
    template.isUsed = true
    return template
  }

  /** Values of the message that matched this template last, in the order of its part. */
  valuesOf({ sample }: ScopeTemplate): number[] {
    const read = this.#values
    // A copy is an array of doubles from the start, and has its length.
    const values = sample.slice()
    for (let i = 0; i < values.length; i++) values[i] = read[i] as number
    return values
  }

  /** Whether the next message may become a template. */
  get isLearning(): boolean {
    if (this.#unused <= unusedAtMost) return true
    this.#paused = (this.#paused + 1) % pause
    return this.#paused === 0
  }

  /** Makes a template of the message from `start` to the reader's place, which gave this part. */
  add({ bytes, at: end }: WireReader, start: number, { part, holes, known }: MadePart): void {
    const length = end - start
    if (length > lengthAtMost || holes.isOdd || holes.valueCount !== part.values.length) return
    const sorted = holes.sorted
    const template: ScopeTemplate = {
      root: part.root,
      step: part.step,
      view: new DataView(Uint8Array.from(bytes.subarray(start, end)).buffer),
      from: Int32Array.from(sorted, ({ from }) => from - start),
      to: Int32Array.from(sorted, ({ to }) => to - start),
      kinds: Uint8Array.from(sorted, ({ kind }) => kind),
      factors: Float64Array.from(sorted, ({ factor }) => factor),
      sample: doubles(part.values),
      isUsed: false,
    }
    if (this.#values.length < part.values.length) this.#values = new Float64Array(part.values.length * 2)
    this.#keep(template, length)
    known.set(length, template)
  }

  #keep(template: ScopeTemplate, length: number): void {
    const templates = this.#byLength.get(length)
    if (templates === undefined) this.#byLength.set(length, [template])
    else {
      templates.unshift(template)
      const last = templates.length > sameLengthAtMost ? templates.pop() : undefined
      if (last && !last.isUsed) this.#unused--
    }
    this.#unused++
    this.#counted.count += 1 + Math.ceil(length / bytesOfEntry)
  }

  /** Reads times and values into `at` and `values`. They have no meaning if it is no match. */
  #matches({ view: known, from, to, kinds, factors }: ScopeTemplate, { view, at: start }: WireReader): boolean {
    const values = this.#values
    let width = 0
    let timeAt = -1
    let [high, low] = [0, 0]
    let startAt = 0
    let behind = 0
    for (let i = 0; i < kinds.length; i++) {
      const place = from[i] as number
      if (!isSame(view, start, known, behind, place)) return false
      behind = to[i] as number
      const at = start + place
      const kind = kinds[i] as number
      if (kind === hole.ignored) continue
      if (kind > hole.start) {
        const raw = numberAt(view, at, kind)
        const inSeconds = kind < hole.deltaDouble ? raw : raw / secondsFrom(view, startAt, timeAt)
        const value = inSeconds * (factors[i] as number)
        if (!Number.isFinite(value)) return false
        values[width++] = value
      } else if (kind === hole.start) startAt = at
      else if (timeAt === -1) {
        timeAt = at
        low = view.getInt32(at, true)
        high = view.getInt32(at + 4, true)
      } else if (view.getInt32(at, true) !== low || view.getInt32(at + 4, true) !== high) return false
    }
    return isSame(view, start, known, behind, known.byteLength) && this.#readTime(view, timeAt)
  }

  #readTime(view: DataView, timeAt: number): boolean {
    if (timeAt === -1) return false
    this.at = nanoTimeAt(view, timeAt).ms
    return this.at >= leastMs
  }
}

/** Whether two messages have the same bytes between two places. Compares eight at a time. */
// eslint-disable-next-line max-params -- the hottest comparison of all
function isSame(view: DataView, start: number, known: DataView, from: number, to: number): boolean {
  const last = to - 8
  if (last < from) {
    for (let i = from; i < to; i++) if (view.getUint8(start + i) !== known.getUint8(i)) return false
    return true
  }
  for (let i = from; i < last; i += 8) {
    if (view.getBigInt64(start + i, true) !== known.getBigInt64(i, true)) return false
  }
  return view.getBigInt64(start + last, true) === known.getBigInt64(last, true)
}

/** The same numbers in an array that holds doubles, also if all of them are whole. */
function doubles(values: readonly number[]): number[] {
  const copy = [0.5]
  copy.length = 0
  for (const value of values) copy.push(value)
  return copy
}

function numberAt(view: DataView, at: number, kind: number): number {
  if (kind === hole.double || kind === hole.deltaDouble) return view.getFloat64(at, true)
  const low = view.getUint32(at, true)
  const high = kind === hole.count ? view.getUint32(at + 4, true) : view.getInt32(at + 4, true)
  return high * twoTo32 + low
}

/** Seconds of the interval of a delta; NaN without one. */
function secondsFrom(view: DataView, startAt: number, timeAt: number): number {
  const start = nanoTimeAt(view, startAt)
  const seconds = start.ms < leastMs ? 0 : secondsBetween(start, nanoTimeAt(view, timeAt))
  return seconds > 0 ? seconds : NaN
}

function nanoTimeAt(view: DataView, at: number): NanoTime {
  return nanoTimeOf(view.getUint32(at + 4, true), view.getUint32(at, true))
}
