import { Readable } from 'node:stream'
import type { exportCsvOperation, exportSummaryOperation } from '#shared/rest/export.ts'
import type { QueryOf, ResponseOf } from '#shared/rest/operation.ts'
import { dayMs, minuteMs } from '#shared/format/time-units.ts'
import { withStreamingClient } from '../db/copy-out.ts'
import type { Db, Pool } from '../db/db.ts'
import { withTx } from '../db/tx.ts'
import { lastHours } from '../metrics/service.ts'
import { CsvLines, csvHeader } from './csv-lines.ts'
import type { TimeSlice } from './repo.ts'
import { copyRecords, limitStatements, readNames, summarize } from './repo.ts'

/** As many as PostgreSQL sorts in its memory, more or less. */
const targetRows = 20_000

/**
 * How long the next slice of time should be, by what the last one held. Slices are sorted one by one, so the first line
 * comes at once and no sort grows with the range.
 */
export function nextSliceMs(sliceMs: number, rows: number): number {
  if (rows < targetRows / 2) return Math.min(sliceMs * 2, dayMs)
  if (rows > targetRows * 2) return Math.max(sliceMs / 2, minuteMs / 4)
  return sliceMs
}

const firstSliceMs = minuteMs

/** A year of a large fleet. */
const summaryWithinMs = 20_000

interface ExportContext {
  readonly now: number
  /** Aborted when nobody reads any more. */
  readonly signal: AbortSignal
}

/**
 * All values as CSV, oldest first, written while they are read. Nodes are those that are known at the start; an unknown
 * one has no lines.
 */
export async function csvOf(
  pool: Pool,
  query: QueryOf<typeof exportCsvOperation>,
  { now, signal }: ExportContext,
): Promise<Readable> {
  const names = await readNames(pool, query.node_id)
  const lines = new CsvLines(names, query.metric_type)
  const [node] = query.node_id === undefined ? [] : names.nodes.keys()
  const { from, to } = lastHours(now, query.hours)
  const isEmpty = query.node_id !== undefined && node === undefined
  const pieces = withStreamingClient(pool, signal, (db) => csvPieces(db, { from, to: isEmpty ? 0 : to, node, lines }))
  return Readable.from(pieces, { objectMode: false })
}

interface CsvRequest extends TimeSlice {
  readonly node: number | undefined
  readonly lines: CsvLines
}

/** A transaction each slice: the rows of one are of one instant, and no long one holds up the clean-up of tables. */
async function* csvPieces(db: Db, { from, to, node, lines }: CsvRequest): AsyncGenerator<string | Buffer> {
  yield csvHeader
  let sliceMs = firstSliceMs
  for (let since = from; since < to;) {
    const until = Math.min(since + sliceMs, to)
    await db.query('begin read only')
    await limitStatements(db, 0)
    const rows = yield* copyRecords(db, { from: since, to: until, node }, (record) => lines.linesOf(record))
    await db.query('commit')
    since = until
    sliceMs = nextSliceMs(sliceMs, rows)
  }
}

export async function summaryOf(
  pool: Pool,
  { node_id, hours }: QueryOf<typeof exportSummaryOperation>,
  now: number,
): Promise<ResponseOf<typeof exportSummaryOperation>> {
  const summary = await withTx(pool, async (db) => {
    await limitStatements(db, summaryWithinMs)
    return summarize(db, lastHours(now, hours).from, node_id)
  })
  return { summary, time_range_hours: hours }
}
