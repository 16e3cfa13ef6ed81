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

/** A part of a node as range queries need it. */
export interface ReadPart {
  readonly no: number
  /** Its name; '' may have any metric. */
  readonly part: string
  readonly span: number
  readonly bump: number
  readonly chunks: number
}

export interface ReadNode {
  readonly id: string
  readonly name: string
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

/** A part's chunks that overlap a range: one range of the primary key. `t1` is read without the data. */
export const rangeCondition = 'id BETWEEN ? AND ? AND t1 >= ?'

/** The parts of a node that may have a metric: two steps in an index for each part of the node. */
export const withMetric = `node_id = ? AND
  (part = '' OR EXISTS (SELECT 1 FROM part_metric WHERE part_metric.part = part.no AND metric = ?))`

/** Chunks for other threads, next to the writer. Queries are short, because an open one keeps the log growing. */
export class ReadStore {
  readonly history: HistoryReader
  readonly #db: Database
  readonly #nodes: Statement<[], ReadNode>
  readonly #nodeName: Statement<[string], string>
  readonly #parts: Statement<[string], ReadPart>
  readonly #partsOf: Statement<[string, number], ReadPart>
  readonly #metrics: Statement<[], ReadMetric>
  readonly #metricNo: Statement<[string], number>
  readonly #metricNames: Statement<[string], string>
  readonly #page: Statement<[...RangeBounds, number], ChunkDataRow>
  readonly #oldest: Statement<[...RangeBounds], Buffer>
  readonly #begin: Statement<[]>
  readonly #commit: Statement<[]>
  /** By metric: the numbers that were asked for. */
  readonly #numbers = new Map<string, number>()

  private constructor(db: Database) {
    this.#db = db
    this.history = new HistoryReader(db)
    // The other columns are those of the first part.
    this.#nodes = db.prepare(
      'SELECT id, name FROM (SELECT min(no) AS no, node_id AS id, name FROM part GROUP BY node_id) ORDER BY no',
    )
    this.#nodeName = db.prepare<[string], string>('SELECT name FROM part WHERE node_id = ? ORDER BY no LIMIT 1').pluck()
    const columns = 'no, part, span, bump, chunks FROM part'
    this.#parts = db.prepare(`SELECT ${columns} WHERE node_id = ? ORDER BY no`)
    this.#partsOf = db.prepare(`SELECT ${columns} WHERE ${withMetric} ORDER BY no`)
    this.#metrics = db.prepare('SELECT no, name, unit FROM metric ORDER BY no')
    this.#metricNo = db.prepare<[string], number>('SELECT no FROM metric WHERE name = ?').pluck()
    this.#metricNames = db
      .prepare<[string], string>(
        `WITH own AS (SELECT no FROM part WHERE node_id = ?)
         SELECT name FROM metric WHERE no IN (
           SELECT metric FROM part_metric WHERE part IN own
           UNION SELECT metric FROM series WHERE node = (SELECT min(no) FROM own)
         ) ORDER BY no`,
      )
      .pluck()
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

  /** In the order in which they first appeared. */
  nodes(): ReadNode[] {
    return this.#nodes.all()
  }

  /** Name of a known node. */
  nodeName(id: string): string | undefined {
    return this.#nodeName.get(id)
  }

  /** By number. `metric`: only the parts that may have the metric with this number. */
  parts(nodeId: string, metric?: number): ReadPart[] {
    return metric === undefined ? this.#parts.all(nodeId) : this.#partsOf.all(nodeId, metric)
  }

  /** By number: the order in which they first appeared. */
  metrics(): ReadMetric[] {
    return this.#metrics.all()
  }

  /** The metrics of the node: those of its parts, and all that have an evaluation state. */
  metricNames(nodeId: string): string[] {
    return this.#metricNames.all(nodeId)
  }

  /** The number of a metric, which never changes. */
  metricNo(name: string): number | undefined {
    const known = this.#numbers.get(name) ?? this.#metricNo.get(name)
    if (known !== undefined) this.#numbers.set(name, known)
    return known
  }

  /** In order of their first second. */
  *chunks(part: ReadPart, range: ClosedTimeRange): Generator<Chunk> {
    const [fromId, toId, from] = boundsOf(part, range)
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
  page(part: ReadPart, range: ClosedTimeRange, { after, limit }: { after: number; limit: number }): PagedChunk[] {
    const [fromId, toId, from] = boundsOf(part, range)
    return this.#page.all(Math.max(fromId, after + 1), toId, from, limit).map(({ id, data }) => ({
      id,
      earliestLaterStart: (id - chunkIdOf(part.no, 0) - part.bump) * 1000,
      chunk: new Chunk(data),
    }))
  }

  /** Event time of the oldest record in the part's chunks, epoch ms; `null` without a chunk. */
  oldestAt(part: ReadPart): number | null {
    const data = this.#oldest.get(...boundsOf(part, everything))
    return data ? firstTimeOf(data) : null
  }

  /** All rejected records, newest first. At most 10,000 are kept. */
  *rejectedRecords(): Generator<ExportedReject> {
    const pageOf = this.#db.prepare<[number], Omit<ExportedReject, 'text' | 'base64'> & { seq: number; head: Buffer }>(
      `SELECT seq, topic, partition, record_offset AS "offset", at, code, reason, first_bytes AS head
       FROM rejected_record WHERE seq < ? ORDER BY seq DESC LIMIT 500`,
    )
    let before = Number.MAX_SAFE_INTEGER
    for (let rows = pageOf.all(before); rows.length > 0; rows = pageOf.all(before)) {
      for (const { seq, head, ...record } of rows) {
        before = seq
        yield { ...record, text: head.toString(), base64: head.toString('base64') }
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

function boundsOf({ no, span, bump }: ReadPart, { from, to }: ClosedTimeRange): RangeBounds {
  const first = Math.max(secondOf(from) - span - 1, 0)
  return [chunkIdOf(no, first), chunkIdOf(no, secondOf(to) + bump), from]
}
