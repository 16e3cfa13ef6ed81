/** The rows that the operator marked, to act on all of them. Only rows that are listed count: see `of`. */
export class MarkedRows {
  #ids = $state.raw<ReadonlySet<string>>(new Set())
  /** Where a range begins: the row that was marked last. */
  #anchor: string | undefined

  get any(): boolean {
    return this.#ids.size > 0
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** The marked ones of these rows, in their order. */
  of<T extends { readonly id: string }>(rows: readonly T[]): readonly T[] {
    return this.#ids.size === 0 ? [] : rows.filter(({ id }) => this.#ids.has(id))
  }

  toggle(id: string): void {
    this.set([id], !this.#ids.has(id))
    this.#anchor = id
  }

  /** Marks these rows, or unmarks them. */
  set(ids: readonly string[], marked: boolean): void {
    const next = new Set(this.#ids)
    for (const id of ids) {
      if (marked) next.add(id)
      else next.delete(id)
    }
    this.#ids = next
  }

  /** Marks all rows from the one that was marked last to this one. `listed`: all rows, in order. */
  extend(listed: readonly string[], id: string): void {
    const to = listed.indexOf(id)
    const from = this.#anchor === undefined ? to : listed.indexOf(this.#anchor)
    if (to < 0) return
    const [low, high] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)]
    this.set(listed.slice(low, high + 1), true)
    this.#anchor = id
  }

  clear(): void {
    this.#ids = new Set()
    this.#anchor = undefined
  }
}
