import { ByteReader, type Literal } from '../byte-reader.ts'
import type { Literals } from '../literals.ts'
import { textOf } from '../utf8.ts'

/** More fields of one measurement are not known. Telegraf's largest records have about 100. */
export const knownFieldsAtMost = 256

/** What the value of a field is. */
export const valueKind = { number: 0, text: 1 } as const
export type ValueKind = (typeof valueKind)[keyof typeof valueKind]

const equals = 0x3d
/** Bytes that the hash of a name may read behind its end. */
const padding = 4

/**
 * Names of the fields of lines as bytes, found by a hash, in any order. The hash only finds candidates: a name is found
 * if all bytes are equal.
 */
export class KnownFields {
  readonly kinds: ValueKind[] = []
  readonly #literals: Literals
  readonly #names: Literal[] = []
  readonly #hashes: number[] = []
  readonly #ids = new Map<string, number>()
  #table = new Int16Array(64).fill(-1)

  /** @param literals gets the names */
  constructor(literals: Literals) {
    this.#literals = literals
  }

  /** The number of a field by its name as text; -1 if it is new. */
  idOf(name: string): number {
    return this.#ids.get(name) ?? -1
  }

  /** The number of the field whose name is next in the reader; -1 if it is unknown. Moves to the equals sign. */
  find(reader: ByteReader): number {
    const from = reader.at
    const hash = reader.hashUntil(equals)
    const length = reader.at - from
    const table = this.#table
    const mask = table.length - 1
    for (let i = hash & mask; reader.at < reader.end; i = (i + 1) & mask) {
      const id = table[i] as number
      if (id < 0) return -1
      const name = this.#names[id] as Literal
      if (name.length === length && reader.isAt(from, name)) return id
    }
    return -1
  }

  /** Adds a field, which must be new. Its name has no equals sign. @returns its number; -1 if there are too many */
  add(name: Uint8Array, kind: ValueKind): number {
    const id = this.#names.length
    if (id >= knownFieldsAtMost) return -1
    this.#names.push(this.#literals.add(name))
    this.#hashes.push(hashOf(name))
    this.#ids.set(textOf(name), id)
    this.kinds.push(kind)
    if (id * 2 < this.#table.length) this.#put(id)
    else this.#grow()
    return id
  }

  #grow(): void {
    this.#table = new Int16Array(this.#table.length * 2).fill(-1)
    for (const id of this.#names.keys()) this.#put(id)
  }

  #put(id: number): void {
    const mask = this.#table.length - 1
    let i = (this.#hashes[id] as number) & mask
    while ((this.#table[i] as number) >= 0) i = (i + 1) & mask
    this.#table[i] = id
  }
}

/** The hash that `find` has for a name. */
function hashOf(name: Uint8Array): number {
  const bytes = new Uint8Array(name.length + padding)
  bytes.set(name)
  bytes[name.length] = equals
  const reader = new ByteReader()
  reader.open(bytes)
  reader.end = bytes.length
  return reader.hashUntil(equals)
}
