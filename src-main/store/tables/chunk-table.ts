import type { Database, Statement } from 'better-sqlite3'
import { StoreError } from '../errors.ts'
import { chunkIdOf, partOf, secondOf } from '../chunk/chunk-id.ts'

export interface ChunkRow {
  readonly t0: number
  readonly t1: number
  readonly records: number
  readonly samples: number
  readonly data: Buffer
}

/** A chunk that was dropped. */
export interface DroppedChunk {
  readonly part: number
  readonly t1: number
  readonly bytes: number
  readonly samples: number
}

/** Most seconds that an id may move because earlier ones are in use. More indicates a bug. */
const mostBump = 1_000_000

export class ChunkTable {
  readonly #insert: Statement<[number, number, number, number, Buffer]>
  readonly #newest: Statement<[number, number], Buffer>
  readonly #dropOldest: Statement<[number, number], Omit<DroppedChunk, 'part'> & { readonly id: number }>

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT OR IGNORE INTO chunk VALUES (?, ?, ?, ?, ?)')
    this.#newest = db
      .prepare<[number, number], Buffer>('SELECT data FROM chunk WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1')
      .pluck()
    this.#dropOldest = db.prepare(
      `DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE t1 < ? ORDER BY t1 LIMIT ?)
       RETURNING id, t1, length(data) AS bytes, samples`,
    )
  }

  /** @returns the number of seconds by which the id moved because earlier ones were in use */
  insert(part: number, chunk: ChunkRow): number {
    const id = chunkIdOf(part, secondOf(chunk.t0))
    for (let bump = 0; bump < mostBump; bump++) {
      const { changes } = this.#insert.run(id + bump, chunk.t1, chunk.records, chunk.samples, chunk.data)
      if (changes === 1) return bump
    }
    throw new StoreError(`no free id for a chunk of part ${part}`)
  }

  /** The chunk with the latest start. */
  newest(part: number): Buffer | undefined {
    return this.#newest.get(chunkIdOf(part, 0), chunkIdOf(part + 1, 0) - 1)
  }

  /** Drops at most `limit` chunks, of all nodes those that ended first, if they ended before `at` (epoch ms). */
  dropOldest(at: number, limit: number): DroppedChunk[] {
    return this.#dropOldest.all(at, limit).map(({ id, ...rest }) => ({ part: partOf(id), ...rest }))
  }
}
