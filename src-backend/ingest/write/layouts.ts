import type { Sample } from '#shared/metric/sample.ts'
import type { Db } from '../../db/db.ts'
import { layoutIds } from '../samples-repo.ts'

const cachedAtMost = 10_000

/** The id of a list of metrics. */
export type LayoutOf = (names: readonly string[]) => number

/** Ids of lists of metrics. They never change, so they can be cached. */
export class Layouts {
  #ids = new Map<string, number>()

  /**
   * Ids for all of these samples. New lists get an id, without a transaction, so that a known id is always committed.
   */
  async load(db: Db, samples: readonly Sample[]): Promise<LayoutOf> {
    // A new map: the callers of earlier loads still use the old one.
    if (this.#ids.size > cachedAtMost) this.#ids = new Map()
    const ids = this.#ids
    const unknown = unknownIn(samples, ids)
    if (unknown.size > 0) {
      const keys = [...unknown.keys()].sort() // always the same order, for the locks
      const lists = keys.map((key) => unknown.get(key) ?? [])
      const made = await layoutIds(db, lists)
      keys.forEach((key, i) => ids.set(key, made[i] as number))
    }
    return lookUp(ids)
  }
}

function unknownIn(samples: readonly Sample[], ids: ReadonlyMap<string, number>): Map<string, readonly string[]> {
  const unknown = new Map<string, readonly string[]>()
  let last: readonly string[] = []
  for (const { names } of samples) {
    if (areEqual(names, last)) continue
    last = names
    const key = layoutKey(names)
    if (!ids.has(key)) unknown.set(key, names)
  }
  return unknown
}

/** Most records have the same metrics as the one before. */
function lookUp(ids: ReadonlyMap<string, number>): LayoutOf {
  let last: readonly string[] = []
  let lastId = 0
  return (names) => {
    if (areEqual(names, last)) return lastId
    last = names
    lastId = ids.get(layoutKey(names)) as number
    return lastId
  }
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** No name contains NUL: PostgreSQL could not store it. */
function layoutKey(names: readonly string[]): string {
  return names.join('\0')
}
