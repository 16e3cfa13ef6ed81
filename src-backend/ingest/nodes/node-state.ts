import { emptySeries, evaluate } from '#shared/evaluation/evaluate.ts'
import { isNewest } from '#shared/evaluation/lateness.ts'
import { evaluateNode } from '#shared/evaluation/node-series.ts'
import { observedInterval } from '#shared/evaluation/observed-interval.ts'
import { wholeNode } from '#shared/alert/series.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { RecordPosition, Sample } from '#shared/metric/sample.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'

/** Newest value of a metric, by event time (epoch ms). */
export interface LatestValue {
  readonly value: number
  readonly at: number
}

/** A node's row, open for changes. Maps, because a metric may be called `constructor`. */
export interface NodeState {
  readonly id: number
  readonly nodeId: string
  name: string
  /** Event time of the newest record, epoch ms; -Infinity before the first one. */
  lastSeen: number
  /** The observed interval, as in the evaluation and on consoles; `null` before the second record. */
  intervalMs: number | null
  readonly latest: Map<string, LatestValue>
  readonly units: Map<string, string>
  /** By metric, and the state of the node itself at `wholeNode`. */
  readonly series: Map<string, SeriesState>
  /** By metric: keys of a newer version in its state. They stay unchanged. */
  readonly unknown: ReadonlyMap<string, object>
  /** Metrics with a record evaluated since the row was opened. */
  readonly evaluated: Set<string>
}

/**
 * Applies one record and evaluates it, in the order of the log.
 * @returns the transitions
 */
export function applySample(
  node: NodeState,
  sample: Sample,
  at: { position: RecordPosition; recordedAt: number; index: RuleIndex },
): Transition[] {
  noteTime(node, sample, at.recordedAt)
  for (const [metric, unit] of Object.entries(sample.units ?? {})) node.units.set(metric, unit)
  const transitions = stepNode(node, sample, at)
  for (let i = 0; i < sample.names.length; i++) {
    const metric = sample.names[i] as string
    const value = sample.values[i] as number
    if (isNewest(node.latest.get(metric)?.at ?? -Infinity, sample.at, at.recordedAt)) {
      node.latest.set(metric, { value, at: sample.at })
    }
    const series = { nodeId: node.nodeId, nodeName: sample.nodeName, metric }
    const reading = { at: sample.at, recordedAt: at.recordedAt, value, position: at.position }
    const before = node.series.get(metric) ?? emptySeries
    const [next, came] = evaluate(before, series, at.index, reading)
    node.series.set(metric, next)
    if (next !== before) node.evaluated.add(metric)
    if (came.length > 0) transitions.push(...came)
  }
  return transitions
}

/** The node itself, before its metrics. */
function stepNode(node: NodeState, sample: Sample, at: { position: RecordPosition; recordedAt: number }): Transition[] {
  const series = { nodeId: node.nodeId, nodeName: sample.nodeName, metric: wholeNode }
  const before = node.series.get(wholeNode) ?? emptySeries
  const record = { at: sample.at, recordedAt: at.recordedAt, position: at.position }
  const [next, came] = evaluateNode(before, series, record)
  node.series.set(wholeNode, next)
  node.intervalMs = next.steps === undefined ? node.intervalMs : observedInterval(next.steps)
  if (next !== before) node.evaluated.add(wholeNode)
  return [...came]
}

function noteTime(node: NodeState, { at, nodeName }: Sample, recordedAt: number): void {
  if (!isNewest(node.lastSeen, at, recordedAt)) return
  node.name = nodeName
  node.lastSeen = at
}
