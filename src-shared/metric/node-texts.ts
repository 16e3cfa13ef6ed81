import type { ByteReader, Literal } from './byte-reader.ts'

/** A node as a producer writes it. */
export interface NodeText {
  /** Index in the directory. */
  readonly index: number
  /** Id and name as JSON text, each with its last quote. */
  readonly id: Literal
  readonly name: Literal
  /** The node of the record behind its last record. Producers often take turns. */
  following: NodeText | undefined
  /** Number of the template of its last record. */
  template: number
  /** The next one with the same hash. */
  readonly sameHash: NodeText | undefined
}

/** Where the id and the name of a message are, each with its last quote. */
export interface NodePlace {
  idFrom: number
  idTo: number
  nameFrom: number
  nameTo: number
}

/** More texts with one hash are not kept: a producer can choose ids of one hash. */
const sameHashAtMost = 8
/** Bytes of all texts. More are not kept. */
const bytesAtMost = 16 * 1024 * 1024
const pageBytes = 65_536

/** Nodes by the bytes that stand for them. The hash only finds candidates: a node is found if all bytes are equal. */
export class NodeTexts {
  readonly #byHash = new Map<number, NodeText>()
  #page = new Uint8Array(pageBytes)
  #view = new DataView(this.#page.buffer)
  #used = 0
  #total = 0

  find(reader: ByteReader, place: NodePlace): NodeText | undefined {
    let node = this.#byHash.get(hashOf(reader, place))
    while (node && !isAtPlace(reader, place, node)) node = node.sameHash
    return node
  }

  /** Adds the node at this place. It must be new. Returns `undefined` if it is not kept. */
  add(index: number, reader: ByteReader, place: NodePlace): NodeText | undefined {
    const hash = hashOf(reader, place)
    const sameHash = this.#byHash.get(hash)
    let same = 0
    for (let one = sameHash; one; one = one.sameHash) same++
    if (same >= sameHashAtMost) return undefined
    const id = this.#keep(reader.slice(place.idFrom, place.idTo))
    const name = this.#keep(reader.slice(place.nameFrom, place.nameTo))
    if (!id || !name) return undefined
    const node: NodeText = { index, id, name, following: undefined, template: 0, sameHash }
    this.#byHash.set(hash, node)
    return node
  }

  #keep(text: Uint8Array): Literal | undefined {
    if (text.length > pageBytes || this.#total + text.length > bytesAtMost) return undefined
    if (this.#used + text.length > pageBytes) {
      this.#page = new Uint8Array(pageBytes)
      this.#view = new DataView(this.#page.buffer)
      this.#used = 0
    }
    const from = this.#used
    this.#page.set(text, from)
    this.#used += text.length
    this.#total += text.length
    return { view: this.#view, from, length: text.length }
  }
}

function isAtPlace(reader: ByteReader, { idFrom, idTo, nameFrom, nameTo }: NodePlace, { id, name }: NodeText): boolean {
  return (
    id.length === idTo - idFrom &&
    name.length === nameTo - nameFrom &&
    reader.isAt(idFrom, id) &&
    reader.isAt(nameFrom, name)
  )
}

function hashOf(reader: ByteReader, { idFrom, idTo, nameFrom, nameTo }: NodePlace): number {
  return reader.hash(nameFrom, nameTo, reader.hash(idFrom, idTo, 0))
}
