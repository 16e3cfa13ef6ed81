import { futureText } from '../future.ts'
import type { CounterRow } from '../formats/counter-row.ts'
import { formatReason } from '../formats/readings.ts'
import type { LeftOut, RecordPart } from '../formats/record-part.ts'
import type { Layout, SampleDirectory } from '../sample-columns.ts'
import { SampleWriter } from '../sample-writer.ts'
import type { Rejection } from '../sample.ts'
import { BoundHits } from './bound-hits.ts'
import type { Total } from './node-totals.ts'
import { admissionOf, planOf, type AddedPlan, type PartPlan } from './part-plan.ts'
import type { Assembled, AssembledPartition, KnownSeries, RecordAssembler, RecordFacts } from './record-assembler.ts'
import { RowValues } from './row-values.ts'
import { TopicState, type NodeState, type PartitionState } from './topic-state.ts'

/** Name of the part that totals over records belong to. */
export const totalPart = 'total'
/** No totals of a node for so long (event time) after another partition had a record of it. */
const spreadMs = 3_600_000

/** A part with the record that it comes from. */
interface PartOfRecord {
  readonly part: RecordPart
  readonly record: RecordFacts
}

/** The batch that is read. */
interface Batch {
  readonly topic: TopicState
  readonly partition: number
  readonly state: PartitionState
}

const nowhere: AssembledPartition = { topic: '', partition: 0 }

export class Assembler implements RecordAssembler {
  keptFrom = -Infinity
  readonly #writer: SampleWriter
  readonly #topics = new Map<string, TopicState>()
  readonly #known = new Map<string, readonly string[]>()
  readonly #row = new RowValues()
  readonly #hits = new BoundHits()
  #spread = new Set<string>()
  #reading = nowhere
  #batch: Batch | undefined
  /** Nodes whose totals the record may complete. */
  readonly #nodes = new Map<NodeState, RecordPart>()
  /** Layouts of totals by metric, in `#directory`. '' has nothing. */
  readonly #layouts = new Map<string, Layout>()
  #directory: SampleDirectory | undefined

  /** @param writer where rows go, among those that others write there */
  constructor(writer: SampleWriter = new SampleWriter()) {
    this.#writer = writer
  }

  begin(partition: AssembledPartition): void {
    this.#reading = partition
    this.#batch = undefined
  }

  add(record: RecordFacts, parts: readonly RecordPart[]): Rejection | undefined {
    const batch = (this.#batch ??= this.#open())
    let refused: Rejection | undefined
    for (const part of parts) {
      const ahead = futureText(part.at, record.timestamp)
      if (ahead === undefined) this.#part(batch, { part, record })
      else refused ??= { code: 'future-timestamp', reason: formatReason(part.shape.format, 'timestamp', ahead) }
    }
    for (const [node, part] of this.#nodes) {
      for (const total of node.totals.completed()) this.#total(batch, total, { part, record })
    }
    this.#nodes.clear()
    return refused
  }

  /** Series that a reader left out of a record. */
  leftOut(list: readonly LeftOut[]): void {
    for (const { bound, left, nodeId, tag } of list) {
      const refused = tag === undefined ? { bound } : { bound, tag }
      this.#hits.count(JSON.stringify([nodeId, bound, tag, left]), nodeId, [{ refused, count: left }])
    }
  }

  take(): Assembled {
    const columns = this.#writer.take()
    const spread = this.#spread
    if (spread.size > 0) this.#spread = new Set()
    const bounds = this.#hits.take((bound, nodeId) => this.#batch?.topic.bounds.explodingTag(bound, nodeId))
    return { columns, bounds, spread }
  }

  commit(partition?: AssembledPartition): void {
    for (const { state } of this.#states(partition)) state.commit()
  }

  rollback(partition?: AssembledPartition): void {
    // What was admitted is not any more, but plans may have it.
    for (const { topic, state } of this.#states(partition)) if (state.rollback()) topic.generation++
  }

  restore(counters: readonly CounterRow[], known: readonly KnownSeries[] = []): void {
    for (const { nodeId, names } of known) this.#known.set(nodeId, [...(this.#known.get(nodeId) ?? []), ...names])
    for (const [topic, rows] of grouped(counters, (row) => row.topic)) {
      for (const [number, ofPartition] of grouped(rows, ({ partition }) => partition)) {
        this.#topic(topic).restore(number, ofPartition)
      }
    }
  }

  dropNode(nodeId: string): void {
    this.#known.delete(nodeId)
    for (const topic of this.#topics.values()) topic.drop(nodeId)
  }

  #topic(name: string): TopicState {
    let topic = this.#topics.get(name)
    if (!topic) this.#topics.set(name, (topic = new TopicState(this.#known)))
    return topic
  }

  #open(): Batch {
    const { topic: name, partition } = this.#reading
    const topic = this.#topic(name)
    return { topic, partition, state: topic.partition(partition) }
  }

  *#states(only: AssembledPartition | undefined): Iterable<{ topic: TopicState; state: PartitionState }> {
    for (const [name, topic] of this.#topics) {
      if (only && only.topic !== name) continue
      for (const [number, state] of topic.partitions) {
        if (!only || only.partition === number) yield { topic, state }
      }
    }
  }

  #part(batch: Batch, from: PartOfRecord): void {
    const { part, record } = from
    if (part.at < this.keptFrom) return this.#tooOld(from)
    const { topic, state } = batch
    let plan = state.nodes.get(part.nodeId)?.plans.get(part.shape)
    if (plan?.generation !== topic.generation) plan = this.#plan(batch, part)
    if (!plan) return
    const node = state.node(part.nodeId)
    if (plan.left.length > 0) this.#hits.count(plan, part.nodeId, plan.left)
    if (plan.rawNames.length > 0 && plan.state.stage()) state.stage(plan.state)
    this.#row.read(plan, part.values, part.at)
    if (plan.added.length > 0) this.#addToTotals(batch, plan, from)
    const { directory } = this.#writer
    const layout = this.#row.write(this.#writer.columns, directory)
    if (!layout) return
    this.#writer.count(record, part.at, { node: node.indexIn(directory, part.nodeId, part.nodeName), layout })
  }

  /** @returns `undefined` if nothing of the part is stored */
  #plan({ topic, state }: Batch, { nodeId, shape }: RecordPart): PartPlan | undefined {
    const stage = (undo: () => void): void => state.stage({ commit: () => undefined, rollback: undo })
    const admission = admissionOf(shape, (name) => topic.bounds.admit(nodeId, name, stage))
    if (admission.admitted.size === 0) {
      this.#hits.count(`${nodeId}\0${shape.part}`, nodeId, admission.left)
      return undefined
    }
    const node = state.node(nodeId)
    const plan = planOf(shape, node.part(shape.part), { ...admission, generation: topic.generation })
    node.plans.set(shape, plan)
    return plan
  }

  #addToTotals(batch: Batch, plan: PartPlan, from: PartOfRecord): void {
    const { part } = from
    const node = batch.state.node(part.nodeId)
    if (node.totals.stage()) batch.state.stage(node.totals)
    for (const [i, added] of plan.added.entries()) {
      // A part adds once to the total of one time.
      const place = { part: part.shape.part, at: part.at }
      const isOver =
        (plan.state.at[added.numeratorSlot] as number) >= part.at || !node.totals.accepts(added.metric, place)
      const sums = isOver ? undefined : this.#row.addition(added)
      if (!sums) continue
      this.#row.noteAdded(i)
      keepAddition(plan, added, { at: part.at, ...sums })
      const late = node.totals.add(added.metric, { ...place, sums }, added)
      if (late) this.#total(batch, late, from)
      this.#nodes.set(node, part)
    }
  }

  /** Writes the row of a total, if all records of the node come from one partition. */
  #total({ topic, partition }: Batch, { metric, at, value }: Total, { part, record }: PartOfRecord): void {
    const { nodeId, nodeName } = part
    if (topic.hasNode(nodeId, { besides: partition, since: at - spreadMs })) {
      this.#spread.add(nodeId)
      return
    }
    const { columns, directory } = this.#writer
    columns.reserve(1)
    columns.values[columns.width] = value
    const node = directory.node(nodeId, nodeName).index
    this.#writer.count(record, at, { node, layout: this.#layout(metric) })
  }

  #tooOld({ part, record }: PartOfRecord): void {
    const { columns, directory } = this.#writer
    columns.reserve(0)
    const node = directory.node(part.nodeId, part.nodeName).index
    this.#writer.count(record, part.at, { node, layout: this.#layout('') })
  }

  #layout(metric: string): Layout {
    const { directory } = this.#writer
    if (this.#directory !== directory) this.#layouts.clear()
    this.#directory = directory
    let layout = this.#layouts.get(metric)
    if (!layout) {
      layout = directory.layout(metric === '' ? [] : [metric], undefined, { part: totalPart, counters: [] })
      this.#layouts.set(metric, layout)
    }
    return layout
  }
}

function keepAddition(
  { state }: PartPlan,
  { numeratorSlot, denominatorSlot }: AddedPlan,
  { at, numerator, denominator }: { readonly at: number; readonly numerator: number; readonly denominator: number },
): void {
  state.put(numeratorSlot, numerator, at)
  if (denominatorSlot >= 0) state.put(denominatorSlot, denominator, at)
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
