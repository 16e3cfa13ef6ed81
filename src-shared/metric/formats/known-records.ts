import { KnownJson } from './known-json.ts'
import { KnownLines } from './known-lines.ts'
import type { RecordReading } from './record-part.ts'

const brace = 0x7b
/** So many records are remembered without a use before only some are: each of them may be written in its own way. */
const uselessAtMost = 4_096
/** One of so many is remembered then. */
const rarely = 64

/**
 * Reads records that are written like earlier ones, many times faster than `readRecord`: of Telegraf, as JSON or lines.
 * **Invariant**: what it returns for a record is what `readRecord` returns, whatever it has read before.
 */
export class KnownRecords {
  readonly #lines = new KnownLines()
  readonly #json = new KnownJson()
  /** Records remembered since one was known. */
  #useless = 0

  /** @returns a reading that is valid until the next call; `undefined`: not known, so `readRecord` must read it */
  read(bytes: Uint8Array, start: number, end: number): RecordReading | undefined {
    if (start < 0 || start >= end) return undefined
    const reading = (bytes[start] === brace ? this.#json : this.#lines).read(bytes, start, end)
    if (reading) this.#useless = 0
    return reading
  }

  /** Remembers how a record is written. @param reading what `readRecord` has made of it */
  learn(value: Uint8Array, reading: RecordReading): void {
    const isCandidate =
      (reading.kind === 'passed' && reading.why === 'no-numbers') ||
      (reading.kind === 'parts' && isKnowable(reading.parts[0]?.shape.format))
    if (!isCandidate) return
    this.#useless++
    if (this.#useless > uselessAtMost && this.#useless % rarely !== 0) return
    if (value[0] === brace) this.#json.learn(value, reading)
    else this.#lines.learn(value, reading)
  }

  /** Forgets the bytes of the last record, which can be a whole fetch response. */
  close(): void {
    this.#lines.close()
    this.#json.close()
  }
}

function isKnowable(format: string | undefined): boolean {
  return format === 'telegraf-json' || format === 'influx-line'
}
