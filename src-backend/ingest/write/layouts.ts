import type { Layout, SampleColumns } from '#shared/metric/sample-columns.ts'
import type { Db } from '../../db/db.ts'
import { layoutIds } from '../samples-repo.ts'

const cachedAtMost = 10_000

/** The id of a list of metrics. */
export type LayoutOf = (names: readonly string[]) => number

/** Ids of lists of metrics. They never change, so they can be cached. */
export class Layouts {
  #ids = new Map<string, number>()

  /**
   * Ids for all layouts of these samples. New lists get an id, without a transaction, so that a known id is always committed.
   */
  async load(db: Db, batches: readonly SampleColumns[]): Promise<LayoutOf> {
    // A new map: the callers of earlier loads still use the old one.
    if (this.#ids.size > cachedAtMost) this.#ids = new Map()
    const ids = this.#ids
    const unknown = unknownIn(batches, ids)
    if (unknown.size > 0) {
      const keys = [...unknown.keys()].sort() // always the same order, for the locks
      const lists = keys.map((key) => unknown.get(key) ?? [])
      const made = await layoutIds(db, lists)
      keys.forEach((key, i) => ids.set(key, made[i] as number))
    }
    return (names) => ids.get(layoutKey(names)) as number
  }
}

function unknownIn(
  batches: readonly SampleColumns[],
  ids: ReadonlyMap<string, number>,
): Map<string, readonly string[]> {
  const unknown = new Map<string, readonly string[]>()
  for (const { directory, layout } of batches) {
    for (const index of new Set(layout)) {
      const { names } = directory.layouts[index] as Layout
      const key = layoutKey(names)
      if (!ids.has(key)) unknown.set(key, names)
    }
  }
  return unknown
}

/** No name contains NUL: PostgreSQL could not store it. */
function layoutKey(names: readonly string[]): string {
  return names.join('\0')
}
