import { futureText } from '../future.ts'
import type { CounterRow } from '../formats/counter-row.ts'
import { formatReason } from '../formats/readings.ts'
import type { LeftOut, PartShape, RecordPart } from '../formats/record-part.ts'
import type { Layout, SampleDirectory } from '../sample-columns.ts'
import { SampleWriter } from '../sample-writer.ts'
import type { Rejection } from '../sample.ts'
import { BoundHits } from './bound-hits.ts'
import type { MetricTotal, Total } from './metric-total.ts'
import { rowPlanOf, type RowPlan, type TotalPlan } from './row-plan.ts'
import { admissionOf, shapePlanOf, type AddedPlan, type Admission, type ShapePlan } from './shape-plan.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { Assembled, KnownSeries, RecordAssembler, RecordFacts } from './record-assembler.ts'
import { RowValues } from './row-values.ts'
import { TopicState, type PartitionState } from './topic-state.ts'

/** Name of the part that totals over records belong to. */
export const totalPart = 'total'
/** No totals of a node for so long (event time) after another partition had a record of it. */
export const spreadMs = 3_600_000

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
  /** The topic has other partitions. */
  readonly hasOthers: boolean
}

const nowhere: TopicPartition = { topic: '', partition: 0 }

export class Assembler implements RecordAssembler {
  keptFrom = -Infinity
  partitionsOf: (topic: string) => number = () => 1
  readonly #writer: SampleWriter
  readonly #topics = new Map<string, TopicState>()
  readonly #known = new Map<string, readonly string[]>()
  readonly #row = new RowValues()
  readonly #hits = new BoundHits()
  #spread = new Set<string>()
  #reading = nowhere
  #batch: Batch | undefined
  /** Of shapes that are stored as a whole. */
  readonly #shapePlans = new WeakMap<PartShape, ShapePlan>()
  /** The plan of the last part. */
  #last: RowPlan | undefined
  /** Totals that the record may complete, and a part of the node of each. */
  readonly #touched: MetricTotal[] = []
  readonly #touchedBy: RecordPart[] = []
  /** Layouts of totals by metric, in `#directory`. '' has nothing. */
  readonly #layouts = new Map<string, Layout>()
  #directory: SampleDirectory | undefined

  /** @param writer where rows go, among those that others write there */
  constructor(writer: SampleWriter = new SampleWriter()) {
    this.#writer = writer
  }

  begin(partition: TopicPartition): void {
    this.#reading = partition
    this.#batch = undefined
  }

  add(record: RecordFacts, parts: readonly RecordPart[]): Rejection | undefined {
    const batch = (this.#batch ??= this.#open())
    let refused: Rejection | undefined
    for (const part of parts) {
      const ahead = futureText(part.at, record.timestamp)
      if (ahead === undefined) this.#part(batch, part, record)
      else refused ??= { code: 'future-timestamp', reason: formatReason(part.shape.format, 'timestamp', ahead) }
    }
    if (this.#touched.length > 0) this.#completeTotals(batch, record)
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

  commit(partition?: TopicPartition): void {
    for (const { state } of this.#states(partition)) state.commit()
  }

  rollback(partition?: TopicPartition): void {
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
    return { topic, partition, state: topic.partition(partition), hasOthers: this.partitionsOf(name) > 1 }
  }

  *#states(only: TopicPartition | undefined): Iterable<{ topic: TopicState; state: PartitionState }> {
    for (const [name, topic] of this.#topics) {
      if (only && only.topic !== name) continue
      for (const [number, state] of topic.partitions) {
        if (!only || only.partition === number) yield { topic, state }
      }
    }
  }

  #part(batch: Batch, part: RecordPart, record: RecordFacts): void {
    if (part.at < this.keptFrom) return this.#tooOld(part, record)
    const { state } = batch
    const expected = this.#last?.following
    const plan = expected && isPlanOf(expected, batch, part) ? expected : this.#find(batch, part)
    if (!plan) return
    this.#last = plan
    const { left, rawNames, added } = plan.of
    if (left.length > 0) this.#hits.count(plan, part.nodeId, left)
    if (rawNames.length > 0 && plan.state.stage()) state.stage(plan.state)
    this.#row.read(plan, part.values, part.at)
    if (added.length > 0) this.#addToTotals(batch, plan, { part, record })
    const { directory } = this.#writer
    const layout = this.#row.write(this.#writer.columns, directory)
    if (!layout) return
    const node = plan.node.indexIn(directory, part.nodeId, part.nodeName)
    this.#writer.count(record, part.at, node, layout)
  }

  /** @returns `undefined` if nothing of the part is stored */
  #find(batch: Batch, part: RecordPart): RowPlan | undefined {
    const known = batch.state.nodes.get(part.nodeId)?.plans.get(part.shape)
    const plan = known && isPlanOf(known, batch, part) ? known : this.#plan(batch, part)
    if (this.#last) this.#last.following = plan
    return plan
  }

  #plan({ topic, state }: Batch, { nodeId, shape }: RecordPart): RowPlan | undefined {
    const stage = (undo: () => void): void => state.stage({ commit: () => undefined, rollback: undo })
    const admission = admissionOf(shape, (name) => topic.bounds.admit(nodeId, name, stage))
    if (admission.admitted.size === 0) {
      this.#hits.count(`${nodeId}\0${shape.part}`, nodeId, admission.left)
      return undefined
    }
    const node = state.node(nodeId)
    const of = this.#shapePlan(shape, admission)
    const plan = rowPlanOf(of, { node, partition: state, generation: topic.generation })
    node.plans.set(shape, plan)
    return plan
  }

  #shapePlan(shape: PartShape, admission: Admission): ShapePlan {
    if (admission.left.length > 0) return shapePlanOf(shape, admission)
    let plan = this.#shapePlans.get(shape)
    if (!plan) this.#shapePlans.set(shape, (plan = shapePlanOf(shape, admission)))
    return plan
  }

  #addToTotals(batch: Batch, plan: RowPlan, from: PartOfRecord): void {
    const { part } = from
    for (let i = 0; i < plan.totals.length; i++) {
      const { total, member, numeratorSlot, denominatorSlot } = plan.totals[i] as TotalPlan
      // A part adds once to the total of one time.
      const isOver = plan.state.atOf(numeratorSlot) >= part.at || !total.accepts(member, part.at)
      const sums = isOver ? undefined : this.#row.addition(plan.of.added[i] as AddedPlan)
      this.#row.noteAdded(i, sums !== undefined)
      if (!sums) continue
      if (total.stage()) batch.state.stage(total)
      plan.state.put(numeratorSlot, sums.numerator, part.at)
      if (denominatorSlot >= 0) plan.state.put(denominatorSlot, sums.denominator, part.at)
      const late = total.add(member, part.at, sums)
      if (late) this.#total(batch, late, from)
      if (total.isTouched) continue
      total.isTouched = true
      this.#touched.push(total)
      this.#touchedBy.push(part)
    }
  }

  #completeTotals(batch: Batch, record: RecordFacts): void {
    for (let i = 0; i < this.#touched.length; i++) {
      const total = this.#touched[i] as MetricTotal
      total.isTouched = false
      const completed = total.completed()
      if (completed) this.#total(batch, completed, { part: this.#touchedBy[i] as RecordPart, record })
    }
    this.#touched.length = 0
    this.#touchedBy.length = 0
  }

  /** Writes the row of a total, if all records of the node come from one partition. */
  #total({ topic, partition, hasOthers }: Batch, { metric, at, value }: Total, { part, record }: PartOfRecord): void {
    const { nodeId, nodeName } = part
    const maySpread = hasOthers && record.isKeyless === true
    if (maySpread || topic.hasNode(nodeId, { besides: partition, since: at - spreadMs })) {
      this.#spread.add(nodeId)
      return
    }
    const { columns, directory } = this.#writer
    columns.reserve(1)
    columns.values[columns.width] = value
    const node = directory.node(nodeId, nodeName).index
    this.#writer.count(record, at, node, this.#layout(metric))
  }

  #tooOld(part: RecordPart, record: RecordFacts): void {
    const { columns, directory } = this.#writer
    columns.reserve(0)
    const node = directory.node(part.nodeId, part.nodeName).index
    this.#writer.count(record, part.at, node, this.#layout(''))
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

function isPlanOf(plan: RowPlan, { topic, state }: Batch, { nodeId, shape }: RecordPart): boolean {
  return (
    plan.of.shape === shape &&
    plan.nodeId === nodeId &&
    plan.partition === state &&
    plan.generation === topic.generation
  )
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
