import { Readable } from 'node:stream'
import type { exportCsvOperation, exportSummaryOperation } from '#shared/rest/export.ts'
import type { QueryOf, ResponseOf } from '#shared/rest/operation.ts'
import { dayMs, minuteMs } from '#shared/format/time-units.ts'
import { withStreamingClient } from '../db/copy-out.ts'
import type { Db, Pool } from '../db/db.ts'
import { withTx } from '../db/tx.ts'
import { lastHours } from '../metrics/service.ts'
import { CsvLines, csvHeader } from './csv-lines.ts'
import type { RecordQuery } from './repo.ts'
import { copyRecords, limitStatements, readNames, summarize } from './repo.ts'

/** About as many rows as PostgreSQL sorts in memory. */
const targetRows = 20_000

/**
 * Length of the next time slice, from the number of rows in the last one. Each slice is sorted on its own, so the first
 * line comes immediately and no sort grows with the range.
 */
export function nextSliceMs(sliceMs: number, rows: number): number {
  if (rows < targetRows / 2) return Math.min(sliceMs * 2, dayMs)
  if (rows > targetRows * 2) return Math.max(sliceMs / 2, minuteMs / 4)
  return sliceMs
}

const firstSliceMs = minuteMs

/** Enough for a year of a large fleet. */
const summaryWithinMs = 20_000

interface ExportContext {
  readonly now: number
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal
}

/**
 * All values as CSV, oldest first, written while they are read. The nodes are those known at the start. An unknown node
 * has no lines.
 */
export async function csvOf(
  pool: Pool,
  query: QueryOf<typeof exportCsvOperation>,
  { now, signal }: ExportContext,
): Promise<Readable> {
  const { node_id: nodeId, metric_type: metric } = query
  const names = await readNames(pool, { nodeId, metric })
  const lines = new CsvLines(names, metric)
  const layouts = metric === undefined ? undefined : [...names.layouts.keys()]
  const [node] = nodeId === undefined ? [] : names.nodes.keys()
  const { from, to } = lastHours(now, query.hours)
  const isEmpty = nodeId !== undefined && node === undefined
  const chunks = withStreamingClient(pool, signal, (db) =>
    csvChunks(db, { from, to: isEmpty ? 0 : to, node, layouts, lines }),
  )
  return Readable.from(chunks, { objectMode: false })
}

interface CsvRequest extends RecordQuery {
  readonly lines: CsvLines
}

/** One transaction per slice: its rows are of one instant, and no long transaction blocks VACUUM. */
async function* csvChunks(db: Db, { from, to, lines, ...of }: CsvRequest): AsyncGenerator<string | Buffer> {
  yield csvHeader
  let sliceMs = firstSliceMs
  for (let since = from; since < to;) {
    const until = Math.min(since + sliceMs, to)
    await db.query('begin read only')
    await limitStatements(db, 0)
    const rows = yield* copyRecords(db, { ...of, from: since, to: until }, (record) => lines.linesOf(record))
    await db.query('commit')
    since = until
    sliceMs = nextSliceMs(sliceMs, rows)
  }
}

export async function summaryOf(
  pool: Pool,
  { node_id, metric_type, hours }: QueryOf<typeof exportSummaryOperation>,
  now: number,
): Promise<ResponseOf<typeof exportSummaryOperation>> {
  const summary = await withTx(pool, async (db) => {
    await limitStatements(db, summaryWithinMs)
    return summarize(db, { since: lastHours(now, hours).from, nodeId: node_id, metric: metric_type })
  })
  return { summary, time_range_hours: hours }
}
