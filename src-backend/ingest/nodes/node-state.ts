import { emptySeries, evaluate } from '#shared/evaluation/evaluate.ts'
import { isNewest } from '#shared/evaluation/lateness.ts'
import type { NodeParts } from '#shared/evaluation/node-parts.ts'
import { evaluateNodeWith } from '#shared/evaluation/node-series.ts'
import { wholeNode } from '#shared/alert/series.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { RecordPosition, Sample } from '#shared/metric/sample.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import type { PartIndex } from './part-index.ts'

/** Newest value of a metric, by event time (epoch ms). */
export interface LatestValue {
  readonly value: number
  readonly at: number
}

/**
 * A node's row and those of its parts, open for changes. The maps have the metrics of all parts, because rules and alerts
 * name a metric of a node, whatever part it is in. Maps, because a metric may be called `constructor`.
 */
export interface NodeState {
  readonly id: number
  readonly nodeId: string
  name: string
  /** Event time of the newest record, epoch ms; -Infinity before the first one. */
  lastSeen: number
  readonly latest: Map<string, LatestValue>
  readonly units: Map<string, string>
  /** By metric, and the state of the node itself at `wholeNode`, without the times of its parts. */
  readonly series: Map<string, SeriesState>
  /** By metric: keys of a newer version in its state. They stay unchanged. */
  readonly unknown: Map<string, object>
  /** Metrics with a record evaluated since the row was opened. */
  readonly evaluated: Set<string>
  readonly parts: PartIndex
  /** When its parts sent. */
  readonly times: NodeParts
  /** Whether this replica had the node in memory: only `evaluated` changed since. */
  isCached: boolean
}

/** Where a record is from, and what evaluates it. */
export interface SampleContext {
  readonly position: RecordPosition
  readonly recordedAt: number
  readonly index: RuleIndex
  /** The part of its node. */
  readonly part: string
}

/**
 * Applies one sample and evaluates it, in the order of the log.
 * @returns the transitions
 */
export function applySample(node: NodeState, sample: Sample, at: SampleContext): Transition[] {
  noteTime(node, sample, at.recordedAt)
  const transitions = stepNode(node, sample, at)
  for (let i = 0; i < sample.names.length; i++) {
    const metric = sample.names[i] as string
    const value = sample.values[i] as number
    noteValue(node, { metric, value, at: sample.at }, at)
    const series = { nodeId: node.nodeId, nodeName: sample.nodeName, metric }
    const reading = { at: sample.at, recordedAt: at.recordedAt, value, position: at.position, part: at.part }
    const before = node.series.get(metric) ?? emptySeries
    const [next, came] = evaluate(before, series, at.index, reading)
    node.series.set(metric, next)
    if (next !== before) node.evaluated.add(metric)
    if (came.length > 0) transitions.push(...came)
  }
  noteUnits(node, sample.units, at.part)
  return transitions
}

function noteValue(
  node: NodeState,
  { metric, value, at }: LatestValue & { readonly metric: string },
  { recordedAt, part }: SampleContext,
): void {
  const before = node.latest.get(metric)
  if (before === undefined) node.parts.adopt(metric, part)
  else if (node.parts.homeOf(metric) !== part) node.parts.touch(metric)
  if (isNewest(before?.at ?? -Infinity, at, recordedAt)) node.latest.set(metric, { value, at })
}

/** Samples of one layout share the object of their units, so it is looked at once. */
function noteUnits(node: NodeState, units: Sample['units'], part: string): void {
  if (units === undefined || node.parts.hasUnitsOf(part, units)) return
  for (const [metric, unit] of Object.entries(units)) {
    if (node.units.get(metric) === unit) continue
    node.units.set(metric, unit)
    node.parts.touchUnit(metric, part)
  }
}

/** The node itself, before its metrics. */
function stepNode(node: NodeState, sample: Sample, { position, recordedAt, part }: SampleContext): Transition[] {
  const { times, parts } = node
  const { at } = sample
  const series = { nodeId: node.nodeId, nodeName: sample.nodeName, metric: wholeNode }
  const before = node.series.get(wholeNode) ?? emptySeries
  const newest = times.of(part)?.at ?? -Infinity
  const [next, came] = evaluateNodeWith(times, before, series, { at, recordedAt, position, part })
  node.series.set(wholeNode, next)
  parts.own.add(wholeNode)
  parts.receive(part, at)
  // The clock was set back: that concerns other parts too.
  if (at < newest && times.of(part)?.at === at) parts.touchAll()
  if (next !== before) node.evaluated.add(wholeNode)
  return [...came]
}

/** The observed interval of a node, ms; `null` before its second record. */
export function intervalOf({ times, series }: Pick<NodeState, 'times' | 'series'>): number | null {
  return times.intervalMs(series.get(wholeNode)?.last?.at ?? -Infinity) || null
}

function noteTime(node: NodeState, { at, nodeName }: Sample, recordedAt: number): void {
  if (!isNewest(node.lastSeen, at, recordedAt)) return
  node.name = nodeName
  node.lastSeen = at
}
