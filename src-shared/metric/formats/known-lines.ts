import type { Literal } from '../byte-reader.ts'
import { hashed } from '../hashed.ts'
import { Literals } from '../literals.ts'
import { bytesOf, textOf } from '../utf8.ts'
import { KnownFields, knownFieldsAtMost, valueKind } from './known-fields.ts'
import { KnownPart, roomFor } from './known-part.ts'
import { LineBytes } from './line-bytes.ts'
import { LineParser, type Line } from './line-parser.ts'
import { NodeIds } from './node-ids.ts'
import { passed, shapeIn } from './readings.ts'
import type { PartShape, RecordReading } from './record-part.ts'
import { isUnknownSpeed, speedField, speedMeasurement } from './telegraf-fields.ts'
import { hostTag } from './telegraf-part.ts'

const [newline, space, quote, comma, backslash] = [0x0a, 0x20, 0x22, 0x2c, 0x5c]
const noNumbers = passed('no-numbers')

/** A longer line is not known. */
const longest = 16_384
const longestStart = 1_024
/** Starts of lines that are known. Everything is forgotten when there are more. */
const startsAtMost = 65_536
const sameHashAtMost = 8
const variantsAtMost = 8
/** Fields of which each has a bit of a number. */
const bitsAtMost = 30

/** The fields of a record, and the shape that the reader made of them. */
interface Variant {
  readonly shape: PartShape
  /** Numbers of the fields, in the order of the shape. */
  readonly ids: readonly number[]
  /** Of the record that is read. */
  readonly values: number[]
  /** By field: the bit of its place in the shape; 0 without one. `null` if these are not all that such lines have. */
  readonly bits: Int32Array | null
}

/** What lines with the same measurement and tags have in common, on all nodes. */
interface Group {
  readonly fields: KnownFields
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
  readonly #line = new LineBytes()
  readonly #starts = new Map<number, Start>()
  readonly #groups = new Map<string, Group>()
  #literals = new Literals()
  readonly #nodeIds = new NodeIds()
  #startCount = 0
  #last: Start | undefined
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
    this.#line.open(bytes, start, end)
    const begun = this.#startAt(start)
    if (!begun) return undefined
    const { group } = begun
    const from = start + begun.text.length
    this.#line.at = from
    let variant = this.#readUsual(group)
    if (!variant) {
      this.#line.at = from
      if (!this.#readFields(group, false)) return undefined
      variant = this.#variant(group)
      if (!variant && this.#count > 0) return undefined
      if (variant) this.#takeValues(variant)
    }
    const at = this.#line.time()
    if (at === undefined) return undefined
    if (this.#last) this.#last.following = begun
    this.#last = begun
    return variant ? this.#part.of(begun.nodeId, at, variant) : noNumbers
  }

  /** Remembers how a line is written. @param reading what the reader of lines has made of it */
  learn(value: Uint8Array, reading: RecordReading): void {
    const shape = shapeIn(reading)
    const line = shape === undefined || value.length > longest ? undefined : usualLine(value)
    const length = value.indexOf(space) + 1
    if (shape === undefined || !line || length > longestStart) return
    const host = line.tags.find(([key]) => key === hostTag)?.[1]
    if (host === undefined) return
    if (this.#startCount >= startsAtMost) this.#forget()
    const group = this.#groupOf(line)
    this.#line.open(value, 0, value.length)
    this.#line.at = length
    if (!this.#readFields(group, true) || this.#line.time() === undefined) return
    if (this.#hasVariant(group, line, shape)) this.#addStart({ length, nodeId: this.#nodeIds.of(host, reading), group })
  }

  /** Forgets the bytes, which can be a whole fetch response. */
  close(): void {
    this.#line.close()
  }

  /** Whether the fields have the shape now. @param shape `null`: no numbers */
  #hasVariant(group: Group, line: Line, shape: PartShape | null): boolean {
    return shape === null || this.#variant(group) !== undefined || this.#addVariant(group, line, shape)
  }

  #forget(): void {
    this.#starts.clear()
    this.#groups.clear()
    this.#nodeIds.clear()
    this.#literals = new Literals()
    this.#startCount = 0
    this.#last = undefined
  }

  #startAt(from: number): Start | undefined {
    const { reader, bytes } = this.#line
    const expected = this.#last?.following
    if (expected && reader.isAt(from, expected.text)) return expected
    const end = Math.min(this.#line.end, from + longestStart)
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
    const { reader } = this.#line
    let start = this.#starts.get(hash)
    while (start && !(start.text.length === length && reader.isAt(from, start.text))) start = start.sameHash
    return start
  }

  /**
   * Reads the fields of the newest shape, each once and no others, and the space behind them.
   * @returns the shape with its values; `undefined` if the fields are others
   */
  #readUsual({ fields, variants }: Group): Variant | undefined {
    const variant = variants[0]
    if (!variant?.bits) return undefined
    const { bits, values } = variant
    const line = this.#line
    const { reader } = line
    let missing = 2 ** values.length - 1
    fields.begin()
    do {
      reader.at = line.at
      const id = fields.find(reader)
      const bit = id < 0 ? 0 : (bits[id] as number)
      if ((missing & bit) === 0) return undefined
      missing ^= bit
      line.at = reader.at
      const value = line.number()
      if (Number.isNaN(value)) return undefined
      values[31 - Math.clz32(bit)] = value
    } while (line.bytes[line.at++] === comma && line.at < line.end)
    return missing === 0 && line.bytes[line.at - 1] === space ? variant : undefined
  }

  #takeValues({ ids, values }: Variant): void {
    for (let i = 0; i < ids.length; i++) values[i] = this.#values[ids[i] as number] as number
  }

  /** Reads the fields, and the space behind them. They come in any order. @param isLearning new names are added */
  #readFields(group: Group, isLearning: boolean): boolean {
    const line = this.#line
    this.#record = this.#record === 0xffff_ffff ? 1 : this.#record + 1
    if (this.#record === 1) this.#seen.fill(0)
    this.#count = 0
    group.fields.begin()
    do {
      const id = this.#field(group, isLearning)
      if (id < 0 || this.#seen[id] === this.#record) return false
      this.#seen[id] = this.#record
      if (!this.#readValue(group, id)) return false
    } while (line.bytes[line.at++] === comma && line.at < line.end)
    return line.bytes[line.at - 1] === space
  }

  /** The number of the field whose name and equals sign are next; -1 if it is unknown. Moves behind them. */
  #field({ fields }: Group, isLearning: boolean): number {
    const line = this.#line
    const { reader } = line
    reader.at = line.at
    const known = fields.find(reader)
    if (known < 0) return isLearning ? this.#addField(fields) : -1
    line.at = reader.at
    return known
  }

  #addField(fields: KnownFields): number {
    const line = this.#line
    const name = line.fieldName()
    if (!name) return -1
    line.at++
    return fields.add(name, line.bytes[line.at] === quote ? valueKind.text : valueKind.number)
  }

  #readValue({ fields, speed }: Group, id: number): boolean {
    if (fields.kinds[id] === valueKind.text) return this.#line.skipText()
    const value = this.#line.number()
    if (Number.isNaN(value)) return false
    if (value === -1 && id === speed) return true
    this.#values[id] = value
    this.#count++
    return true
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
      const fields = new KnownFields(this.#literals)
      const hasSpeed = measurement === speedMeasurement
      group = {
        fields,
        speed: hasSpeed ? fields.add(bytesOf(speedField), valueKind.number) : -1,
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
    const ids = names.map((name) => group.fields.idOf(name))
    group.variants.unshift({ shape, ids, values: roomFor(names.length), bits: bitsOf(ids, group) })
    return true
  }

  #addStart({ length, nodeId, group }: { length: number; nodeId: string; group: Group }): void {
    const text = this.#line.reader.slice(0, length)
    const hash = this.#line.reader.hash(0, length - 1, 0)
    if (this.#startWith(hash, 0, length)) return
    const sameHash = this.#starts.get(hash)
    let same = 0
    for (let start = sameHash; start; start = start.sameHash) same++
    if (same >= sameHashAtMost) return
    this.#starts.set(hash, { text: this.#literals.add(text), nodeId, group, following: undefined, sameHash })
    this.#startCount++
  }
}

/** `null` for lines that have more than these fields: texts, or a speed that may be unknown. */
function bitsOf(ids: readonly number[], { fields, speed }: Group): Int32Array | null {
  if (ids.length > bitsAtMost || speed >= 0 || fields.kinds.includes(valueKind.text)) return null
  const bits = new Int32Array(knownFieldsAtMost)
  for (const [place, id] of ids.entries()) bits[id] = 1 << place
  return bits
}

/** The one line of a value that has no escapes. */
function usualLine(value: Uint8Array): Line | undefined {
  const text = textOf(value)
  if (text.startsWith('#') || text.startsWith(' ') || /[\\\t\r]|\n(?!$)/.test(text)) return undefined
  const line = new LineParser(text).next()
  return line && !('what' in line) ? line : undefined
}
