import { nextCounter, type CounterValue } from '#shared/metric/assemble/counter-value.ts'
import type { CounterRow } from '#shared/metric/formats/counter-row.ts'
import type { Layout, NodeKey, SampleColumns } from '#shared/metric/sample-columns.ts'

/** Counters of one part of a node after a batch. */
export interface CounterChange {
  readonly nodeId: string
  readonly part: string
  /** All of them, in order of their first values. */
  readonly values: Map<string, CounterValue>
  /** Whether its row lacks some of the names. */
  isGrown: boolean
}

/** By node and part. */
type Changes = Map<string, Map<string, CounterChange>>

/**
 * The counters of a partition as they are stored, at one position. So a transaction reads none, and writes those that its
 * records touch.
 */
export class PartitionCounters {
  /** The position that they belong to; `undefined`: they are not known, and must be read. */
  next: number | undefined
  /** A record of the batch is rejected after its values were compared with the one before. */
  isInDoubt = false
  #values: ReadonlyMap<string, Map<string, ReadonlyMap<string, CounterValue>>> = new Map()

  /** @param rows as of the position `next` */
  load(rows: readonly CounterRow[], next: number): void {
    const values = new Map<string, Map<string, ReadonlyMap<string, CounterValue>>>()
    for (const row of rows) {
      const parts = values.get(row.nodeId) ?? new Map<string, ReadonlyMap<string, CounterValue>>()
      values.set(row.nodeId, parts.set(row.part, row.values))
    }
    this.#values = values
    this.next = next
  }

  /** What these rows change, which come right after `next`. */
  changesOf({ directory, count, node, layout, at, raw }: SampleColumns): CounterChange[] {
    if (!raw) return []
    const changes: Changes = new Map()
    for (let i = 0; i < count; i++) {
      const { counters, part } = directory.layouts[layout[i] as number] as Layout
      if (counters.length === 0) continue
      const { id } = directory.nodes[node[i] as number] as NodeKey
      const change = this.#changeOf(changes, id, part)
      const first = raw.first[i] as number
      for (let n = 0; n < counters.length; n++) {
        const name = counters[n] as string
        const before = change.values.get(name)
        if (before === undefined) change.isGrown = true
        change.values.set(name, nextCounter(before, raw.values[first + n] as number, at[i] as number))
      }
    }
    return [...changes.values()].flatMap((parts) => [...parts.values()])
  }

  /** The changes were committed. */
  apply(changes: readonly CounterChange[]): void {
    if (changes.length === 0) return
    const values = new Map(this.#values)
    for (const { nodeId, part, values: changed } of changes) {
      const parts = values.get(nodeId) ?? new Map<string, ReadonlyMap<string, CounterValue>>()
      values.set(nodeId, parts.set(part, changed))
    }
    this.#values = values
  }

  #changeOf(changes: Changes, nodeId: string, part: string): CounterChange {
    let parts = changes.get(nodeId)
    if (!parts) changes.set(nodeId, (parts = new Map<string, CounterChange>()))
    let change = parts.get(part)
    if (!change) {
      const before = this.#values.get(nodeId)?.get(part)
      change = { nodeId, part, values: new Map(before), isGrown: before === undefined }
      parts.set(part, change)
    }
    return change
  }
}
