import { formatReason } from '../readings.ts'
import type { FormatName } from '../format-name.ts'
import type { Rejection, RejectionCode } from '../../sample.ts'

/** Refused things that a reason names. */
const namedAtMost = 3

/** What is wrong in a record of which other things are fine. */
export class Refusals {
  readonly #format: FormatName
  readonly #reasons: string[] = []
  #code: RejectionCode = 'wrong-shape'
  #count = 0

  constructor(format: FormatName) {
    this.#format = format
  }

  get count(): number {
    return this.#count
  }

  /** @param what what was expected and found */
  add(code: RejectionCode, field: string, what: string): void {
    if (this.#count === 0) this.#code = code
    if (this.#count < namedAtMost) this.#reasons.push(formatReason(this.#format, field, what))
    this.#count++
  }

  /** All of them as one; `undefined` without any. The code is that of the first. */
  get rejection(): Rejection | undefined {
    if (this.#count === 0) return undefined
    const more = this.#count - this.#reasons.length
    return { code: this.#code, reason: [...this.#reasons, ...(more > 0 ? [`and ${more} more`] : [])].join('; ') }
  }
}
