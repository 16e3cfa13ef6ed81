import { csvColumnOf, leadingColumns } from '#shared/metric/csv-column.ts'
import { knownMetrics } from '#shared/metric/metric-info.ts'
import type { ClosedTimeRange, PagedChunk, ReadPart, ReadStore } from '../store/read-store.ts'
import type { HeadCopies } from '../threads/read-calls.ts'
import { csvLine, csvNumber, csvText } from '#shared/format/csv.ts'
import { formatRfc3339 } from '#shared/format/time.ts'
import { writeExportFile } from './export-file.ts'
import { SortedMerge } from './merge-sorted.ts'
import type { SortedRun } from './merge-sorted.ts'
import type { SortedSamples } from './sorted-samples.ts'
import { indexRange, ofPart, samplesOfChunk, samplesOfHead } from './sorted-samples.ts'

export interface ExportRequest extends ClosedTimeRange {
  readonly nodeId: string
  /** Only these metrics; all if not given. */
  readonly metrics?: readonly string[]
  readonly path: string
  /** In which times are written; by default UTC. */
  readonly zone?: 'local' | 'utc'
}

/** Chunks of all pages that are in memory: some thousand rows. */
const pagedChunks = 64
/** Most chunks of a page. */
const mostOfPage = 32
/** Characters per write. */
const blockSize = 1 << 16

/**
 * Writes the records of a node in the range, one line per time, oldest first: of equal times, each metric has the value
 * of the newest record with it, as in the backend. Memory does not grow with the range. Only parts that may have the
 * metrics are read.
 * @throws CallError as `writeExportFile`
 */
export async function exportNodeCsv(
  store: ReadStore,
  heads: HeadCopies | null,
  request: ExportRequest,
): Promise<{ readonly rows: number }> {
  const lines = new NodeCsv(store, heads, request)
  await writeExportFile(request.path, lines.blocks())
  return { rows: lines.rows }
}

/** Produces the lines of one node's export while they are written. */
class NodeCsv {
  rows = 0
  readonly #store: ReadStore
  readonly #heads: HeadCopies | null
  readonly #request: ExportRequest
  readonly #parts: readonly ReadPart[]

  constructor(store: ReadStore, heads: HeadCopies | null, request: ExportRequest) {
    this.#store = store
    this.#heads = heads
    this.#request = request
    this.#parts = partsOf(store, request)
  }

  *blocks(): Generator<string> {
    const known = this.#store.metrics()
    const numbers = new Map(known.map(({ name, no }) => [name, no]))
    const units = new Map(known.map(({ name, unit }) => [name, unit]))
    const metrics = this.#metrics(new Map(known.map(({ name, no }) => [no, name])))
    const columns = metrics.map((metric) => csvText(csvColumnOf(metric, units.get(metric))))
    let block = csvLine([...leadingColumns, ...columns])
    const { nodeId, zone } = this.#request
    const names = `${csvText(nodeId)},${csvText(this.#store.nodeName(nodeId) ?? nodeId)}`
    const merge = new SortedMerge(metrics.length)
    const take = (at: number, row: Float64Array): void => {
      this.rows++
      block += csvLine([csvTime(at, zone), names, ...Array.from(row, csvNumber)])
    }
    const add = (records: SortedSamples, rank: number): void => merge.add(this.#runOf(ofPart(records, rank), metrics))
    for (const [rank, { no }] of this.#parts.entries()) {
      const head = this.#heads?.get(no)
      if (head) add(samplesOfHead(head), rank)
    }
    for (const { rank, earliestLaterStart, chunk } of this.#chunks()) {
      merge.takeBefore(earliestLaterStart, take)
      add(
        samplesOfChunk(chunk, (metric) => numbers.get(metric)),
        rank,
      )
      if (block.length < blockSize) continue
      yield block
      block = ''
    }
    merge.takeBefore(Infinity, take)
    yield block
  }

  #runOf(records: SortedSamples, metrics: readonly string[]): SortedRun {
    const { first, end } = indexRange(records.at, this.#request)
    const columns = metrics.flatMap((metric, place) => {
      const values = records.values(metric)
      return values ? [[place, values] as const] : []
    })
    return { order: records.order, at: records.at, columns, next: first, end }
  }

  /** Of all parts. A chunk that follows starts at `earliestLaterStart` or later. */
  *#chunks(): Generator<PagedChunk & { readonly rank: number }> {
    const open = [...this.#parts.entries()].flatMap(([rank, part]) => {
      const rest = this.#chunksOf(part)
      const next = rest.next()
      return next.done === true ? [] : [{ rank, rest, next: next.value }]
    })
    while (open.length > 0) {
      const first = open.reduce((a, b) => (b.next.earliestLaterStart < a.next.earliestLaterStart ? b : a))
      yield { ...first.next, rank: first.rank }
      const next = first.rest.next()
      if (next.done === true) open.splice(open.indexOf(first), 1)
      else first.next = next.value
    }
  }

  /** In pages: between two pages the file is written, and no query is open. */
  *#chunksOf(part: ReadPart): Generator<PagedChunk, undefined> {
    const limit = Math.max(1, Math.min(mostOfPage, Math.floor(pagedChunks / this.#parts.length)))
    const before = this.#heads?.get(part.no)?.ordinal ?? Infinity
    let page: PagedChunk[]
    let after = -1
    do {
      page = this.#store.page(part, this.#request, { after, limit })
      for (const paged of page) {
        if (paged.chunk.header.ordinal < before) yield paged
        after = paged.id
      }
    } while (page.length === limit)
    return undefined
  }

  /** The metrics in the range: known metrics first, then by name. */
  #metrics(nameOf: ReadonlyMap<number, string>): string[] {
    const found = new Set<string>()
    for (const head of this.#heads?.values() ?? []) for (const metric of head.metrics) found.add(metric)
    for (const part of this.#parts) {
      for (const { chunk } of this.#chunksOf(part)) {
        for (const { metric } of chunk.header.metrics) found.add(nameOf.get(metric) ?? `metric ${metric}`)
      }
    }
    const place = (metric: string): number => {
      const index = knownMetrics.findIndex(({ name }) => name === metric)
      return index < 0 ? knownMetrics.length : index
    }
    const { metrics } = this.#request
    const wanted = metrics ? metrics.filter((metric) => found.has(metric)) : [...found]
    return wanted.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
  }
}

/** The parts that may have the metrics of the request. */
function partsOf(store: ReadStore, { nodeId, metrics }: ExportRequest): readonly ReadPart[] {
  if (!metrics) return store.parts(nodeId)
  const parts = metrics.flatMap((metric) => {
    const number = store.metricNo(metric)
    return number === undefined ? [] : store.parts(nodeId, number)
  })
  return [...new Map(parts.map((part) => [part.no, part])).values()].sort((a, b) => a.no - b.no)
}

/** RFC 3339 with milliseconds, and the offset of that time. */
function csvTime(at: number, zone: ExportRequest['zone']): string {
  return formatRfc3339(at, zone === 'local' ? -new Date(at).getTimezoneOffset() : 0)
}
