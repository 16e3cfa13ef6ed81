import type { ChunkTable } from '../tables/chunk-table.ts'
import type { Dictionary } from './dictionary.ts'
import { Head } from './head.ts'
import { latestValues } from './latest-values.ts'
import type { StoredPart, StoredPartRow } from './stored-part.ts'

/** What to drop: what ended before `before` (epoch ms), the oldest first, until it has that many bytes. */
export interface DropGoal {
  readonly before: number
  readonly bytes: number
}

/** The end of a slice, so that a commit never waits long for retention. */
export interface DropSlice {
  readonly chunks: number
  readonly ms: number
}

export interface StagedDropDeps {
  readonly dictionary: Dictionary
  readonly chunks: ChunkTable
  readonly goal: DropGoal
  readonly slice: DropSlice
}

/** Chunks of one statement. Between two of them, the time of the slice is looked at. */
const statementChunks = 50
/** What a chunk takes beside its data: its other columns, and its entry in the index. */
const chunkOverhead = 64
/** Most heads of a slice. */
const mostHeads = 500
/** Above every index in a batch. */
const mostIndex = 2 ** 31

/**
 * One slice of a deletion: `write` runs inside the transaction, `apply` after it.
 *
 * **Invariant:** no chunk or head that stays ended before one that went. A slice that ends early drops only those heads
 * that ended before the last chunk that went.
 */
export class StagedDrop {
  /** Bytes that went. */
  bytes = 0
  readonly #deps: StagedDropDeps
  readonly #rows = new Map<StoredPart, StoredPartRow>()
  readonly #ended = new Set<StoredPart>()
  #chunks = 0
  #isEarly = false

  constructor(deps: StagedDropDeps) {
    this.#deps = deps
  }

  /** Whether the slice ended before the goal was reached. */
  get more(): boolean {
    return this.#isEarly
  }

  /** Whether the records that are in no chunk go, too. */
  endsHead(part: StoredPart): boolean {
    return this.#ended.has(part)
  }

  /**
   * Deletes the chunks.
   * @param seq the newest batch of the journal
   * @returns the rows of the parts that changed
   */
  write(seq: number): ReadonlyMap<StoredPart, StoredPartRow> {
    const { goal, slice } = this.#deps
    const until = performance.now() + slice.ms
    let cut = goal.bytes === Infinity ? goal.before : -Infinity
    while (this.bytes < goal.bytes) {
      const t1 = this.#dropChunks()
      if (t1 === undefined) break
      this.#isEarly = this.#chunks >= slice.chunks || performance.now() >= until
      if (goal.bytes < Infinity || this.#isEarly) cut = t1
      if (this.#isEarly) break
    }
    this.#endHeads(cut, seq)
    return this.#rows
  }

  apply(): void {
    for (const [part, row] of this.#rows) part.row = row
    for (const part of this.#ended) {
      part.base = latestValues(part.head.records(part.head.count), part.base)
      part.head.replace()
      part.head = new Head()
      part.saved = null
    }
  }

  /** @returns when the last one of them ended; `undefined` if there is none */
  #dropChunks(): number | undefined {
    const { dictionary, chunks, goal, slice } = this.#deps
    // A chunk is about a page. A goal of fewer bytes than a statement deletes takes no more than it must.
    const wanted = Math.ceil((goal.bytes - this.bytes) / 4096)
    const limit = Math.max(1, Math.min(statementChunks, slice.chunks - this.#chunks, wanted))
    const dropped = chunks.dropOldest(goal.before, limit)
    let last: number | undefined
    for (const { part: no, t1, bytes, samples } of dropped) {
      last = Math.max(last ?? t1, t1)
      this.bytes += bytes + chunkOverhead
      this.#chunks++
      const part = dictionary.partAt(no)
      if (!part) continue
      const row = this.#rows.get(part) ?? part.row
      this.#rows.set(part, { ...row, samples: row.samples - samples, bytes: row.bytes - bytes })
    }
    return last
  }

  #endHeads(cut: number, seq: number): void {
    for (const part of this.#deps.dictionary.parts()) {
      if (part.head.count === 0 || part.head.t1 >= cut) continue
      if (this.#ended.size === mostHeads) {
        this.#isEarly = true
        return
      }
      this.#ended.add(part)
      this.#rows.set(part, { ...(this.#rows.get(part) ?? part.row), passedSeq: seq, passedIndex: mostIndex })
    }
  }
}
