import { hourMs, minuteMs, secondMs } from '../format/time-units.ts'
import { hashed } from './hashed.ts'
import { leadingDigits, longDecimal, moreDigits } from './long-decimal.ts'
import { parseTimestamp } from './timestamp.ts'

const quote = 0x22
const plus = 0x2b
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const colon = 0x3a
const backslash = 0x5c
/** Makes an ASCII letter lower case. */
const lowerCase = 0x20

/** Powers of ten that a double holds exactly. */
const powersOfTen = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))
const nothing = new Uint8Array(0)

/** Length of a date, and of a time of day, in a timestamp. */
const dateLength = 10
const shortestTimestamp = 20

/** Bytes to compare with. */
export interface Literal {
  readonly view: DataView
  readonly from: number
  readonly length: number
}

/**
 * Reads parts of a JSON text between `at` and `end`, and moves `at` behind what it read. What it reads, it reads as
 * `JSON.parse` and `parseTimestamp` do. What it refuses may still be valid: it knows the usual forms only. After a
 * refusal, `at` has no meaning.
 */
export class ByteReader {
  at = 0
  end = 0
  #bytes: Uint8Array = nothing
  #view: DataView = new DataView(nothing.buffer)
  /** The ten bytes of the date read last, and its begin in epoch ms. */
  #dateHigh = 0
  #dateMiddle = 0
  #dateLow = 0
  #dateMs = NaN

  /** Reads from these bytes from now on. */
  open(bytes: Uint8Array): void {
    if (this.#bytes === bytes) return
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Forgets the bytes, which can be a whole fetch response. */
  close(): void {
    this.open(nothing)
  }

  /** Copies bytes. */
  slice(from: number, to: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, from, to)
  }

  literal(literal: Literal): boolean {
    if (!this.isAt(this.at, literal)) return false
    this.at += literal.length
    return true
  }

  /** Whether these bytes begin at `start`. Compares four at a time. */
  isAt(start: number, { view, from, length }: Literal): boolean {
    const mine = this.#view
    const end = start + length
    if (end > this.end) return false
    if (length < 4) {
      for (let i = 0; i < length; i++) if (mine.getUint8(start + i) !== view.getUint8(from + i)) return false
      return true
    }
    let expected = from
    for (let i = start; i <= end - 4; i += 4, expected += 4) {
      if (mine.getInt32(i) !== view.getInt32(expected)) return false
    }
    return mine.getInt32(end - 4) === view.getInt32(from + length - 4)
  }

  hash(from: number, to: number, seed: number): number {
    const bytes = this.#bytes
    let hash = seed
    for (let i = from; i < to; i++) hash = hashed(hash, bytes[i] as number)
    return hash
  }

  /**
   * Hash of the bytes from `at` to the next `byte`, four at a time. Moves there; to `end` if the byte is not among those
   * up to the last three.
   */
  hashUntil(byte: number): number {
    const view = this.#view
    const last = this.end - 4
    const pattern = Math.imul(byte, 0x01010101)
    let hash = 0
    for (let i = this.at; i <= last; i += 4) {
      const word = view.getInt32(i, true)
      const others = word ^ pattern
      // The lowest bit is in the first byte that is equal; those above it may be wrong.
      const found = (others - 0x01010101) & ~others & 0x80808080
      if (found === 0) {
        hash = mixed(hash, word)
        continue
      }
      const bits = 31 - Math.clz32(found & -found) - 7
      this.at = i + (bits >> 3)
      return mixed(hash, word & ((1 << bits) - 1))
    }
    this.at = this.end
    return hash
  }

  /** Skips the rest of a text behind its first quote. Only finds its end: does not check what is in it. */
  skipText(): boolean {
    const bytes = this.#bytes
    for (let i = this.at; i < this.end; i++) {
      const byte = bytes[i]
      if (byte === backslash) i++
      else if (byte === quote) {
        this.at = i + 1
        return true
      }
    }
    return false
  }

  /** Skips the rest of a text behind its first quote. Reads printable ASCII without escapes. */
  skipPlainText(): boolean {
    const bytes = this.#bytes
    for (let i = this.at; i < this.end; i++) {
      const byte = bytes[i] as number
      if (byte === quote) {
        this.at = i + 1
        return true
      }
      if (byte < 0x20 || byte > 0x7e || byte === backslash) return false
    }
    return false
  }

  /** A number, with the same bits as `JSON.parse` returns; NaN if it is refused. */
  number(): number {
    const bytes = this.#bytes
    let i = this.at
    const isNegative = bytes[i] === minus
    if (isNegative) i++
    const first = i
    let digits = 0
    let digit = (bytes[i] as number) - zero
    while (isDigitValue(digit)) {
      digits = digits * 10 + digit
      digit = (bytes[++i] as number) - zero
    }
    if (!isWholePart(bytes[first], i - first)) return NaN
    let decimals = 0
    if (digit === point - zero) {
      const begin = ++i
      digit = (bytes[i] as number) - zero
      while (isDigitValue(digit)) {
        digits = digits * 10 + digit
        digit = (bytes[++i] as number) - zero
      }
      decimals = i - begin
      if (decimals === 0) return NaN
    }
    if (!isExact(digits, decimals) || isExponent(bytes[i])) return this.#longNumber(i, decimals)
    this.at = i
    if (decimals > 0) digits /= powersOfTen[decimals] as number
    return isNegative ? -digits : digits
  }

  /** The number from `at`, whose digits end at `end`, maybe with an exponent. */
  #longNumber(end: number, decimals: number): number {
    const bytes = this.#bytes
    let i = end
    if (!isExponent(bytes[i]) && decimals < powersOfTen.length) {
      const decimal = this.#longDecimal(end, powersOfTen[decimals] as number)
      if (!Number.isNaN(decimal)) {
        this.at = end
        return decimal
      }
    }
    if (isExponent(bytes[i])) {
      i++
      if (bytes[i] === plus || bytes[i] === minus) i++
      const first = i
      while (isDigit(bytes[i])) i++
      if (i === first) return NaN
    }
    const number = Number(asciiText(bytes, this.at, i))
    this.at = i
    return Number.isFinite(number) ? number : NaN
  }

  /** The number from `at` to `end` without an exponent; NaN if it has too many digits, or is hard to round. */
  #longDecimal(end: number, divisor: number): number {
    const bytes = this.#bytes
    let [leading, more, count] = [0, 0, 0]
    for (let i = this.at; i < end; i++) {
      const digit = (bytes[i] as number) - zero
      if (!isDigitValue(digit) || (count === 0 && digit === 0)) continue
      if (count++ < leadingDigits) leading = leading * 10 + digit
      else more = more * 10 + digit
    }
    if (count <= leadingDigits || count > leadingDigits + moreDigits) return NaN
    const scale = powersOfTen[count - leadingDigits] as number
    const magnitude = longDecimal(leading, { scale, more, divisor })
    return bytes[this.at] === minus ? -magnitude : magnitude
  }

  /** Epoch ms of a timestamp behind its first quote, and that behind its last one; NaN if it is refused. */
  timestamp(): number {
    const bytes = this.#bytes
    const start = this.at
    if (start + shortestTimestamp >= this.end) return NaN
    const separator = (bytes[start + 10] as number) | lowerCase
    if (separator !== 0x74 || bytes[start + 13] !== colon || bytes[start + 16] !== colon) return NaN
    const date = this.#date(start)
    const time = timeMs(this.#twoDigits(start + 11), this.#twoDigits(start + 14), this.#twoDigits(start + 17))
    this.at = start + 19
    const fraction = bytes[this.at] === point ? this.#fraction() : 0
    const zone = this.#zone()
    if (bytes[this.at++] !== quote) return NaN
    return date + time + fraction - zone
  }

  #date(start: number): number {
    const view = this.#view
    const high = view.getInt32(start)
    const middle = view.getInt32(start + 4)
    const low = view.getInt16(start + 8)
    if (high === this.#dateHigh && middle === this.#dateMiddle && low === this.#dateLow) return this.#dateMs
    this.#dateHigh = high
    this.#dateMiddle = middle
    this.#dateLow = low
    this.#dateMs = parseTimestamp(`${asciiText(this.#bytes, start, start + dateLength)}T00:00:00Z`) ?? NaN
    return this.#dateMs
  }

  /** Milliseconds of one to nine digits behind a point. */
  #fraction(): number {
    const bytes = this.#bytes
    const first = this.at + 1
    let i = first
    let ms = 0
    for (let digit = (bytes[i] as number) - zero; isDigitValue(digit); digit = (bytes[++i] as number) - zero) {
      if (i < first + 3) ms = ms * 10 + digit
    }
    const length = i - first
    if (length === 0 || length > 9) return NaN
    this.at = i
    return length === 1 ? ms * 100 : length === 2 ? ms * 10 : ms
  }

  #zone(): number {
    const bytes = this.#bytes
    const sign = bytes[this.at++] as number
    if ((sign | lowerCase) === 0x7a) return 0
    if ((sign !== plus && sign !== minus) || bytes[this.at + 2] !== colon) return NaN
    const ms = timeMs(this.#twoDigits(this.at), this.#twoDigits(this.at + 3), 0)
    this.at += 5
    return sign === plus ? ms : -ms
  }

  /** 100 if these are not two digits. */
  #twoDigits(at: number): number {
    const high = (this.#bytes[at] as number) - zero
    const low = (this.#bytes[at + 1] as number) - zero
    return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : 100
  }
}

function timeMs(hour: number, minute: number, second: number): number {
  return hour < 24 && minute < 60 && second < 60 ? hour * hourMs + minute * minuteMs + second * secondMs : NaN
}

/** One step of the hash of four bytes each. Its low bits depend on all of them. */
function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1)
  return product ^ (product >>> 15)
}

/** JSON has no number that begins with a point, or with a zero before another digit. */
function isWholePart(first: number | undefined, length: number): boolean {
  return length === 1 || (length > 1 && first !== zero)
}

/** Whether both are exact doubles. Then one division rounds once, so it returns the nearest double. */
function isExact(digits: number, decimals: number): boolean {
  return digits <= Number.MAX_SAFE_INTEGER && decimals < powersOfTen.length
}

function isDigitValue(digit: number): boolean {
  return digit >= 0 && digit <= 9
}

function isExponent(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= 0x39
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode.apply(undefined, bytes.subarray(from, to) as unknown as number[])
}
