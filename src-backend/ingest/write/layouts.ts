import type { Sample } from '#shared/metric/sample.ts'
import type { Db } from '../../db/db.ts'
import { layoutIds } from '../samples-repo.ts'

const rememberAtMost = 10_000

/** The id of a list of metrics. */
export type LayoutOf = (names: readonly string[]) => number

/** Ids of lists of metrics. They never change nor go, so what was read once holds. */
export class Layouts {
  #ids = new Map<string, number>()

  /**
   * Ids for all of these samples, made where they are new. In no transaction, so that an id that is known is also
   * committed.
   */
  async load(db: Db, samples: readonly Sample[]): Promise<LayoutOf> {
    // Another one in place of it: who learnt from this one goes on with it.
    if (this.#ids.size > rememberAtMost) this.#ids = new Map()
    const ids = this.#ids
    const unknown = unknownIn(samples, ids)
    if (unknown.size > 0) {
      const keys = [...unknown.keys()].sort() // one order everywhere, for the locks
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

/** Most records of a fleet have the metrics of the one before. */
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

/** No name holds NUL: PostgreSQL would not take it. */
function layoutKey(names: readonly string[]): string {
  return names.join('\0')
}
