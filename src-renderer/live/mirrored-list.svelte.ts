import type { IpcFailure, IpcResult } from '#shared/ipc/contract.ts'
import { retryUntilOk } from './retry-until-ok.ts'

interface Source<T> {
  /** The whole list, read once at the start. */
  readonly list: () => Promise<IpcResult<readonly T[]>>
  /** New and changed items. @returns the unsubscribe */
  readonly changes: (listener: (items: readonly T[]) => void) => () => void
  /** Whether an item leaves the list: a deleted rule, an old resolved alert. */
  readonly gone: (item: T) => boolean
}

/** A list of the main process, by id: snapshot first, then changes. The array is replaced, never mutated. */
export class MirroredList<T extends { readonly id: string }> {
  items = $state.raw<readonly T[]>([])
  loaded = $state(false)
  problem = $state.raw<IpcFailure>()
  readonly #source: Source<T>

  constructor(source: Source<T>) {
    this.#source = source
  }

  /** @returns stops following */
  follow(): () => void {
    const early: T[] = []
    const off = this.#source.changes((changed) => {
      if (this.loaded) this.take(changed)
      else early.push(...changed)
    })
    const stop = retryUntilOk(
      this.#source.list,
      (items) => {
        this.items = items.filter((item) => !this.#source.gone(item))
        this.loaded = true
        this.problem = undefined
        this.take(early)
      },
      (failure) => (this.problem = failure),
    )
    return () => {
      off()
      stop()
    }
  }

  /** Adds or replaces items: from changes, and from our own calls before their push arrives. */
  take(changed: readonly T[]): void {
    if (changed.length === 0) return
    const byId = new Map(this.items.map((item) => [item.id, item]))
    for (const item of changed) {
      if (this.#source.gone(item)) byId.delete(item.id)
      else byId.set(item.id, item)
    }
    this.items = [...byId.values()]
  }
}
