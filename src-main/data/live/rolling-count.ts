const seconds = 64

/** A count over the last seconds of this machine's clock, with one bucket per second. */
export class RollingCount {
  readonly #buckets = new Float64Array(seconds)
  readonly #startedSecond: number
  #second: number

  constructor(nowMs: number) {
    this.#startedSecond = Math.floor(nowMs / 1000)
    this.#second = this.#startedSecond
  }

  add(count: number, nowMs: number): void {
    this.#moveTo(nowMs)
    this.#buckets[this.#second % seconds] = (this.#buckets[this.#second % seconds] ?? 0) + count
  }

  /** Sum of the last `span` whole seconds (at most 60), without the current second. */
  sum(span: number, nowMs: number): number {
    this.#moveTo(nowMs)
    const whole = Math.min(span, this.#second - this.#startedSecond)
    let sum = 0
    for (let back = 1; back <= whole; back++) sum += this.#buckets[(this.#second - back) % seconds] ?? 0
    return sum
  }

  /** Average per second over the last `span` seconds, or since the start if that is shorter. */
  perSecond(span: number, nowMs: number): number {
    const sum = this.sum(span, nowMs)
    return sum / Math.max(1, Math.min(span, this.#second - this.#startedSecond))
  }

  /** After the clock was set back, the newest bucket keeps counting. */
  #moveTo(nowMs: number): void {
    const second = Math.floor(nowMs / 1000)
    const steps = Math.min(second - this.#second, seconds)
    for (let step = 1; step <= steps; step++) this.#buckets[(this.#second + step) % seconds] = 0
    this.#second = Math.max(this.#second, second)
  }
}
