import type { Literal } from '../byte-reader.ts'
import { bytesOf } from '../utf8.ts'
import { roomFor } from './known-part.ts'

/** What is between two literals. A text begins behind its quote. */
export const templateSlot = { number: 0, boolean: 1, text: 2 } as const
export type TemplateSlot = (typeof templateSlot)[keyof typeof templateSlot]

/** How the fields of a record are written: `literals[i]` is in front of `slots[i]`, and `last` is behind the last slot. */
export class FieldsTemplate {
  readonly slots: readonly TemplateSlot[]
  readonly literals: readonly Literal[]
  readonly last: Literal
  /** Of the record that is read. */
  readonly values: number[]

  /** @param pieces texts in front of the slots, and the one behind the last */
  constructor(pieces: readonly string[], slots: readonly TemplateSlot[]) {
    const encoded = pieces.map(bytesOf)
    const view = new DataView(new ArrayBuffer(encoded.reduce((sum, { length }) => sum + length, 0)))
    const all = new Uint8Array(view.buffer)
    let from = 0
    const literals = encoded.map((bytes): Literal => {
      all.set(bytes, from)
      from += bytes.length
      return { view, from: from - bytes.length, length: bytes.length }
    })
    this.slots = slots
    this.last = literals.pop() as Literal
    this.literals = literals
    this.values = roomFor(slots.filter((slot) => slot !== templateSlot.text).length)
  }
}
