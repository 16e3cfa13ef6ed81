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
 * Names of the fields of lines as bytes, found in any order. A field is first looked for behind the one that it followed
 * last: Telegraf takes fields from a map of Go, and one of up to 8 entries is walked in one order, from any of them on.
 * Otherwise a hash finds it. Both only find candidates: a name is found if all bytes are equal.
 */
export class KnownFields {
  readonly kinds: ValueKind[] = []
  readonly #literals: Literals
  /** With their equals signs. */
  readonly #names: Literal[] = []
  readonly #hashes: number[] = []
  readonly #ids = new Map<string, number>()
  #table = new Int16Array(64).fill(-1)
  /** By field: the one that followed it last; -1 without one. The last place is that of the begin of a record. */
  readonly #following = new Int16Array(knownFieldsAtMost + 1).fill(-1)
  #last = knownFieldsAtMost

  /** @param literals gets the names */
  constructor(literals: Literals) {
    this.#literals = literals
  }

  /** The number of a field by its name as text; -1 if it is new. */
  idOf(name: string): number {
    return this.#ids.get(name) ?? -1
  }

  /** Call it before the first field of a record. */
  begin(): void {
    this.#last = knownFieldsAtMost
  }

  /** The number of the field whose name is next in the reader; -1 if it is unknown. Moves behind its equals sign. */
  find(reader: ByteReader): number {
    const expected = this.#following[this.#last] as number
    const id = expected >= 0 && reader.literal(this.#names[expected] as Literal) ? expected : this.#search(reader)
    if (id < 0) return -1
    this.#following[this.#last] = id
    this.#last = id
    return id
  }

  #search(reader: ByteReader): number {
    const from = reader.at
    const hash = reader.hashUntil(equals)
    reader.at++
    const length = reader.at - from
    const table = this.#table
    const mask = table.length - 1
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const id = table[i] as number
      if (id < 0) return -1
      const name = this.#names[id] as Literal
      if (name.length === length && reader.isAt(from, name)) return id
    }
  }

  /** Adds a field, which must be new. Its name has no equals sign. @returns its number; -1 if there are too many */
  add(name: Uint8Array, kind: ValueKind): number {
    const id = this.#names.length
    if (id >= knownFieldsAtMost) return -1
    const withEquals = new Uint8Array(name.length + 1)
    withEquals.set(name)
    withEquals[name.length] = equals
    this.#names.push(this.#literals.add(withEquals))
    this.#hashes.push(hashOf(withEquals))
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

/** The hash that `find` has for a name with its equals sign. */
function hashOf(name: Uint8Array): number {
  const bytes = new Uint8Array(name.length + padding)
  bytes.set(name)
  const reader = new ByteReader()
  reader.open(bytes)
  reader.end = bytes.length
  return reader.hashUntil(equals)
}
