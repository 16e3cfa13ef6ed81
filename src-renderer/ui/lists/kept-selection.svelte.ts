interface Options {
  /** Each new object: its row is selected as soon as it is in the list, unless another one is chosen before. */
  readonly awaited?: () => { readonly id: string } | undefined
  /** Which row follows one that left the list: the one in its place, or the first. Default: the one in its place. */
  readonly successor?: 'in-place' | 'first'
}

/**
 * The selected row of a list whose rows come, go and change their order. It is always in the list. New rows do not move
 * it: without a choice, the row that was the first one stays selected.
 */
export class KeptSelection<T extends { readonly id: string }> {
  readonly #rows: () => readonly T[]
  readonly #awaited: Options['awaited']
  readonly #successor: Options['successor']
  #revision = $state(0)
  // The memory of `row`. Plain fields: the same rows always give the same result again.
  #seen: { readonly id: string } | undefined
  #waitsFor: string | undefined
  #id: string | undefined
  #place = 0

  constructor(rows: () => readonly T[], { awaited, successor }: Options = {}) {
    this.#rows = rows
    this.#awaited = awaited
    this.#successor = successor
  }

  readonly row: T | undefined = $derived.by(() => {
    void this.#revision
    const rows = this.#rows()
    const awaited = this.#awaited?.()
    if (awaited !== this.#seen) {
      this.#seen = awaited
      this.#waitsFor = awaited?.id
    }
    if (rows.some(({ id }) => id === this.#waitsFor)) {
      this.#id = this.#waitsFor
      this.#waitsFor = undefined
    }
    const at = rows.findIndex(({ id }) => id === this.#id)
    const place = at >= 0 ? at : Math.min(this.#place, rows.length - 1)
    if (place < 0) return undefined
    this.#place = this.#successor === 'first' ? 0 : place
    this.#id = rows[place]?.id
    return rows[place]
  })

  choose(id: string): void {
    this.#seen = this.#awaited?.()
    this.#waitsFor = undefined
    this.#id = id
    this.#revision++
  }

  /** Another list is shown: if the selected row is not in it, its first row is selected. */
  restart(): void {
    this.#place = 0
    this.#revision++
  }
}
