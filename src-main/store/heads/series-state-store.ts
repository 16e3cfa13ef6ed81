import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { sampleAt } from '#shared/metric/sample-columns.ts'
import type { BatchWrite } from '../batch-write.ts'
import { DamagedError } from '../errors.ts'
import type { SeriesTable } from '../tables/series-table.ts'
import type { Dictionary } from './dictionary.ts'
import type { EvaluatedSeries } from './series-codec.ts'
import { SeriesWriter } from './series-codec.ts'

interface Entry {
  readonly nodeId: string
  readonly metricName: string
  readonly node: number
  readonly metric: number
  state: SeriesState
  /** Journal batch with the newest time of this series. */
  seq: number
  /** Whether the table has this state. */
  inTable: boolean
}

interface Change {
  readonly entry: Entry
  readonly state: SeriesState
  readonly changed: boolean
}

/**
 * Evaluation state of every series. Nearly every record only changes the newest time, so the journal stores that (a few
 * bytes per message). A row is written when the rule, the episode or the no-data state changes. Before a batch is cut
 * from the journal, the table stores the times that exist nowhere else.
 */
export class SeriesStateStore {
  readonly #table: SeriesTable
  readonly #writer = new SeriesWriter()
  readonly #dictionary: Dictionary
  /** By node id, then by metric name, as batches have them. */
  readonly #entries = new Map<string, Map<string, Entry>>()
  /** By node: metrics whose stored state is unreadable. */
  readonly #unread = new Map<number, Set<number>>()
  #changes: Change[] = []
  #folded: Entry[] = []

  /** Loads the table. */
  constructor(table: SeriesTable, dictionary: Dictionary) {
    this.#table = table
    this.#dictionary = dictionary
    for (const { node, metric, state } of table.all()) {
      if (state === undefined) {
        this.#unread.set(node, (this.#unread.get(node) ?? new Set()).add(metric))
        continue
      }
      const entry = this.#newEntry(this.#nodeId(node), dictionary.metricName(metric), state)
      entry.inTable = true
      this.#put(entry)
    }
  }

  /** Applies a time of the journal at start; the table may be older. */
  replay({ node, last, metrics }: EvaluatedSeries, seq: number): void {
    const entries = this.#entries.get(this.#nodeId(node))
    for (const metric of metrics) {
      const entry = entries?.get(this.#dictionary.metricName(metric))
      if (!entry && this.#unread.get(node)?.has(metric)) continue
      if (!entry) throw new DamagedError('the journal names a series that is not stored')
      entry.state = { ...entry.state, last }
      entry.seq = seq
      entry.inTable = false
    }
  }

  /** The rows, and those of all other series of the samples with their newest record. */
  withLast({ samples, series }: Pick<BatchWrite, 'samples' | 'series'>): BatchWrite['series'] {
    const rows = new Map(series.map((row) => [`${row.nodeId} ${row.metric}`, row]))
    for (const { topic, partition, columns } of samples) {
      for (let i = 0; i < columns.count; i++) {
        const { nodeId, at, names } = sampleAt(columns, i)
        for (const metric of names) {
          const state = rows.get(`${nodeId} ${metric}`)?.state ?? this.#entries.get(nodeId)?.get(metric)?.state
          if (!state || (state.last && at < state.last.at)) continue
          const last = { at, position: { topic, partition, offset: columns.offset[i] as number } }
          rows.set(`${nodeId} ${metric}`, { nodeId, metric, state: { ...state, last } })
        }
      }
    }
    return [...rows.values()]
  }

  /** Prepares the changes; memory stays as it is until `apply`. @returns the blob for the journal */
  stage(series: BatchWrite['series']): Buffer {
    this.#changes = []
    this.#folded = []
    this.#writer.clear()
    let id: string | undefined
    let entries: ReadonlyMap<string, Entry> | undefined
    for (const { nodeId, metric, state } of series) {
      if (nodeId !== id) entries = this.#entries.get(nodeId)
      id = nodeId
      const known = entries?.get(metric)
      const entry = known ?? this.#newEntry(nodeId, metric, state)
      this.#changes.push({ entry, state, changed: !known || isChange(known.state, state) })
      if (state.last) this.#writer.add(entry.node, entry.metric, state.last)
    }
    return this.#writer.written()
  }

  /** Inside the transaction. `cut`: first batch that stays in the journal. */
  write(cut: number | null): void {
    for (const { entry, state, changed } of this.#changes) if (changed) this.#table.save({ ...entry, state })
    if (cut === null) return
    const touched = new Set(this.#changes.map(({ entry }) => entry))
    for (const entry of this.all()) {
      if (entry.inTable || entry.seq >= cut || touched.has(entry)) continue
      this.#table.save(entry)
      this.#folded.push(entry)
    }
  }

  /** The transaction is committed as batch `seq`. */
  apply(seq: number): void {
    for (const { entry, state, changed } of this.#changes) {
      if (entry.seq === 0) this.#put(entry)
      entry.state = state
      entry.seq = seq
      entry.inTable = changed
    }
    for (const entry of this.#folded) entry.inTable = true
  }

  *all(): Generator<Entry> {
    for (const metrics of this.#entries.values()) yield* metrics.values()
  }

  #newEntry(nodeId: string, metricName: string, state: SeriesState): Entry {
    const node = this.#dictionary.findNode(nodeId) ?? this.#dictionary.node(nodeId, nodeId)
    const metric = this.#dictionary.metric(metricName)
    return { nodeId, metricName, node: node.row.no, metric, state, seq: 0, inTable: false }
  }

  #nodeId(no: number): string {
    const node = this.#dictionary.nodeAt(no)
    if (!node) throw new DamagedError(`a series belongs to node ${no}, which is not stored`)
    return node.row.id
  }

  #put(entry: Entry): void {
    const metrics = this.#entries.get(entry.nodeId) ?? new Map<string, Entry>()
    this.#entries.set(entry.nodeId, metrics.set(entry.metricName, entry))
  }
}

function isChange(before: SeriesState, after: SeriesState): boolean {
  return (
    before.ruleFrom !== after.ruleFrom ||
    before.startUnknown !== after.startUnknown ||
    !sameRuleVersion(before, after) ||
    !samePart(before.episode, after.episode) ||
    !samePart(before.noData, after.noData)
  )
}

function sameRuleVersion({ rule: a }: SeriesState, { rule: b }: SeriesState): boolean {
  return a === b || (a !== null && b !== null && a.id === b.id && a.version === b.version)
}

/** Unchanged parts are mostly the same object, or both `ok`, which has no other content. */
function samePart(a: { readonly phase: string }, b: { readonly phase: string }): boolean {
  return a === b || (a.phase === 'ok' && b.phase === 'ok')
}
