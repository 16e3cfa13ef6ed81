import {
  clockSkewText,
  noSkew,
  skewAt,
  withReading,
  type ClockReading,
  type ClockSkew,
} from '#shared/health/clock-skew.ts'
import type { StoreNotice } from '../../store/store-types.ts'

/** Of the records of this time, the fastest counts: it tells the most. */
const windowMs = 10_000
/** So long after an answer of Kafka, records are not asked. */
const answersCountMs = 60_000

/** The clock of this computer compared with that of Kafka. Only for the operator: the evaluation uses event time. */
export class BrokerClock {
  #skew: ClockSkew = noSkew
  #answeredAt = -Infinity
  #window: { readonly since: number; fastest: ClockReading } | undefined

  add(reading: ClockReading): void {
    const { at } = reading
    if (reading.isAnswer) {
      this.#answeredAt = at
      this.#window = undefined
      this.#skew = withReading(this.#skew, reading)
      return
    }
    if (Math.abs(at - this.#answeredAt) < answersCountMs) return
    const window = (this.#window ??= { since: at, fastest: reading })
    if (reading.skewMs < window.fastest.skewMs) window.fastest = reading
    if (Math.abs(at - window.since) < windowMs) return
    this.#window = undefined
    this.#skew = withReading(this.#skew, { ...window.fastest, at })
  }

  notices(now: number): StoreNotice[] {
    const skewMs = skewAt(this.#skew, now)
    return skewMs === undefined ? [] : [{ id: 'clock-skew', severity: 'warning', text: clockSkewText(skewMs) }]
  }

  /** This computer slept, or its clock was set back: what is known is void. */
  clear(): void {
    this.#skew = noSkew
    this.#answeredAt = -Infinity
    this.#window = undefined
  }
}
