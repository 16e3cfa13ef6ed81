import type { WireReader } from './wire-reader.ts'

/** What was made of some bytes. `following`: the entry that was looked for after it the last time. */
export interface BytesEntry<T> {
  readonly view: DataView
  readonly value: T
  following: BytesEntry<T> | undefined
  readonly sameHash: BytesEntry<T> | undefined
  /** How many entries have this hash, this one and those behind it. */
  readonly depth: number
}

/** Longer keys are not kept. */
const keyAtMost = 4_096
/** More entries of one hash are not kept: bytes can be chosen to have it. */
const depthAtMost = 16

/**
 * What was made of the bytes that a reader marks, by these bytes. Messages repeat: after some bytes come those that
 * followed them before, so most look-ups are one comparison. A memo: it changes how fast a record is read, never the
 * result.
 */
export class BytesTable<T> {
  readonly #byHash = new Map<number, BytesEntry<T>>()
  /** What was looked for first in a message. */
  #first: BytesEntry<T> | undefined

  /** @param before the entry that was found before this one in the same message */
  find(reader: WireReader, before: BytesEntry<T> | undefined): BytesEntry<T> | undefined {
    const expected = before === undefined ? this.#first : before.following
    if (expected !== undefined && isMarked(reader, expected.view)) return expected
    let entry = this.#byHash.get(hashOf(reader))
    while (entry !== undefined && !isMarked(reader, entry.view)) entry = entry.sameHash
    if (entry !== undefined) this.#expect(entry, before)
    return entry
  }

  /** Keeps what the marked bytes mean. */
  add(reader: WireReader, value: T, before: BytesEntry<T> | undefined): BytesEntry<T> {
    const { from, to, bytes } = reader
    const hash = hashOf(reader)
    const sameHash = this.#byHash.get(hash)
    const depth = (sameHash?.depth ?? 0) + 1
    const isKept = to - from <= keyAtMost && depth <= depthAtMost
    const view = new DataView(Uint8Array.from(isKept ? bytes.subarray(from, to) : []).buffer)
    const entry = { view, value, following: undefined, sameHash, depth }
    if (!isKept) return entry
    this.#byHash.set(hash, entry)
    this.#expect(entry, before)
    return entry
  }

  #expect(entry: BytesEntry<T>, before: BytesEntry<T> | undefined): void {
    if (before === undefined) this.#first = entry
    else before.following = entry
  }
}

/** Whether the marked bytes are these. Compares four at a time. */
function isMarked({ view, from, to }: WireReader, known: DataView): boolean {
  const length = to - from
  if (known.byteLength !== length) return false
  const last = length - 4
  if (last < 0) {
    for (let i = 0; i < length; i++) if (view.getUint8(from + i) !== known.getUint8(i)) return false
    return true
  }
  for (let i = 0; i < last; i += 4) if (view.getInt32(from + i) !== known.getInt32(i)) return false
  return view.getInt32(from + last) === known.getInt32(last)
}

function hashOf({ bytes, from, to }: WireReader): number {
  let hash = to - from
  for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0
  return hash
}
