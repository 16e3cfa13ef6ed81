import type { SampleDirectory } from '../sample-columns.ts'
import type { MetricTotal, TotalFormula } from './metric-total.ts'
import type { PartState } from './part-state.ts'
import type { AddedPlan, ShapePlan } from './shape-plan.ts'

/** A total that a part of a node adds to. */
export interface TotalPlan {
  readonly total: MetricTotal
  /** The part in the total. */
  readonly member: number
  /** Slots of what it adds. */
  readonly numeratorSlot: number
  /** -1 for a sum. */
  readonly denominatorSlot: number
}

/** The node of a part in one partition. */
export interface PlannedNode {
  readonly id: string
  part(name: string): PartState
  total(metric: string, formula: TotalFormula): MetricTotal
  /** Index of the node in the directory. */
  indexIn(directory: SampleDirectory, id: string, name: string): number
}

/** What is made of a shape of a node in a partition: found once, used for each record. */
export interface RowPlan {
  readonly nodeId: string
  readonly node: PlannedNode
  /** What is known of its partition, as an object. */
  readonly partition: object
  /** Plans of an earlier generation of their topic are made again. */
  readonly generation: number
  readonly state: PartState
  readonly of: ShapePlan
  /** Slots of the counters in the state. */
  readonly slots: Int32Array
  /** One for each of `added`. */
  readonly totals: readonly TotalPlan[]
  /** The plan of the part behind the last one of this plan. Programs send their parts in the same order each time. */
  following: RowPlan | undefined
}

export function rowPlanOf(
  of: ShapePlan,
  { node, partition, generation }: Pick<RowPlan, 'node' | 'partition' | 'generation'>,
): RowPlan {
  const { shape, counters, usualSlots, added } = of
  const state = node.part(shape.part)
  const slots = counters.map((i) => state.slotOf(shape.names[i] as string))
  return {
    nodeId: node.id,
    node,
    partition,
    generation,
    state,
    of,
    slots: slots.every((slot, place) => slot === usualSlots[place]) ? usualSlots : slots,
    totals: added.map((plan) => totalPlan(plan, node, shape.part)),
    following: undefined,
  }
}

function totalPlan(plan: AddedPlan, node: PlannedNode, part: string): TotalPlan {
  const { metric, rawNames } = plan
  const state = node.part(part)
  const total = node.total(metric, plan)
  const [numerator, denominator] = rawNames
  return {
    total,
    member: total.memberOf(part),
    numeratorSlot: state.slotOf(numerator),
    denominatorSlot: denominator === undefined ? -1 : state.slotOf(denominator),
  }
}
