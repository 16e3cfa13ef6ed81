import type { Database, Statement } from 'better-sqlite3'
import type { ExportedReject } from '#shared/metric/rejected-export.ts'
import type { StoredUsage } from '../threads/cache-usage.ts'
import { Chunk, firstTimeBytes, firstTimeOf } from './chunk/chunk.ts'
import { chunkIdOf, secondOf } from './chunk/chunk-id.ts'
import { databasePath, openReader } from './connection.ts'
import { DatabaseTooNewError, StoreError } from './errors.ts'
import { HistoryReader } from './history-reader.ts'
import { migrations } from './migrations/migrations.ts'
import { readUsage } from './read-usage.ts'

/** A node as range queries need it. */
export interface ReadNode {
  readonly no: number
  readonly name: string
  readonly span: number
  readonly bump: number
  readonly chunks: number
}

export interface NamedReadNode extends ReadNode {
  readonly id: string
}

export interface ReadMetric {
  readonly no: number
  readonly name: string
  readonly unit: string
}

/** Event times, epoch ms, both ends included. */
export interface ClosedTimeRange {
  readonly from: number
  readonly to: number
}

/** A stored chunk. Chunks with a larger id start at `earliestLaterStart` (epoch ms) or later. */
export interface PagedChunk {
  readonly id: number
  readonly earliestLaterStart: number
  readonly chunk: Chunk
}

interface ChunkDataRow {
  readonly id: number
  readonly data: Buffer
}

/** Chunks in memory at a time: half a megabyte. Rows one by one would take twice the time. */
const pageSize = 256

const everything: ClosedTimeRange = { from: 0, to: 8.64e15 }

type RangeBounds = [fromId: number, toId: number, from: number]

/** A node's chunks that overlap a range: one range of the primary key. `t1` is read without the data. */
export const rangeCondition = 'id BETWEEN ? AND ? AND t1 >= ?'

/** Chunks for other threads, next to the writer. Queries are short, because an open one keeps the log growing. */
export class ReadStore {
  readonly history: HistoryReader
  readonly #db: Database
  readonly #node: Statement<[string], ReadNode>
  readonly #nodes: Statement<[], NamedReadNode>
  readonly #metrics: Statement<[], ReadMetric>
  readonly #metricNo: Statement<[string], number>
  readonly #page: Statement<[...RangeBounds, number], ChunkDataRow>
  readonly #oldest: Statement<[...RangeBounds], Buffer>
  readonly #begin: Statement<[]>
  readonly #commit: Statement<[]>
  /** By metric: the numbers that were asked for. */
  readonly #numbers = new Map<string, number>()

  private constructor(db: Database) {
    this.#db = db
    this.history = new HistoryReader(db)
    this.#node = db.prepare('SELECT no, name, span, bump, chunks FROM node WHERE id = ?')
    this.#nodes = db.prepare('SELECT id, no, name, span, bump, chunks FROM node ORDER BY no')
    this.#metrics = db.prepare('SELECT no, name, unit FROM metric ORDER BY no')
    this.#metricNo = db.prepare<[string], number>('SELECT no FROM metric WHERE name = ?').pluck()
    this.#page = db.prepare(`SELECT id, data FROM chunk WHERE ${rangeCondition} ORDER BY id LIMIT ?`)
    this.#oldest = db
      .prepare<[...RangeBounds], Buffer>(
        `SELECT substr(data, 1, ${firstTimeBytes}) FROM chunk WHERE ${rangeCondition} ORDER BY id LIMIT 1`,
      )
      .pluck()
    this.#begin = db.prepare('BEGIN')
    this.#commit = db.prepare('COMMIT')
  }

  /** Throws when there is no cache, or one of another format: the data thread creates and migrates it. */
  static open(dir: string): ReadStore {
    const db = openReader(databasePath(dir))
    const version = db.pragma('user_version', { simple: true }) as number
    if (version === migrations.length) return new ReadStore(db)
    db.close()
    if (version > migrations.length) throw new DatabaseTooNewError(version, migrations.length)
    throw new StoreError(`the cache has format ${version}, not ${migrations.length} yet`)
  }

  node(id: string): ReadNode | undefined {
    return this.#node.get(id)
  }

  /** By number, as metrics. */
  nodes(): NamedReadNode[] {
    return this.#nodes.all()
  }

  /** By number: the order in which they first appeared. */
  metrics(): ReadMetric[] {
    return this.#metrics.all()
  }

  /** The number of a metric, which never changes. */
  metricNo(name: string): number | undefined {
    const known = this.#numbers.get(name) ?? this.#metricNo.get(name)
    if (known !== undefined) this.#numbers.set(name, known)
    return known
  }

  /** In order of their first second. */
  *chunks(node: ReadNode, range: ClosedTimeRange): Generator<Chunk> {
    const [fromId, toId, from] = boundsOf(node, range)
    let next = fromId
    let rows: ChunkDataRow[]
    do {
      rows = this.#page.all(next, toId, from, pageSize)
      for (const { id, data } of rows) {
        next = id + 1
        yield new Chunk(data)
      }
    } while (rows.length === pageSize)
  }

  /** At most `limit` chunks with ids above `after`: a long reader holds no query open between pages. */
  page(node: ReadNode, range: ClosedTimeRange, { after, limit }: { after: number; limit: number }): PagedChunk[] {
    const [fromId, toId, from] = boundsOf(node, range)
    return this.#page.all(Math.max(fromId, after + 1), toId, from, limit).map(({ id, data }) => ({
      id,
      earliestLaterStart: (id - chunkIdOf(node.no, 0) - node.bump) * 1000,
      chunk: new Chunk(data),
    }))
  }

  /** Event time of the oldest record in the node's chunks, epoch ms; `null` without a chunk. */
  oldestAt(node: ReadNode): number | null {
    const data = this.#oldest.get(...boundsOf(node, everything))
    return data ? firstTimeOf(data) : null
  }

  /** All rejected records, newest first. At most 10,000 are kept. */
  *rejectedRecords(): Generator<ExportedReject> {
    const pageOf = this.#db.prepare<[number], ExportedReject & { seq: number }>(
      `SELECT seq, topic, partition, record_offset AS "offset", at, code, reason, first_bytes AS head
       FROM rejected_record WHERE seq < ? ORDER BY seq DESC LIMIT 500`,
    )
    let before = Number.MAX_SAFE_INTEGER
    for (let rows = pageOf.all(before); rows.length > 0; rows = pageOf.all(before)) {
      for (const { seq, ...record } of rows) {
        before = seq
        yield record
      }
    }
  }

  /** What the tables take. With a gigabyte of chunks, it takes about 20 ms. */
  usage(zone: 'local' | 'utc'): StoredUsage {
    return this.atOneTime(() => readUsage(this.#db, zone))
  }

  /** Runs `read` on one state of the database. Do not nest it. */
  atOneTime<T>(read: () => T): T {
    this.#begin.run()
    try {
      return read()
    } finally {
      this.#commit.run()
    }
  }

  close(): void {
    this.#db.close()
  }
}

function boundsOf(node: ReadNode, { from, to }: ClosedTimeRange): RangeBounds {
  const first = Math.max(secondOf(from) - node.span - 1, 0)
  return [chunkIdOf(node.no, first), chunkIdOf(node.no, secondOf(to) + node.bump), from]
}
