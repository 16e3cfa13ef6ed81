import { csvColumnOf, leadingColumns } from '#shared/metric/csv-column.ts'
import { knownMetrics } from '#shared/metric/metric-info.ts'
import type { PagedChunk, ReadNode, ReadStore, ClosedTimeRange } from '../store/read-store.ts'
import type { HeadCopy } from '../threads/read-calls.ts'
import { csvLine, csvNumber, csvText } from '#shared/format/csv.ts'
import { formatRfc3339 } from '#shared/format/time.ts'
import { writeExportFile } from './export-file.ts'
import { SortedMerge } from './merge-sorted.ts'
import type { SortedRun } from './merge-sorted.ts'
import type { SortedSamples } from './sorted-samples.ts'
import { samplesOfChunk, samplesOfHead, indexRange } from './sorted-samples.ts'

export interface ExportRequest extends ClosedTimeRange {
  readonly nodeId: string
  readonly path: string
  /** In which times are written; by default UTC. */
  readonly zone?: 'local' | 'utc'
}

/** Chunks per page: some thousand rows. */
const pageSize = 32
/** Characters per write. */
const blockSize = 1 << 16

/**
 * Writes the records of a node in the range, one line per time, oldest first: of equal times, each metric has the value
 * of the newest record with it, as in the backend. Memory does not grow with the range.
 * @throws CallError as `writeExportFile`
 */
export async function exportNodeCsv(
  store: ReadStore,
  head: HeadCopy | null,
  request: ExportRequest,
): Promise<{ readonly rows: number }> {
  const lines = new NodeCsv(store, head, request)
  await writeExportFile(request.path, lines.blocks())
  return { rows: lines.rows }
}

/** Produces the lines of one node's export while they are written. */
class NodeCsv {
  rows = 0
  readonly #store: ReadStore
  readonly #head: HeadCopy | null
  readonly #request: ExportRequest
  readonly #node: ReadNode | undefined

  constructor(store: ReadStore, head: HeadCopy | null, request: ExportRequest) {
    this.#store = store
    this.#head = head
    this.#request = request
    this.#node = store.node(request.nodeId)
  }

  *blocks(): Generator<string> {
    const known = this.#store.metrics()
    const numbers = new Map(known.map(({ name, no }) => [name, no]))
    const units = new Map(known.map(({ name, unit }) => [name, unit]))
    const metrics = this.#metrics(new Map(known.map(({ name, no }) => [no, name])))
    const columns = metrics.map((metric) => csvText(csvColumnOf(metric, units.get(metric))))
    let block = csvLine([...leadingColumns, ...columns])
    const { nodeId, zone } = this.#request
    const names = `${csvText(nodeId)},${csvText(this.#node?.name ?? nodeId)}`
    const merge = new SortedMerge(metrics.length)
    const take = (at: number, row: Float64Array): void => {
      this.rows++
      block += csvLine([csvTime(at, zone), names, ...Array.from(row, csvNumber)])
    }
    const add = (records: SortedSamples): void => merge.add(this.#runOf(records, metrics))
    if (this.#head) add(samplesOfHead(this.#head))
    for (const { earliestLaterStart, chunk } of this.#chunks()) {
      merge.takeBefore(earliestLaterStart, take)
      add(samplesOfChunk(chunk, (metric) => numbers.get(metric)))
      if (block.length < blockSize) continue
      yield block
      block = ''
    }
    merge.takeBefore(Infinity, take)
    yield block
  }

  #runOf(records: SortedSamples, metrics: readonly string[]): SortedRun {
    const { first, end } = indexRange(records.at, this.#request)
    const columns = metrics.map((metric) => records.values(metric))
    return { order: records.order, at: records.at, columns, next: first, end }
  }

  /** In pages: between two pages the file is written, and no query is open. */
  *#chunks(): Generator<PagedChunk> {
    if (!this.#node) return
    let page: PagedChunk[]
    let after = -1
    do {
      page = this.#store.page(this.#node, this.#request, { after, limit: pageSize })
      for (const paged of page) {
        if (!this.#head || paged.chunk.header.ordinal < this.#head.ordinal) yield paged
        after = paged.id
      }
    } while (page.length === pageSize)
  }

  /** The node's metrics in the range: known metrics first, then by name. */
  #metrics(nameOf: ReadonlyMap<number, string>): string[] {
    const found = new Set(this.#head?.metrics)
    for (const { chunk } of this.#chunks()) {
      for (const { metric } of chunk.header.metrics) found.add(nameOf.get(metric) ?? `metric ${metric}`)
    }
    const place = (metric: string): number => {
      const index = knownMetrics.findIndex(({ name }) => name === metric)
      return index < 0 ? knownMetrics.length : index
    }
    return [...found].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
  }
}

/** RFC 3339 with milliseconds, and the offset of that time. */
function csvTime(at: number, zone: ExportRequest['zone']): string {
  return formatRfc3339(at, zone === 'local' ? -new Date(at).getTimezoneOffset() : 0)
}
