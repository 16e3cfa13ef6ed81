const bucketMs = 5_000
/** Whole intervals that are kept, and the one that fills. */
const kept = 24
const buckets = kept + 1

/** How many records came in each of the last intervals of 5 s, by this machine's clock. */
export class RateTrend {
  readonly #counts = new Uint32Array(buckets)
  readonly #startedAt: number
  #bucket: number

  constructor(nowMs: number) {
    this.#startedAt = nowMs
    this.#bucket = Math.floor(nowMs / bucketMs)
  }

  add(count: number, nowMs: number): void {
    this.#moveTo(nowMs)
    const i = this.#bucket % buckets
    this.#counts[i] = (this.#counts[i] ?? 0) + count
  }

  /** Records a second in the last two whole intervals; in the first 5 s, since the start. */
  perSecond(nowMs: number): number {
    const whole = this.#whole(nowMs, 2)
    if (whole.length === 0) {
      const seconds = Math.max(1, (nowMs - this.#startedAt) / 1000)
      return (this.#counts[this.#bucket % buckets] ?? 0) / seconds
    }
    return whole.reduce((sum, count) => sum + count, 0) / (whole.length * (bucketMs / 1000))
  }

  /** Records a second in each whole interval, oldest first. */
  trend(nowMs: number): number[] {
    return this.#whole(nowMs, kept).map((count) => count / (bucketMs / 1000))
  }

  /** Counts of the last whole intervals after that of the start, oldest first. */
  #whole(nowMs: number, atMost: number): number[] {
    this.#moveTo(nowMs)
    const since = this.#bucket - Math.floor(this.#startedAt / bucketMs) - (this.#startedAt % bucketMs === 0 ? 0 : 1)
    const length = Math.max(0, Math.min(atMost, since))
    return Array.from({ length }, (_, i) => this.#counts[(this.#bucket - length + i) % buckets] ?? 0)
  }

  /** After the clock was set back, the newest interval keeps counting. */
  #moveTo(nowMs: number): void {
    const bucket = Math.floor(nowMs / bucketMs)
    const steps = Math.min(bucket - this.#bucket, buckets)
    for (let step = 1; step <= steps; step++) this.#counts[(this.#bucket + step) % buckets] = 0
    this.#bucket = Math.max(this.#bucket, bucket)
  }
}
