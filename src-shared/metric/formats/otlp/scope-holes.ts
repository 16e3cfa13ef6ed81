/** What is at a place of a message that differs from one message to the next. */
export const hole = {
  /** `time_unix_nano`, the same of all points. */
  time: 0,
  /** Numbers that ReMo does not store: the start of counters, buckets. */
  ignored: 1,
  /** `start_time_unix_nano` of a delta. */
  start: 2,
  double: 3,
  int: 4,
  /** An unsigned number. */
  count: 5,
  deltaDouble: 6,
  deltaInt: 7,
} as const
export type HoleKind = (typeof hole)[keyof typeof hole]

/** A place in a message. `factor`: of a value, what it is multiplied by. */
export interface Hole {
  readonly from: number
  readonly to: number
  readonly kind: HoleKind
  readonly factor: number
}

/** A number of 8 bytes and where it is. */
const numberBytes = 8

/** Where the fields of a data point are; -1: it has none. */
export interface PointPlaces {
  readonly startAt: number
  readonly timeAt: number
}

/** Collects the places of times and values while a scope is read, to make a template of it. */
export class ScopeHoles {
  readonly holes: Hole[] = []
  /** How many values the holes have. */
  valueCount = 0
  /** Whether a template cannot read the message: by the order of its fields, or a value that has no place. */
  isOdd = false

  /** Of a gauge or sum. */
  number(
    { startAt, timeAt }: PointPlaces,
    valueAt: number,
    value: { readonly kind: HoleKind; readonly factor: number },
  ): void {
    const isDelta = value.kind === hole.deltaDouble || value.kind === hole.deltaInt
    if (isDelta && !(startAt < valueAt && timeAt < valueAt)) this.isOdd = true
    this.#add(startAt, isDelta ? hole.start : hole.ignored)
    this.#add(timeAt, hole.time)
    this.#add(valueAt, value.kind, value.factor)
  }

  /** Of a histogram that counts from a fixed start. */
  distribution({ startAt, timeAt }: PointPlaces, countAt: number, sumAt: number): void {
    this.#add(startAt, hole.ignored)
    this.#add(timeAt, hole.time)
    this.#add(countAt, hole.count)
    this.#add(sumAt, hole.double)
    if (sumAt !== -1 && sumAt < countAt) this.isOdd = true
  }

  /** Numbers that nobody needs. */
  ignore(from: number, to: number): void {
    this.holes.push({ from, to, kind: hole.ignored, factor: 1 })
  }

  /** In the order of the message. */
  get sorted(): readonly Hole[] {
    return this.holes.sort((a, b) => a.from - b.from)
  }

  #add(at: number, kind: HoleKind, factor = 1): void {
    if (at === -1) return
    this.holes.push({ from: at, to: at + numberBytes, kind, factor })
    if (kind > hole.start) this.valueCount++
  }
}
