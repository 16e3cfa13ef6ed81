import { type ProducerRecord, recordSize } from '../../src-kafka/produce/producer-record.ts'

export interface QueueLimits {
  readonly records: number
  readonly bytes: number
}

/** First in, first out, within limits: what is too much pushes out the oldest, because the newest is what an operator needs. */
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

  /** @returns how many of the oldest records were dropped to make room */
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

  /** Removes the oldest records, at most `limits`, at least one where there is one. */
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

  /** Cutting the array at every step would copy it each time; cutting it when half is gone costs O(1) a record. */
  #compact(): void {
    if (this.#head < 1024 || this.#head * 2 < this.#records.length) return
    this.#records = this.#records.slice(this.#head)
    this.#head = 0
  }
}
