import { ByteReader, type Literal } from './byte-reader.ts'
import { KnownRecords } from './formats/known-records.ts'
import { decode, maxMessageBytes } from './decode.ts'
import { Assembler } from './assemble/assembler.ts'
import type { Assembled } from './assemble/record-assembler.ts'
import { noMappings, type MappingIndex } from './mapping/mapping-index.ts'
import { isSameTemplate, slot, templateOf, type MessageTemplate, type Slot } from './message-template.ts'
import { NodeTexts, type NodePlace, type NodeText } from './node-texts.ts'
import type { Layout, SampleColumns } from './sample-columns.ts'
import { SampleWriter } from './sample-writer.ts'
import type { Rejection, Sample } from './sample.ts'

/** Record values in one buffer: value i is `bytes` from `valueStarts[i]` (-1: a tombstone) to `valueEnds[i]`. */
export interface RecordValues {
  readonly bytes: Uint8Array
  readonly offsets: Float64Array
  /** Epoch ms; -1 without one. */
  readonly timestamps: Float64Array
  readonly valueStarts: Int32Array
  readonly valueEnds: Int32Array
}

const templatesAtMost = 32
/** Templates that are tried for any node. */
const recentAtMost = 4
/** Most messages in a row that no template is made of. */
const longestPause = 1024

/**
 * Decodes record values into columns. It predicts that a message has the same layout as an earlier one and compares its
 * bytes; numbers, time and node are read from between them. Any other message is decoded by `decode`, and gives the
 * next template. **Invariant**: what it returns for a record is what `decode` returns, whatever it has read before.
 */
export class SampleScanner {
  readonly #reader = new ByteReader()
  readonly #writer = new SampleWriter()
  readonly #columns = this.#writer.columns
  readonly #templates: MessageTemplate[] = []
  readonly #place: NodePlace = { idFrom: 0, idTo: 0, nameFrom: 0, nameTo: 0 }
  /** The directory that nodes and templates belong to. */
  #directory = this.#writer.directory
  #nodes = new NodeTexts()
  /** Node of the last sample. */
  #last: NodeText | undefined
  /** Numbers of the templates that matched last, the newest first. */
  readonly #recent: number[] = []
  /** Number of the template that was tried last. */
  #tried = 0
  #isAnyNode = false
  /** The template of the message that `scanKnown` did not add, because its node is new. */
  #matched: MessageTemplate | undefined
  /** How many of id and name are read, and the node that they are. */
  #texts = 0
  #node: NodeText | undefined
  /** How many of id and name are those of the expected node. */
  #expectedTexts = 0
  /** Event time of the message that a template matched last. */
  #at = 0
  /** Templates made so far. A new one replaces the oldest. */
  #made = 0
  /** Messages to decode until the next template is made. Grows while templates are useless. */
  #pause = 0
  #paused = 0

  /** Makes rows of the records of other formats, among those of ReMo's own. */
  readonly assembler = new Assembler(this.#writer)
  /** Reads records of other formats that are written like earlier ones. */
  readonly known = new KnownRecords()
  /** By which records of their topics' own shapes are read. */
  mappings: MappingIndex = noMappings

  /** Adds a sample of value `i` if an earlier message was written alike. @returns false if none was; nothing is added */
  scanKnown({ bytes, offsets, timestamps, valueStarts, valueEnds }: RecordValues, i: number): boolean {
    const start = valueStarts[i] as number
    const end = valueEnds[i] as number
    this.#reader.open(bytes)
    if (this.#directory !== this.#writer.directory) this.#startOver()
    const matched = start < 0 || end - start > maxMessageBytes ? undefined : this.#matchAny(start, end)
    const node = this.#node
    if (!matched || !node) {
      this.#matched = matched
      return false
    }
    const columns = this.#columns
    const { count } = columns
    columns.offset[count] = offsets[i] as number
    columns.recordedAt[count] = timestamps[i] as number
    this.#add(node.index, matched.layout)
    this.#predictFrom(node)
    return true
  }

  /**
   * Decodes value `i` and adds a sample.
   * @returns why it is rejected. With the code `bad-metric`, a sample is added without those metrics; with others, none
   */
  scan(values: RecordValues, i: number): Rejection | undefined {
    if (this.scanKnown(values, i)) return undefined
    const start = values.valueStarts[i] as number
    const value = start < 0 ? null : values.bytes.subarray(start, values.valueEnds[i])
    const refused = this.#decode(value, start, this.#matched)
    if (refused && refused.code !== 'bad-metric') return refused
    const last = this.#columns.count - 1
    this.#columns.offset[last] = values.offsets[i] as number
    this.#columns.recordedAt[last] = values.timestamps[i] as number
    return refused
  }

  /** Samples since the last `take`. */
  get count(): number {
    return this.#columns.count
  }

  /** Event time of the last sample, epoch ms. */
  get lastAt(): number {
    return this.#columns.at[this.#columns.count - 1] ?? NaN
  }

  /** Removes the last sample. */
  dropLast(): void {
    this.#columns.dropLast()
  }

  /** The samples since the last call. */
  take(): SampleColumns {
    this.#reader.close()
    return this.#writer.take()
  }

  /** As `take`, with what the assembler knows of the batch that it began. */
  takeAssembled(): Assembled {
    this.#reader.close()
    this.known.close()
    return this.assembler.take()
  }

  #startOver(): void {
    this.#directory = this.#writer.directory
    this.#nodes = new NodeTexts()
    this.#templates.length = 0
    this.#last = undefined
    this.#recent.length = 0
    this.#made = 0
    this.#pause = 0
    this.#paused = 0
  }

  /** Tries the template that the expected node used last, then that of the node that is found, then the recent ones. */
  #matchAny(start: number, end: number): MessageTemplate | undefined {
    const expected = this.#last?.following
    const first = expected ? expected.template : this.#recent[0]
    if (first === undefined) return undefined
    this.#isAnyNode = false
    if (this.#matches(first, start, end)) return this.#templates[first]
    this.#isAnyNode = true
    const likely = this.#node?.template ?? first
    if (likely !== first && this.#matches(likely, start, end)) return this.#templates[likely]
    for (const number of this.#recent) {
      if (number === likely || !this.#matches(number, start, end)) continue
      this.#putFirst(number)
      return this.#templates[number]
    }
    return undefined
  }

  #matches(number: number, start: number, end: number): boolean {
    const template = this.#templates[number]
    if (!template) return false
    const reader = this.#reader
    const { slots, literals, last, layout } = template
    this.#columns.reserve(layout.names.length)
    const values = this.#columns.values
    let width = this.#columns.width
    this.#texts = 0
    this.#expectedTexts = 0
    this.#node = undefined
    this.#tried = number
    reader.at = start
    reader.end = end
    for (let i = 0; i < slots.length; i++) {
      if (!reader.literal(literals[i] as Literal)) return false
      const kind = slots[i]
      if (kind === slot.metric) {
        const value = reader.number()
        if (Number.isNaN(value)) return false
        values[width++] = value
      } else if (!this.#readSlot(kind)) return false
    }
    if (!reader.literal(last) || reader.at !== end) return false
    return true
  }

  #putFirst(number: number): void {
    const recent = this.#recent
    if (recent[0] === number) return
    const before = recent.indexOf(number)
    if (before !== -1) recent.splice(before, 1)
    recent.unshift(number)
    if (recent.length > recentAtMost) recent.pop()
  }

  #readSlot(kind: Slot | undefined): boolean {
    const [reader, place] = [this.#reader, this.#place]
    switch (kind) {
      case slot.nodeId:
        place.idFrom = reader.at
        if (!this.#readText(this.#last?.following?.id)) return false
        place.idTo = reader.at
        return this.#isForNode()
      case slot.nodeName:
        place.nameFrom = reader.at
        if (!this.#readText(this.#last?.following?.name)) return false
        place.nameTo = reader.at
        return this.#isForNode()
      case slot.timestamp:
        this.#at = reader.timestamp()
        return !Number.isNaN(this.#at)
      case slot.ignoredText:
        return reader.skipPlainText()
      default:
        return !Number.isNaN(reader.number())
    }
  }

  #readText(expected: Literal | undefined): boolean {
    this.#texts++
    if (expected === undefined || !this.#reader.literal(expected)) return this.#reader.skipText()
    this.#expectedTexts++
    return true
  }

  /** Finds the node once id and name are read. False if it is another one than expected, and uses another template. */
  #isForNode(): boolean {
    if (this.#texts < 2) return true
    this.#node = this.#nodeAtPlace()
    return this.#isAnyNode || this.#node === undefined || this.#node.template === this.#tried
  }

  #nodeAtPlace(): NodeText | undefined {
    return this.#expectedTexts === 2 ? this.#last?.following : this.#nodes.find(this.#reader, this.#place)
  }

  /** Adds a sample. Its values are already in the columns. */
  #add(node: number, layout: Layout): void {
    const columns = this.#columns
    const { count, width } = columns
    columns.node[count] = node
    columns.layout[count] = layout.index
    columns.at[count] = this.#at
    columns.first[count] = width
    columns.rawFirst[count] = columns.rawWidth
    columns.width = width + layout.names.length
    columns.count = count + 1
  }

  /** The message had this node, and the template that was tried last. */
  #predictFrom(node: NodeText): void {
    if (node.template !== this.#tried) node.template = this.#tried
    if (this.#last && this.#last.following !== node) this.#last.following = node
    this.#last = node
  }

  #decode(value: Uint8Array | null, start: number, matched: MessageTemplate | undefined): Rejection | undefined {
    const decoded = decode(value)
    if (!decoded.ok) return decoded.reject
    const { nodeId, nodeName, at, names, values, units } = decoded.sample
    const layout = matched?.layout ?? this.#directory.layout(names, units)
    const columns = this.#columns
    columns.reserve(values.length)
    for (const [i, number] of values.entries()) columns.values[columns.width + i] = number
    this.#at = at
    const { index } = this.#directory.node(nodeId, nodeName)
    this.#add(index, layout)
    // A template would accept the next such value without a word.
    if (decoded.refused) return decoded.refused
    const isLearnt =
      matched !== undefined || this.#learn(value as Uint8Array, start, { sample: decoded.sample, layout })
    if (isLearnt) this.#know(index)
    return undefined
  }

  /** The message at `#place` is from this node and has the template that was tried last. */
  #know(index: number): void {
    const known = this.#nodes.find(this.#reader, this.#place)
    const node = known ?? this.#nodes.add(index, this.#reader, this.#place)
    // A template that does not match in spite of all that: the next one would not, either.
    if (known?.template === this.#tried) this.#growPause()
    if (node) this.#predictFrom(node)
  }

  #growPause(): void {
    this.#pause = Math.min(longestPause, this.#pause * 2 + 1)
  }

  /** Makes a template of this message. Returns whether `#place` and `#tried` are its own. */
  #learn(value: Uint8Array, start: number, { sample, layout }: { sample: Sample; layout: Layout }): boolean {
    if (this.#paused < this.#pause) {
      this.#paused++
      return false
    }
    this.#paused = 0
    const read = templateOf(value, sample, layout)
    const known = read ? this.#templates.findIndex((template) => isSameTemplate(template, read.template)) : -1
    if (!read || (known === -1 && this.#made >= templatesAtMost)) this.#growPause()
    if (!read) return false
    const number = known === -1 ? this.#made++ % templatesAtMost : known
    if (known === -1) this.#templates[number] = read.template
    this.#putFirst(number)
    this.#tried = number
    this.#place.idFrom = start + read.place.idFrom
    this.#place.idTo = start + read.place.idTo
    this.#place.nameFrom = start + read.place.nameFrom
    this.#place.nameTo = start + read.place.nameTo
    return true
  }
}
