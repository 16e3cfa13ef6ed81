import type { CounterRow } from '../formats/counter-row.ts'
import type { PartShape } from '../formats/record-part.ts'
import type { SampleDirectory } from '../sample-columns.ts'
import { MetricTotal, type StoredAddition, type TotalFormula } from './metric-total.ts'
import type { RowPlan } from './row-plan.ts'
import { PartState } from './part-state.ts'
import { addedOf } from './shape-plan.ts'
import { SeriesBounds } from './series-bounds.ts'

/** What can be undone. */
export interface Staged {
  commit(): void
  rollback(): void
}

/** What is known of a node in one partition. */
export class NodeState {
  readonly id: string
  readonly parts = new Map<string, PartState>()
  readonly totals = new Map<string, MetricTotal>()
  /** By the shape as an object, which its reader may replace by an equal one. */
  readonly plans = new WeakMap<PartShape, RowPlan>()
  #directory: SampleDirectory | undefined
  #name = ''
  #index = 0

  constructor(id: string) {
    this.id = id
  }

  part(name: string): PartState {
    let part = this.parts.get(name)
    if (!part) this.parts.set(name, (part = new PartState()))
    return part
  }

  /** Time of the newest addition to a total, epoch ms; -Infinity without one. */
  get newestAddition(): number {
    let newest = -Infinity
    for (const total of this.totals.values()) newest = Math.max(newest, total.newest)
    return newest
  }

  total(metric: string, formula: TotalFormula): MetricTotal {
    let total = this.totals.get(metric)
    if (!total) this.totals.set(metric, (total = new MetricTotal(metric, formula)))
    total.formula = formula
    return total
  }

  /** Index of the node in the directory. */
  indexIn(directory: SampleDirectory, id: string, name: string): number {
    if (this.#directory !== directory || this.#name !== name) {
      this.#directory = directory
      this.#name = name
      this.#index = directory.node(id, name).index
    }
    return this.#index
  }
}

export class PartitionState {
  readonly nodes = new Map<string, NodeState>()
  readonly #staged: Staged[] = []

  node(id: string): NodeState {
    let node = this.nodes.get(id)
    if (!node) this.nodes.set(id, (node = new NodeState(id)))
    return node
  }

  stage(staged: Staged): void {
    this.#staged.push(staged)
  }

  commit(): void {
    for (const staged of this.#staged) staged.commit()
    this.#staged.length = 0
  }

  /** @returns whether anything was staged */
  rollback(): boolean {
    const wasStaged = this.#staged.length > 0
    for (const staged of this.#staged.reverse()) staged.rollback()
    this.#staged.length = 0
    return wasStaged
  }
}

export class TopicState {
  readonly partitions = new Map<number, PartitionState>()
  readonly bounds: SeriesBounds
  /** Plans of an earlier generation may admit other series. */
  generation = 0

  constructor(known: ReadonlyMap<string, readonly string[]>) {
    this.bounds = new SeriesBounds(known)
  }

  partition(number: number): PartitionState {
    let partition = this.partitions.get(number)
    if (!partition) this.partitions.set(number, (partition = new PartitionState()))
    return partition
  }

  /** Whether another partition has additions to totals of the node. `since`: epoch ms. */
  hasNode(nodeId: string, { besides, since }: { readonly besides: number; readonly since: number }): boolean {
    if (this.partitions.size === 1) return false
    for (const [number, { nodes }] of this.partitions) {
      if (number !== besides && (nodes.get(nodeId)?.newestAddition ?? -Infinity) >= since) return true
    }
    return false
  }

  /**
   * The node is forgotten, and may come again with other series. Its counters stay: rates follow from the records of the
   * partition alone, and every reader forgets the node at another one.
   */
  drop(nodeId: string): void {
    this.generation++
    this.bounds.drop(nodeId)
  }

  /** Forgets the partition, and begins with the rows that are stored of it. */
  restore(number: number, rows: readonly CounterRow[]): void {
    const partition = new PartitionState()
    this.partitions.set(number, partition)
    const additions = new Map<string, Map<string, StoredAddition[]>>()
    for (const { nodeId, part, values } of rows) {
      this.bounds.note(nodeId)
      partition.node(nodeId).part(part).restore(values)
      const ofNode = additions.get(nodeId) ?? new Map<string, StoredAddition[]>()
      additions.set(nodeId, ofNode)
      for (const [metric, addition] of storedAdditions(part, values)) {
        ofNode.set(metric, [...(ofNode.get(metric) ?? []), addition])
      }
    }
    for (const [nodeId, ofNode] of additions) {
      for (const [metric, list] of ofNode) partition.node(nodeId).total(metric, unknown).restore(list)
    }
  }
}

/** The first addition brings the right one. */
const unknown: TotalFormula = { combine: 'sum', isPercentage: false }

function* storedAdditions(part: string, values: CounterRow['values']): Iterable<[string, StoredAddition]> {
  for (const [name, { raw, at, stepMs }] of values) {
    const added = addedOf(name)
    if (!added || added.isDenominator) continue
    const denominator = values.get(`${name}/`)?.raw ?? 0
    yield [added.metric, { part, at, stepMs, numerator: raw, denominator }]
  }
}
