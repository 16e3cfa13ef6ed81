/** The order of a list. While it is held, no row moves: new rows come last. */
export class HeldOrder {
  #isHeld = $state(false)
  // The memory of `apply`. The same rows always give the same result again.
  #order: readonly string[] = []
  #key: string | undefined

  /** The pointer is over the list. */
  readonly hold = (): void => {
    this.#isHeld = true
  }

  readonly release = (): void => {
    this.#isHeld = false
  }

  /** `sorted`: in the wanted order. `key`: of that order; another one takes effect at once. */
  apply<T extends { readonly id: string }>(sorted: readonly T[], key: string): readonly T[] {
    if (!this.#isHeld || key !== this.#key) {
      this.#key = key
      this.#order = sorted.map(({ id }) => id)
      return sorted
    }
    const places = new Map(this.#order.map((id, place) => [id, place]))
    const place = ({ id }: T): number => places.get(id) ?? Infinity
    const held = sorted.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
    this.#order = held.map(({ id }) => id)
    return held
  }
}
