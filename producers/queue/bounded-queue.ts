import { type ProducerRecord, recordSize } from '../../src-kafka/produce/producer-record.ts'

export interface QueueLimits {
  readonly records: number
  readonly bytes: number
}

/** First in, first out, within limits. Above them it drops the oldest records, because operators need the newest. */
export class BoundedQueue {
  readonly #limits: QueueLimits
  #records: ProducerRecord[] = []
  #head = 0
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get length(): number {
    return this.#records.length - this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @returns how many of the oldest records were dropped */
  add(record: ProducerRecord): number {
    this.#records.push(record)
    this.#bytes += recordSize(record)
    let dropped = 0
    while (this.length > 1 && (this.length > this.#limits.records || this.#bytes > this.#limits.bytes)) {
      this.#shift()
      dropped++
    }
    this.#compact()
    return dropped
  }

  /** Removes the oldest records, at most `limits`, but at least one if there is one. */
  take(limits: QueueLimits): ProducerRecord[] {
    const taken: ProducerRecord[] = []
    let bytes = 0
    for (let next = this.#records[this.#head]; next; next = this.#records[this.#head]) {
      bytes += recordSize(next)
      if (taken.length > 0 && (taken.length >= limits.records || bytes > limits.bytes)) break
      taken.push(next)
      this.#shift()
    }
    this.#compact()
    return taken
  }

  #shift(): void {
    const oldest = this.#records[this.#head]
    if (!oldest) return
    this.#bytes -= recordSize(oldest)
    this.#head++
  }

  /** Copies the array only when half of it is free, which costs O(1) per record. */
  #compact(): void {
    if (this.#head < 1024 || this.#head * 2 < this.#records.length) return
    this.#records = this.#records.slice(this.#head)
    this.#head = 0
  }
}
