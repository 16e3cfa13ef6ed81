const entriesAtMost = 65_536
/** UTF-16 units of all keys together. */
const keysAtMost = 16 * 1024 * 1024
/** A longer key is not kept: a record with it is made anew each time. */
const keyAtMost = 65_536

/**
 * What records with the same measurement, tags and fields have in common, by a key of the reader. A memo: it changes
 * how fast a record is read, never the result. Forgets everything when it is full.
 */
export class ShapeCache<T> {
  readonly #entries = new Map<string, T>()
  #keys = 0

  /** The value of `key`; made and kept if it is new. */
  get(key: string, make: () => T): T {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const made = make()
    if (key.length > keyAtMost) return made
    if (this.#entries.size >= entriesAtMost || this.#keys + key.length > keysAtMost) this.#clear()
    this.#entries.set(key, made)
    this.#keys += key.length
    return made
  }

  #clear(): void {
    this.#entries.clear()
    this.#keys = 0
  }
}
