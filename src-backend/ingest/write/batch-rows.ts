import type { Layout, NodeKey, SampleColumns } from '#shared/metric/sample-columns.ts'
import type { NodeState } from '../nodes/node-state.ts'
import type { SampleRows } from './copy-samples.ts'
import type { LayoutOf, LayoutPiece } from './layouts.ts'
import { MetricTimes, type MetricTime } from './metric-times.ts'

export interface RowsContext {
  readonly nodes: ReadonlyMap<string, NodeState>
  /** Has all layouts of the batches. */
  readonly layoutOf: LayoutOf
  /** Whether a sample of this time (epoch ms) is stored. */
  readonly isKept: (at: number) => boolean
}

/** Samples as rows of the table. */
export interface BatchRows {
  readonly rows: readonly SampleRows[]
  /** Samples that are not kept. */
  readonly outsideRetention: number
  /** Whether one of them may have the time of a row with one of its metrics. Only then is there something to replace. */
  readonly mayExist: boolean
}

/** Samples without values, of counters that have no rate yet, are no rows. */
export function rowsOf(batches: readonly SampleColumns[], context: RowsContext): BatchRows {
  const times = new MetricTimes()
  let outsideRetention = 0
  const rows = batches.map((columns) => {
    const builder = new RowBuilder(columns, context, times)
    for (let i = 0; i < columns.count; i++) if (!builder.add(i)) outsideRetention++
    return builder.rows()
  })
  return { rows, outsideRetention, mayExist: times.mayExist }
}

/** What the samples of one node with one layout have in common. */
interface RowKind {
  readonly node: number
  readonly pieces: readonly LayoutPiece[]
  readonly time: MetricTime
}

class RowBuilder {
  readonly #columns: SampleColumns
  readonly #context: RowsContext
  readonly #times: MetricTimes
  /** By layout and node. */
  readonly #kinds = new Map<number, RowKind>()
  readonly #node: number[] = []
  readonly #layout: number[] = []
  readonly #at: number[] = []
  readonly #first: number[] = []
  readonly #width: number[] = []

  constructor(columns: SampleColumns, context: RowsContext, times: MetricTimes) {
    this.#columns = columns
    this.#context = context
    this.#times = times
  }

  /** @returns whether the sample is kept */
  add(i: number): boolean {
    const at = this.#columns.at[i] as number
    if (!this.#context.isKept(at)) return false
    const { node, pieces, time } = this.#kindOf(this.#columns.node[i] as number, this.#columns.layout[i] as number)
    if (pieces.length === 0) return true
    this.#times.add(time, at)
    const first = this.#columns.first[i] as number
    for (const { id, from, count } of pieces) {
      this.#node.push(node)
      this.#layout.push(id)
      this.#at.push(at)
      this.#first.push(first + from)
      this.#width.push(count)
    }
    return true
  }

  rows(): SampleRows {
    return {
      count: this.#node.length,
      node: Int32Array.from(this.#node),
      layout: Int32Array.from(this.#layout),
      at: Float64Array.from(this.#at),
      first: Uint32Array.from(this.#first),
      width: Uint32Array.from(this.#width),
      values: this.#columns.values,
    }
  }

  #kindOf(nodeKey: number, layoutIndex: number): RowKind {
    const { directory } = this.#columns
    const key = nodeKey * directory.layouts.length + layoutIndex
    let kind = this.#kinds.get(key)
    if (!kind) {
      const node = this.#context.nodes.get((directory.nodes[nodeKey] as NodeKey).id) as NodeState
      const { names } = directory.layouts[layoutIndex] as Layout
      kind = { node: node.id, pieces: this.#context.layoutOf(names), time: this.#times.of(node, names) }
      this.#kinds.set(key, kind)
    }
    return kind
  }
}
