import { wholeNode } from '#shared/alert/series.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { seriesStateCodec, unknownOfState } from '#shared/codec/series-state-codec.ts'
import { z } from 'zod'
import { storedValue } from '../../http/needs-newer.ts'
import type { NodeState } from './node-state.ts'

/** A row of `node` from the driver. */
export interface LockedNodeRow {
  readonly id: number
  readonly node_id: string
  readonly node_name: string
  readonly last_seen_ms: number
  readonly interval_ms: number | null
  readonly latest: unknown
  readonly units: unknown
  readonly series: unknown
}

const Latest = z.record(z.string(), z.looseObject({ value: z.number(), at: z.number() }))
const Units = z.record(z.string(), z.string())
const Series = z.record(z.string(), z.unknown())

/** @throws NeedsNewerError for a state that this version must not continue */
export function openNode(row: LockedNodeRow): NodeState {
  const latest = new Map(Object.entries(Latest.parse(row.latest)))
  const series = withNode(openSeries(row.series), row.interval_ms)
  return {
    id: row.id,
    nodeId: row.node_id,
    name: row.node_name,
    // a newly inserted row has no value yet
    lastSeen: latest.size === 0 ? -Infinity : Math.round(row.last_seen_ms),
    intervalMs: row.interval_ms,
    latest,
    units: new Map(Object.entries(Units.parse(row.units))),
    series,
    unknown: unknownOf(series),
    evaluated: new Set(),
  }
}

/** @throws NeedsNewerError as `openNode` */
export function openSeries(series: unknown): Map<string, SeriesState> {
  const states = new Map<string, SeriesState>()
  for (const [metric, state] of Object.entries(Series.parse(series))) {
    states.set(metric, storedValue(seriesStateCodec.decode(state), `The evaluation state of ${metric}`))
  }
  return states
}

/** Adds the state of the node, which version 0.1.0 did not write: its metrics and its interval tell it. */
export function withNode(series: Map<string, SeriesState>, intervalMs: number | null): Map<string, SeriesState> {
  if (series.has(wholeNode)) return series
  let last: SeriesState['last'] = null
  for (const state of series.values()) if (state.last && state.last.at >= (last?.at ?? -Infinity)) last = state.last
  if (last === null) return series
  const steps = intervalMs === null ? {} : { steps: [intervalMs] }
  return series.set(wholeNode, { ...emptySeries, last, ...steps })
}

/** The evaluator creates new states. Keys that it does not know are kept aside, and `nodeRecord` adds them again. */
function unknownOf(series: ReadonlyMap<string, SeriesState>): Map<string, object> {
  const unknown = new Map<string, object>()
  for (const [metric, state] of series) {
    const keys = unknownOfState(state)
    if (keys) unknown.set(metric, keys)
  }
  return unknown
}

/** The input of `saveNodes`. */
export function nodeRecord(node: NodeState): object {
  const states = [...node.series].map(([metric, state]): [string, unknown] => {
    const encoded = seriesStateCodec.encode(state)
    const unknown = node.unknown.get(metric)
    return [metric, unknown === undefined ? encoded : { ...unknown, ...(encoded as object) }]
  })
  return {
    id: node.id,
    name: node.name,
    last_seen: node.lastSeen / 1000,
    interval_ms: node.intervalMs,
    latest: Object.fromEntries(node.latest),
    units: Object.fromEntries(node.units),
    series: Object.fromEntries(states),
  }
}
