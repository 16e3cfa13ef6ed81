import { ByteReader, type Literal } from '../byte-reader.ts'
import { bytesOf, textOf } from '../utf8.ts'
import { hashed, hashOf, KnownFields, knownFieldsAtMost, valueKind, type NameHash } from './known-fields.ts'
import { KnownPart, roomFor } from './known-part.ts'
import { LineParser, type Line } from './line-parser.ts'
import { passed, shapeIn } from './readings.ts'
import type { PartShape, RecordReading } from './record-part.ts'
import { isUnknownSpeed, speedField, speedMeasurement } from './telegraf-fields.ts'
import { hostTag } from './telegraf-part.ts'
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
const noNumbers = passed('no-numbers')

/** A longer line is not known. */
const longest = 16_384
const longestStart = 1_024
/** Starts of lines that are known. Everything is forgotten when there are more. */
const startsAtMost = 65_536
const sameHashAtMost = 8
const variantsAtMost = 8

/** The fields of a record, and the shape that the reader made of them. */
interface Variant {
  readonly shape: PartShape
  /** Numbers of the fields, in the order of the shape. */
  readonly ids: readonly number[]
  /** Of the record that is read. */
  readonly values: number[]
}

/** What lines with the same measurement and tags have in common, on all nodes. */
interface Group {
  readonly fields: KnownFields
  /** By field: the field behind it in the line before. */
  readonly next: Int16Array
  /** Number of `net.speed`, whose -1 is no value; -1 otherwise. */
  readonly speed: number
  /** The newest match first. */
  readonly variants: Variant[]
}

/** The begin of a line: measurement, tags and the space behind them. */
interface Start {
  readonly text: Literal
  readonly nodeId: string
  readonly group: Group
  /** The start of the line behind the last one like this. */
  following: Start | undefined
  readonly sameHash: Start | undefined
}

/**
 * Reads lines that are written like earlier ones, from their bytes. It knows the usual forms: one line with a time and
 * without escapes. **Invariant**: it reads a record as the reader of lines does, or refuses it, whatever it has read
 * before.
 */
export class KnownLines {
  readonly #reader = new ByteReader()
  readonly #starts = new Map<number, Start>()
  readonly #groups = new Map<string, Group>()
  readonly #name: NameHash = { hash: 0, length: 0 }
  #startCount = 0
  #last: Start | undefined
  #bytes = nothing
  #at = 0
  #end = 0
  /** Values of the record by field, valid if `#seen` has the number of the record. */
  readonly #values = new Float64Array(knownFieldsAtMost)
  readonly #seen = new Uint32Array(knownFieldsAtMost)
  #record = 0
  readonly #part = new KnownPart()
  /** Fields of the record with a number. */
  #count = 0

  /**
   * Reads the line from `start` to `end`.
   * @returns a reading that is valid until the next call; `undefined` if it is not known: then the reader must read it
   */
  read(bytes: Uint8Array, start: number, end: number): RecordReading | undefined {
    if (end - start > longest) return undefined
    this.#open(bytes, start, end)
    const line = this.#startAt(start)
    if (!line) return undefined
    this.#at = start + line.text.length
    if (!this.#readFields(line.group, false)) return undefined
    const at = this.#time()
    const variant = at === undefined ? undefined : this.#variant(line.group)
    if (at === undefined || (!variant && this.#count > 0)) return undefined
    if (this.#last) this.#last.following = line
    this.#last = line
    if (!variant) return noNumbers
    const { ids, values } = variant
    for (let i = 0; i < ids.length; i++) values[i] = this.#values[ids[i] as number] as number
    return this.#part.of(line.nodeId, at, variant)
  }

  /** Remembers how a line is written. @param reading what the reader of lines has made of it */
  learn(value: Uint8Array, reading: RecordReading): void {
    const shape = shapeIn(reading)
    const line = shape === undefined || value.length > longest ? undefined : usualLine(value)
    const nodeId = line?.tags.find(([key]) => key === hostTag)?.[1]
    if (!line || nodeId === undefined) return
    const length = value.indexOf(space) + 1
    if (length > longestStart) return
    if (this.#startCount >= startsAtMost) this.#forget()
    const group = this.#groupOf(line)
    this.#open(value, 0, value.length)
    this.#at = length
    // Starts and names of fields outlive the record, whose bytes can be a whole fetch response.
    if (!this.#readFields(group, true) || this.#time() === undefined) return
    if (shape && this.#variant(group) === undefined && !this.#addVariant(group, line, shape)) return
    this.#addStart({ length, nodeId, group })
  }

  /** Forgets the bytes, which can be a whole fetch response. */
  close(): void {
    this.#bytes = nothing
    this.#reader.close()
  }

  #open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes
    this.#reader.open(bytes)
    this.#reader.end = end
    this.#at = start
    this.#end = end
  }

  #forget(): void {
    this.#starts.clear()
    this.#groups.clear()
    this.#startCount = 0
    this.#last = undefined
  }

  #startAt(from: number): Start | undefined {
    const expected = this.#last?.following
    if (expected && this.#reader.isAt(from, expected.text)) return expected
    const bytes = this.#bytes
    const end = Math.min(this.#end, from + longestStart)
    let hash = 0
    for (let i = from; i < end; i++) {
      const byte = bytes[i] as number
      if (byte === space) return this.#startWith(hash, from, i + 1 - from)
      if (byte === backslash || byte === newline) return undefined
      hash = hashed(hash, byte)
    }
    return undefined
  }

  #startWith(hash: number, from: number, length: number): Start | undefined {
    let start = this.#starts.get(hash)
    while (start && !(start.text.length === length && this.#reader.isAt(from, start.text))) start = start.sameHash
    return start
  }

  /** Reads the fields from `#at` on, and the space behind them. @param isLearning new names are added */
  #readFields(group: Group, isLearning: boolean): boolean {
    this.#record = this.#record === 0xffff_ffff ? 1 : this.#record + 1
    if (this.#record === 1) this.#seen.fill(0)
    this.#count = 0
    let before = -1
    do {
      const id = this.#field(group, before, isLearning)
      if (id < 0 || this.#seen[id] === this.#record) return false
      this.#seen[id] = this.#record
      if (!this.#readValue(group, id)) return false
      if (before >= 0) group.next[before] = id
      before = id
    } while (this.#bytes[this.#at++] === comma && this.#at < this.#end)
    return this.#bytes[this.#at - 1] === space
  }

  /** The number of the field whose name and equals sign are at `#at`; -1 if it is unknown. Moves behind them. */
  #field({ fields, next }: Group, before: number, isLearning: boolean): number {
    const bytes = this.#bytes
    const from = this.#at
    const likely = before < 0 ? -1 : (next[before] as number)
    if (likely >= 0) {
      const end = from + fields.lengthOf(likely)
      if (bytes[end] === equals && fields.isAt(this.#reader, from, likely)) {
        this.#at = end + 1
        return likely
      }
    }
    let hash = 0
    let i = from
    for (; i < this.#end; i++) {
      const byte = bytes[i] as number
      if (byte === equals) break
      if (byte <= space || byte === comma || byte === backslash || byte === quote) return -1
      hash = hashed(hash, byte)
    }
    if (i === from || i >= this.#end) return -1
    this.#at = i + 1
    this.#name.hash = hash
    this.#name.length = i - from
    const known = fields.find(this.#reader, from, this.#name)
    if (known >= 0 || !isLearning) return known
    const kind = bytes[i + 1] === quote ? valueKind.text : valueKind.number
    return fields.add(this.#reader.slice(from, i), hash, kind)
  }

  #readValue({ fields, speed }: Group, id: number): boolean {
    if (fields.kinds[id] === valueKind.text) return this.#skipText()
    const value = this.#number()
    if (Number.isNaN(value)) return false
    if (value === -1 && id === speed) return true
    this.#values[id] = value
    this.#count++
    return true
  }

  /** Skips a text of printable ASCII without escapes. */
  #skipText(): boolean {
    if (this.#bytes[this.#at] !== quote) return false
    this.#reader.at = this.#at + 1
    if (!this.#reader.skipPlainText()) return false
    this.#at = this.#reader.at
    return true
  }

  /** A number or a boolean; NaN if it is refused. */
  #number(): number {
    const bytes = this.#bytes
    let i = this.#at
    const isNegative = bytes[i] === minus
    if (isNegative) i++
    const first = i
    let digits = 0
    let digit = (bytes[i] as number) - zero
    while (digit >= 0 && digit <= 9 && i < this.#end) {
      digits = digits * 10 + digit
      digit = (bytes[++i] as number) - zero
    }
    const next = bytes[i]
    if ((next === letterI || next === letterU) && i > first && i < this.#end) {
      if (digits > Number.MAX_SAFE_INTEGER) return NaN
      this.#at = i + 1
      return isNegative ? -digits : digits
    }
    return i === first && !isNegative ? this.#boolean() : this.#float()
  }

  #boolean(): number {
    for (const { bytes, value } of booleans) {
      if (!bytes.every((byte, i) => this.#bytes[this.#at + i] === byte)) continue
      this.#at += bytes.length
      return this.#isEndOfValue() ? value : NaN
    }
    return NaN
  }

  #float(): number {
    if (this.#bytes[this.#at] === plus) return NaN
    this.#reader.at = this.#at
    const value = this.#reader.number()
    this.#at = this.#reader.at
    return this.#isEndOfValue() ? value : NaN
  }

  #isEndOfValue(): boolean {
    const byte = this.#bytes[this.#at]
    return this.#at < this.#end && (byte === comma || byte === space)
  }

  /** Epoch ms of the digits up to the end, of the usual lengths. */
  #time(): number | undefined {
    const bytes = this.#bytes
    const end = bytes[this.#end - 1] === newline ? this.#end - 1 : this.#end
    const length = end - this.#at
    // Nanoseconds are too long for a double: without their last six digits, they are milliseconds.
    const isUsual = length === 19 || length === 10 || length === 13
    if (!isUsual) return undefined
    const shown = length === 19 ? end - 6 : end
    let value = 0
    for (let i = this.#at; i < end; i++) {
      const digit = (bytes[i] as number) - zero
      if (!(digit >= 0 && digit <= 9)) return undefined
      if (i < shown) value = value * 10 + digit
    }
    return epochMs(value)
  }

  /** The shape of exactly these fields. */
  #variant({ variants }: Group): Variant | undefined {
    for (let i = 0; i < variants.length; i++) {
      const variant = variants[i] as Variant
      if (!this.#hasAll(variant.ids)) continue
      if (i > 0) {
        variants.splice(i, 1)
        variants.unshift(variant)
      }
      return variant
    }
    return undefined
  }

  #hasAll(ids: readonly number[]): boolean {
    if (ids.length !== this.#count) return false
    for (let i = 0; i < ids.length; i++) if (this.#seen[ids[i] as number] !== this.#record) return false
    return true
  }

  #groupOf({ measurement, tags }: Line): Group {
    const key = JSON.stringify([measurement, tags.filter(([tag]) => tag !== hostTag)])
    let group = this.#groups.get(key)
    if (!group) {
      const fields = new KnownFields()
      const speed = bytesOf(speedField)
      const hasSpeed = measurement === speedMeasurement
      group = {
        fields,
        next: new Int16Array(knownFieldsAtMost).fill(-1),
        speed: hasSpeed ? fields.add(speed, hashOf(speed), valueKind.number) : -1,
        variants: [],
      }
      this.#groups.set(key, group)
    }
    return group
  }

  /** @returns false if the reader made something unusual of the fields: some are left out, or two have one name */
  #addVariant(group: Group, { measurement, fields }: Line, shape: PartShape): boolean {
    const names = fields.filter(([name, value]) => !isUnknownSpeed(measurement, name, value)).map(([name]) => name)
    names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    const isUsual =
      names.length === shape.names.length &&
      names.every((name, i) => shape.names[i]?.startsWith(`${measurement}.${name}`) === true)
    if (!isUsual) return false
    if (group.variants.length >= variantsAtMost) group.variants.pop()
    group.variants.unshift({ shape, ids: names.map((name) => group.fields.idOf(name)), values: roomFor(names.length) })
    return true
  }

  #addStart({ length, nodeId, group }: { length: number; nodeId: string; group: Group }): void {
    const text = this.#reader.slice(0, length)
    const hash = this.#reader.hash(0, length - 1, 0)
    if (this.#startWith(hash, 0, length)) return
    const sameHash = this.#starts.get(hash)
    let same = 0
    for (let start = sameHash; start; start = start.sameHash) same++
    if (same >= sameHashAtMost) return
    const literal = { view: new DataView(text.buffer), from: 0, length }
    this.#starts.set(hash, { text: literal, nodeId, group, following: undefined, sameHash })
    this.#startCount++
  }
}

/** The one line of a value that has no escapes. */
function usualLine(value: Uint8Array): Line | undefined {
  const text = textOf(value)
  if (text.startsWith('#') || text.startsWith(' ') || /[\\\t\r]|\n(?!$)/.test(text)) return undefined
  const line = new LineParser(text).next()
  return line && !('what' in line) ? line : undefined
}
