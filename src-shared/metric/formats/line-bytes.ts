import { ByteReader, type Literal } from '../byte-reader.ts'
import { bytesOf } from '../utf8.ts'
import { epochMs } from './timestamps.ts'

const [newline, space, quote, plus, comma, minus, zero, equals, backslash] = [
  0x0a, 0x20, 0x22, 0x2b, 0x2c, 0x2d, 0x30, 0x3d, 0x5c,
]
const [letterI, letterU] = [0x69, 0x75]
/** Booleans as Telegraf writes them, and their short forms. */
const booleans = ['true', 'false', 't', 'f'].map((text) => ({
  bytes: bytesOf(text),
  value: text.startsWith('t') ? 1 : 0,
}))
const nothing: Uint8Array = new Uint8Array(0)
/** Digits of a time in nanoseconds. */
const longestTime = 19

/**
 * Reads parts of a line of the line protocol between `at` and `end`, and moves `at` behind what it read. What it reads,
 * it reads as `LineParser` does. What it refuses may still be valid: it knows the usual forms only.
 */
export class LineBytes {
  readonly reader = new ByteReader()
  bytes = nothing
  at = 0
  end = 0
  /** The digits of the time that was read last, and what it was. */
  readonly #lastTime = new Uint8Array(longestTime)
  #lastTimeText: Literal = { view: new DataView(this.#lastTime.buffer), from: 0, length: 0 }
  #lastMs: number | undefined

  open(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.reader.open(bytes)
    this.reader.end = end
    this.at = start
    this.end = end
  }

  /** Forgets the bytes, which can be a whole fetch response. */
  close(): void {
    this.bytes = nothing
    this.reader.close()
  }

  /** The bytes of the field name that is next; `undefined` if it is not of the usual form. Moves to its equals sign. */
  fieldName(): Uint8Array | undefined {
    const { bytes, at: from, end } = this
    let i = from
    for (let byte = bytes[i] as number; byte !== equals; byte = bytes[++i] as number) {
      if (i >= end || byte <= space || byte === comma || byte === backslash || byte === quote) return undefined
    }
    if (i === from || i >= end) return undefined
    this.at = i
    return this.reader.slice(from, i)
  }

  /** Skips a text of printable ASCII without escapes. */
  skipText(): boolean {
    if (this.bytes[this.at] !== quote) return false
    this.reader.at = this.at + 1
    if (!this.reader.skipPlainText()) return false
    this.at = this.reader.at
    return true
  }

  /** A number or a boolean; NaN if it is refused. */
  number(): number {
    const { bytes, at } = this
    const isNegative = bytes[at] === minus
    const first = isNegative ? at + 1 : at
    let i = first
    let digits = 0
    let digit = (bytes[i] as number) - zero
    while (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit
      digit = (bytes[++i] as number) - zero
    }
    const next = bytes[i]
    if (next !== letterI && next !== letterU) return i === first && !isNegative ? this.#boolean() : this.#float()
    if (i === first || digits > Number.MAX_SAFE_INTEGER) return NaN
    if (!this.#endsAt(i + 1)) return NaN
    return isNegative ? -digits : digits
  }

  /** Epoch ms of the digits up to the end, of the usual lengths; `undefined` if they are refused. */
  time(): number | undefined {
    const end = this.bytes[this.end - 1] === newline ? this.end - 1 : this.end
    const length = end - this.at
    // Records of one time follow each other.
    if (length > 0 && length === this.#lastTimeText.length && this.reader.isAt(this.at, this.#lastTimeText)) {
      return this.#lastMs
    }
    const value = this.#timeDigits(end)
    if (value === undefined) return undefined
    this.#lastTime.set(this.bytes.subarray(this.at, end))
    this.#lastTimeText = { ...this.#lastTimeText, length }
    this.#lastMs = epochMs(value)
    return this.#lastMs
  }

  #timeDigits(end: number): number | undefined {
    const { bytes, at } = this
    const length = end - at
    // Nanoseconds are too long for a double: without their last six digits, they are milliseconds.
    const shown = length === longestTime ? end - 6 : length === 10 || length === 13 ? end : at
    if (shown === at) return undefined
    let value = 0
    for (let i = at; i < end; i++) {
      const digit = (bytes[i] as number) - zero
      if (!(digit >= 0 && digit <= 9)) return undefined
      if (i < shown) value = value * 10 + digit
    }
    return value
  }

  #boolean(): number {
    for (const { bytes, value } of booleans) {
      if (!bytes.every((byte, i) => this.bytes[this.at + i] === byte)) continue
      return this.#endsAt(this.at + bytes.length) ? value : NaN
    }
    return NaN
  }

  #float(): number {
    if (this.bytes[this.at] === plus) return NaN
    this.reader.at = this.at
    const value = this.reader.number()
    return this.#endsAt(this.reader.at) ? value : NaN
  }

  /** Whether a value ends before `at`. Moves there. */
  #endsAt(at: number): boolean {
    this.at = at
    const byte = this.bytes[at]
    return (byte === comma || byte === space) && at < this.end
  }
}
