import { ByteReader, type Literal } from '../byte-reader.ts'
import { hashed } from '../hashed.ts'
import { Literals } from '../literals.ts'
import { bytesOf } from '../utf8.ts'
import { FieldsTemplate, templateSlot, type TemplateSlot } from './fields-template.ts'
import { KnownPart } from './known-part.ts'
import { usualMetric, type UsualMetric } from './usual-metric.ts'
import { NodeIds } from './node-ids.ts'
import { passed, shapeIn } from './readings.ts'
import type { PartShape, RecordReading } from './record-part.ts'
import { epochMs } from './timestamps.ts'

const [newline, colon, closing, letterT, letterF] = [0x0a, 0x3a, 0x7d, 0x74, 0x66]
const nothing: Uint8Array = new Uint8Array(0)
const noNumbers = passed('no-numbers')
const [trueBytes, falseBytes] = [bytesOf('true'), bytesOf('false')]

/** A longer record is not known. */
const longest = 16_384
const tailsAtMost = 65_536
const templatesAtMost = 4_096
/** Templates with the same begin, and tails with the same hash. */
const sameHashAtMost = 16
/** Bytes up to the end of the first field's name. */
const longestBegin = 128

/** What is behind the fields of a record, up to its time: the name and the tags. */
interface Tail {
  readonly text: Literal
  /** Behind the time. */
  readonly end: Literal
  readonly nodeId: string
  /** Shapes by template, the newest match first; `null`: no numbers. */
  readonly shapes: Array<readonly [template: FieldsTemplate, shape: PartShape | null]>
  /** The tail of the record behind the last one like this. */
  following: Tail | undefined
  readonly sameHash: Tail | undefined
}

/**
 * Reads JSON of Telegraf that is written like earlier records, from its bytes: numbers and time between known texts.
 * **Invariant**: it reads a record as the reader of Telegraf's JSON does, or refuses it, whatever it has read before.
 */
export class KnownJson {
  readonly #reader = new ByteReader()
  readonly #templates = new Map<string, FieldsTemplate>()
  /** By the hash of their begin, the newest match first. */
  readonly #byBegin = new Map<number, FieldsTemplate[]>()
  readonly #tails = new Map<number, Tail>()
  readonly #nodeIds = new NodeIds()
  #literals = new Literals()
  #tailCount = 0
  #last: Tail | undefined
  #bytes = nothing
  #end = 0
  readonly #part = new KnownPart()

  /**
   * Reads the record from `start` to `end`.
   * @returns a reading that is valid until the next call; `undefined` if it is not known: then the reader must read it
   */
  read(bytes: Uint8Array, start: number, end: number): RecordReading | undefined {
    if (end - start > longest) return undefined
    this.#bytes = bytes
    this.#end = end
    this.#reader.open(bytes)
    this.#reader.end = end
    const likely = this.#last?.following?.shapes[0]?.[0]
    return (likely && this.#readAs(likely, start)) ?? this.#readAsAny(start, likely)
  }

  #readAs(template: FieldsTemplate, start: number): RecordReading | undefined {
    if (!this.#matches(template, start)) return undefined
    const tail = this.#tailAt(this.#last?.following)
    return tail && this.#reading(tail, template)
  }

  /** Tries the templates with the begin of the record, but not the one that was tried already. */
  #readAsAny(start: number, tried: FieldsTemplate | undefined): RecordReading | undefined {
    const candidates = this.#byBegin.get(this.#beginHash(start))
    if (!candidates) return undefined
    for (let i = 0; i < candidates.length; i++) {
      const template = candidates[i] as FieldsTemplate
      const reading = template === tried ? undefined : this.#readAs(template, start)
      if (!reading) continue
      if (i > 0) candidates.unshift(...candidates.splice(i, 1))
      return reading
    }
    return undefined
  }

  /** Remembers how a record is written. @param reading what the reader of Telegraf's JSON has made of it */
  learn(value: Uint8Array, reading: RecordReading): void {
    const shape = shapeIn(reading)
    const metric = shape === undefined || value.length > longest ? undefined : usualMetric(value)
    if (shape === undefined || !metric || !isOfShape(metric, shape)) return
    if (this.#tailCount >= tailsAtMost || this.#templates.size >= templatesAtMost) this.#forget()
    const template = this.#templateOf(metric, value)
    const nodeId = this.#nodeIds.of(metric.nodeId, reading)
    if (template) this.#addTail({ ...metric, nodeId }, template, shape)
  }

  /** Forgets the bytes, which can be a whole fetch response. */
  close(): void {
    this.#bytes = nothing
    this.#reader.close()
  }

  #forget(): void {
    this.#templates.clear()
    this.#byBegin.clear()
    this.#tails.clear()
    this.#nodeIds.clear()
    this.#literals = new Literals()
    this.#tailCount = 0
    this.#last = undefined
  }

  /** Hash of the bytes up to the second colon, behind the name of the first field. */
  #beginHash(start: number): number {
    const bytes = this.#bytes
    const end = Math.min(this.#end, start + longestBegin)
    let hash = 0
    let colons = 0
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number
      hash = hashed(hash, byte)
      if (byte === colon && ++colons === 2) break
    }
    return hash
  }

  /** Reads the values of the template. Ends behind the fields. */
  #matches({ slots, literals, last, values }: FieldsTemplate, start: number): boolean {
    const reader = this.#reader
    let count = 0
    reader.at = start
    for (let i = 0; i < slots.length; i++) {
      if (!reader.literal(literals[i] as Literal)) return false
      const slot = slots[i] as TemplateSlot
      if (slot === templateSlot.text) {
        if (!reader.skipPlainText()) return false
        continue
      }
      const value = slot === templateSlot.number ? reader.number() : this.#boolean()
      if (Number.isNaN(value)) return false
      values[count++] = value
    }
    return reader.literal(last)
  }

  #boolean(): number {
    const first = this.#bytes[this.#reader.at]
    if (first !== letterT && first !== letterF) return NaN
    const text = first === letterT ? trueBytes : falseBytes
    for (let i = 0; i < text.length; i++) if (this.#bytes[this.#reader.at + i] !== text[i]) return NaN
    this.#reader.at += text.length
    return first === letterT ? 1 : 0
  }

  /** The tail at the reader, which then is behind it. */
  #tailAt(expected: Tail | undefined): Tail | undefined {
    const reader = this.#reader
    const from = reader.at
    if (expected && reader.literal(expected.text)) return expected
    const to = this.#timeFrom()
    const tail = this.#tailWith(reader.hash(from, to, 0), from, to - from)
    if (tail) reader.at = to
    return tail
  }

  #tailWith(hash: number, from: number, length: number): Tail | undefined {
    let tail = this.#tails.get(hash)
    while (tail && !(tail.text.length === length && this.#reader.isAt(from, tail.text))) tail = tail.sameHash
    return tail
  }

  /** Where the number in front of the last brace begins. */
  #timeFrom(): number {
    const bytes = this.#bytes
    let i = this.#end - 1
    if (bytes[i] === newline) i--
    if (bytes[i] === closing) i--
    while (i >= this.#reader.at && isPartOfNumber(bytes[i] as number)) i--
    return i + 1
  }

  #reading(tail: Tail, template: FieldsTemplate): RecordReading | undefined {
    const shape = shapeOf(tail, template)
    if (shape === undefined) return undefined
    const reader = this.#reader
    const at = epochMs(reader.number())
    if (at === undefined || !reader.literal(tail.end) || reader.at !== this.#end) return undefined
    if (this.#last) this.#last.following = tail
    this.#last = tail
    if (shape === null) return noNumbers
    return this.#part.of(tail.nodeId, at, { shape, values: template.values })
  }

  #templateOf({ pieces, slots }: UsualMetric, value: Uint8Array): FieldsTemplate | undefined {
    const key = JSON.stringify([pieces, slots])
    const known = this.#templates.get(key)
    if (known) return known
    this.#bytes = value
    this.#end = value.length
    const hash = this.#beginHash(0)
    const candidates = this.#byBegin.get(hash) ?? []
    if (candidates.length >= sameHashAtMost) return undefined
    const template = new FieldsTemplate(pieces, slots)
    this.#templates.set(key, template)
    candidates.unshift(template)
    this.#byBegin.set(hash, candidates)
    return template
  }

  #addTail({ tail: text, end, nodeId }: UsualMetric, template: FieldsTemplate, shape: PartShape | null): void {
    const bytes = bytesOf(text)
    this.#reader.open(bytes)
    this.#reader.end = bytes.length
    const hash = this.#reader.hash(0, bytes.length, 0)
    let tail = this.#tailWith(hash, 0, bytes.length)
    if (!tail) {
      const sameHash = this.#tails.get(hash)
      let same = 0
      for (let one = sameHash; one; one = one.sameHash) same++
      if (same >= sameHashAtMost) return
      tail = {
        text: this.#literals.add(bytes),
        end: this.#literals.add(bytesOf(end)),
        nodeId,
        shapes: [],
        following: undefined,
        sameHash,
      }
      this.#tails.set(hash, tail)
      this.#tailCount++
    }
    if (shapeOf(tail, template) !== undefined) return
    if (tail.shapes.length >= sameHashAtMost) tail.shapes.pop()
    tail.shapes.unshift([template, shape])
  }
}

function shapeOf({ shapes }: Tail, template: FieldsTemplate): PartShape | null | undefined {
  for (let i = 0; i < shapes.length; i++) {
    const one = shapes[i] as (typeof shapes)[number]
    if (one[0] !== template) continue
    if (i > 0) shapes.unshift(...shapes.splice(i, 1))
    return one[1]
  }
  return undefined
}

/** Whether the values of the slots are those of the shape, in its order. */
function isOfShape({ name, fields }: UsualMetric, shape: PartShape | null): boolean {
  const names = shape?.names ?? []
  return fields.length === names.length && names.every((full, i) => full.startsWith(`${name}.${fields[i]}`))
}

function isPartOfNumber(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2d || byte === 0x2b || byte === 0x65 || byte === 0x45
  )
}
