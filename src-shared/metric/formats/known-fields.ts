import type { ByteReader, Literal } from '../byte-reader.ts'
import { textOf } from '../utf8.ts'

/** More fields of one measurement are not known. Telegraf's largest records have about 100. */
export const knownFieldsAtMost = 256

/** What the value of a field is. */
export const valueKind = { number: 0, text: 1 } as const
export type ValueKind = (typeof valueKind)[keyof typeof valueKind]

/** Names of fields as bytes, found by a hash. The hash only finds candidates: a name is found if all bytes are equal. */
export class KnownFields {
  readonly kinds: ValueKind[] = []
  readonly #names: Literal[] = []
  readonly #hashes: number[] = []
  readonly #ids = new Map<string, number>()
  #table = new Int16Array(64).fill(-1)

  /** The number of a field by its name as text; -1 if it is new. */
  idOf(name: string): number {
    return this.#ids.get(name) ?? -1
  }

  /** The number of the field whose name is at `from`; -1 if it is new. */
  find(reader: ByteReader, from: number, { hash, length }: NameHash): number {
    const table = this.#table
    const mask = table.length - 1
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const id = table[i] as number
      if (id < 0) return -1
      const name = this.#names[id] as Literal
      if (this.#hashes[id] === hash && name.length === length && reader.isAt(from, name)) return id
    }
  }

  /** Whether the name of the field is at `from`. */
  isAt(reader: ByteReader, from: number, id: number): boolean {
    return reader.isAt(from, this.#names[id] as Literal)
  }

  lengthOf(id: number): number {
    return (this.#names[id] as Literal).length
  }

  /** Adds a field, which must be new. @returns its number; -1 if there are too many */
  add(name: Uint8Array, hash: number, kind: ValueKind): number {
    const id = this.#names.length
    if (id >= knownFieldsAtMost) return -1
    const view = new DataView(name.buffer, name.byteOffset, name.byteLength)
    this.#names.push({ view, from: 0, length: name.length })
    this.#hashes.push(hash)
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

/** The hash of a name. */
export function hashOf(name: Uint8Array): number {
  return name.reduce(hashed, 0)
}

/** A name that is read: its hash and its length in bytes. */
export interface NameHash {
  hash: number
  length: number
}

/** One step of the hash of names. */
export function hashed(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0
}
