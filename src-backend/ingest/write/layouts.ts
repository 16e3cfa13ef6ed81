import type { Layout, SampleColumns } from '#shared/metric/sample-columns.ts'
import type { Db } from '../../db/db.ts'
import { layoutIds } from '../samples-repo.ts'

const cachedAtMost = 10_000
/** A list is an entry of an index, which holds 2,704 bytes. Each name takes up to 8 more than its own. */
const listBytesAtMost = 2_400
/** A row with more values would be stored outside of its table. */
const valuesAtMost = 200

/** Values `from` to `from + count` of a sample are a row with the layout `id`. */
export interface LayoutPiece {
  readonly id: number
  readonly from: number
  readonly count: number
}

/** The rows that a sample with these metrics becomes: one, unless the list is long. */
export type LayoutOf = (names: readonly string[]) => readonly LayoutPiece[]

/** Ids of lists of metrics. They never change, so they can be cached. */
export class Layouts {
  #pieces = new Map<string, readonly LayoutPiece[]>()

  /**
   * Ids for all layouts of these samples. New lists get an id, without a transaction, so that a known id is always committed.
   */
  async load(db: Db, batches: readonly SampleColumns[]): Promise<LayoutOf> {
    // A new map: the callers of earlier loads still use the old one.
    if (this.#pieces.size > cachedAtMost) this.#pieces = new Map()
    const pieces = this.#pieces
    const unknown = unknownIn(batches, pieces)
    if (unknown.size > 0) await addPieces(db, unknown, pieces)
    return (names) => pieces.get(layoutKey(names)) ?? []
  }
}

async function addPieces(
  db: Db,
  unknown: ReadonlyMap<string, readonly string[]>,
  pieces: Map<string, readonly LayoutPiece[]>,
): Promise<void> {
  const lists = Array.from(unknown, ([key, names]) => ({ key, parts: shortLists(names) }))
  const all = new Map(lists.flatMap(({ parts }) => parts.map((part) => [layoutKey(part), part] as const)))
  const keys = [...all.keys()].sort() // always the same order, for the locks
  const made = await layoutIds(
    db,
    keys.map((key) => all.get(key) ?? []),
  )
  const ids = new Map(keys.map((key, i) => [key, made[i] as number]))
  for (const { key, parts } of lists) {
    let from = 0
    const found = parts.map((part) => {
      const piece = { id: ids.get(layoutKey(part)) as number, from, count: part.length }
      from += part.length
      return piece
    })
    pieces.set(key, found)
  }
}

/** Cuts a list where it gets too long. The same list is always cut in the same places. */
export function shortLists(names: readonly string[]): ReadonlyArray<readonly string[]> {
  const lists: string[][] = []
  let bytes = Infinity
  for (const name of names) {
    const more = Buffer.byteLength(name) + 8
    const list = lists.at(-1)
    if (list && bytes + more <= listBytesAtMost && list.length < valuesAtMost) list.push(name)
    else lists.push([name])
    bytes = lists.at(-1)?.length === 1 ? more : bytes + more
  }
  return lists
}

function unknownIn(
  batches: readonly SampleColumns[],
  known: ReadonlyMap<string, unknown>,
): Map<string, readonly string[]> {
  const unknown = new Map<string, readonly string[]>()
  for (const { directory, layout } of batches) {
    for (const index of new Set(layout)) {
      const { names } = directory.layouts[index] as Layout
      const key = layoutKey(names)
      if (!known.has(key)) unknown.set(key, names)
    }
  }
  return unknown
}

/** No name contains NUL: PostgreSQL could not store it. */
function layoutKey(names: readonly string[]): string {
  return names.join('\0')
}
