import type { Literal } from './byte-reader.ts'
import type { NodePlace } from './node-texts.ts'
import type { Layout } from './sample-columns.ts'
import type { Sample } from './sample.ts'
import { textOf } from './utf8.ts'

/** What a message has between two literals. Everything but numbers begins behind a quote. */
export const slot = { nodeId: 0, nodeName: 1, timestamp: 2, metric: 3, ignoredText: 4, ignoredNumber: 5 } as const
export type Slot = (typeof slot)[keyof typeof slot]

/**
 * How a producer writes its messages: `literals[i]` is in front of `slots[i]`, and `last` is behind the last slot.
 * **Invariant**: bytes that consist of the literals and of valid slots are a message with this layout.
 */
export interface MessageTemplate {
  readonly slots: readonly Slot[]
  readonly literals: readonly Literal[]
  readonly last: Literal
  readonly layout: Layout
  /** Bytes of the message that it was made of, without its slots. */
  readonly text: Uint8Array
}

/** A template with the places of id and name in the message. */
export interface ReadTemplate {
  readonly template: MessageTemplate
  readonly place: NodePlace
}

/** A longer message has no template, and is decoded each time. With 64 metrics, a message has about 6 KB. */
const longest = 16_384

const fields: ReadonlyMap<string, Slot> = new Map([
  ['node_id', slot.nodeId],
  ['node_name', slot.nodeName],
  ['timestamp', slot.timestamp],
])

/**
 * The template of a message that `decode` accepted, with no metric refused. A `null` is a part of the literals.
 * @param layout the layout of its sample
 * @returns `undefined` if its JSON is unusual: keys that are equal, escaped, `__proto__`, or not in the order of `names`
 */
export function templateOf(message: Uint8Array, { names }: Sample, layout: Layout): ReadTemplate | undefined {
  if (message.length > longest) return undefined
  const walk = new MessageWalk(message)
  walk.run()
  if (walk.isUnusual || walk.names.length !== names.length) return undefined
  // Object.keys has keys such as "0" first, wherever they are in the text.
  if (walk.names.some((name, i) => name !== names[i])) return undefined
  return readTemplate(message, walk.slots, layout)
}

/** Whether both match the same messages, with the same result. */
export function isSameTemplate(a: MessageTemplate, b: MessageTemplate): boolean {
  return (
    a.layout === b.layout &&
    a.text.length === b.text.length &&
    a.slots.length === b.slots.length &&
    a.slots.every((kind, i) => kind === b.slots[i] && a.literals[i]?.length === b.literals[i]?.length) &&
    a.text.every((byte, i) => byte === b.text[i])
  )
}

function readTemplate(message: Uint8Array, slots: readonly FoundSlot[], layout: Layout): ReadTemplate | undefined {
  const text = new Uint8Array(message.length)
  const view = new DataView(text.buffer)
  let length = 0
  let done = 0
  const literalUntil = (end: number): Literal => {
    const literal = { view, from: length, length: end - done }
    text.set(message.subarray(done, end), length)
    length += literal.length
    return literal
  }
  const literals = slots.map(({ from, to }) => {
    const literal = literalUntil(from)
    done = to
    return literal
  })
  const last = literalUntil(message.length)
  const template = { slots: slots.map(({ kind }) => kind), literals, last, layout, text: text.subarray(0, length) }
  const id = slots.find(({ kind }) => kind === slot.nodeId)
  const name = slots.find(({ kind }) => kind === slot.nodeName)
  if (!id || !name) return undefined
  return { template, place: { idFrom: id.from, idTo: id.to, nameFrom: name.from, nameTo: name.to } }
}

interface FoundSlot {
  readonly kind: Slot
  readonly from: number
  readonly to: number
}

/** Finds the slots of a JSON object that is known to be valid. */
class MessageWalk {
  isUnusual = false
  /** Names of the metrics with a number, in the order of the text. */
  readonly names: string[] = []
  readonly slots: FoundSlot[] = []
  readonly #message: Uint8Array
  /** Whether each value that is open is an object. */
  readonly #open: boolean[] = []
  readonly #fields = new Set<string>()
  #field = ''
  #metric = ''
  #isKeyNext = false

  constructor(message: Uint8Array) {
    this.#message = message
  }

  run(): void {
    for (let i = 0; i < this.#message.length;) i = this.#token(i)
  }

  /** Returns the end of the token that begins here. */
  #token(from: number): number {
    const next = String.fromCharCode(this.#message[from] as number)
    if (next === '"') return this.#text(from)
    if (next === '-' || isDigit(next)) return this.#number(from)
    if (next === '{' || next === '[') this.#open.push(next === '{')
    if (next === '}' || next === ']') this.#open.pop()
    if (next === '{' || next === ',') this.#isKeyNext = this.#open.at(-1) === true
    return from + 1
  }

  #text(from: number): number {
    const to = this.#endOfText(from)
    if (this.#isKeyNext) {
      this.#isKeyNext = false
      this.#key(textOf(this.#message.subarray(from + 1, to - 1)))
    } else {
      const kind = (this.#open.length === 1 ? fields.get(this.#field) : undefined) ?? slot.ignoredText
      if (this.#field !== 'units') this.slots.push({ kind, from: from + 1, to })
    }
    return to
  }

  #key(key: string): void {
    const isField = this.#open.length === 1
    const isMetric = this.#open.length === 2 && this.#field === 'metrics'
    if ((isField || isMetric) && key.includes('\\')) this.isUnusual = true
    if (isMetric) this.#metric = key
    if (!isField) return
    if (this.#fields.has(key)) this.isUnusual = true
    this.#fields.add(key)
    this.#field = key
  }

  #number(from: number): number {
    let to = from
    while (to < this.#message.length && isPartOfNumber(String.fromCharCode(this.#message[to] as number))) to++
    if (this.#field === 'metrics') {
      this.names.push(this.#metric)
      this.slots.push({ kind: slot.metric, from, to })
    } else if (this.#field !== 'units') this.slots.push({ kind: slot.ignoredNumber, from, to })
    return to
  }

  #endOfText(from: number): number {
    let i = from + 1
    while (this.#message[i] !== 0x22) i += this.#message[i] === 0x5c ? 2 : 1
    return i + 1
  }
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}

function isPartOfNumber(character: string): boolean {
  return isDigit(character) || '+-.eE'.includes(character)
}
