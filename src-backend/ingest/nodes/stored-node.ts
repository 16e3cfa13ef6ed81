import { wholeNode } from '#shared/alert/series.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import { NodeParts, ownPart } from '#shared/evaluation/node-parts.ts'
import { namedRecord } from '#shared/format/named-record.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { z } from 'zod'
import { PartIndex } from './part-index.ts'
import { intervalOf, type NodeState } from './node-state.ts'
import { addKnownPart, addStoredPart, partTimesOf, type PartRow, type PartSent } from './stored-part.ts'
import { encodedState, noteUnknown, openSeries } from './stored-series.ts'

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
  readonly forgotten: boolean
}

const Latest = namedRecord(z.looseObject({ value: z.number(), at: z.number() }))
const Units = namedRecord(z.string())

/** One part of the node: its row, or as another state of the node has it. */
export type StoredPart = { readonly row: PartRow } | { readonly from: NodeState; readonly part: string }

/**
 * @param parts its other rows
 * @throws NeedsNewerError for a state that this version must not continue
 */
export function openNode(row: LockedNodeRow, parts: readonly StoredPart[]): NodeState {
  // a forgotten node starts again as a new one
  const latest = new Map(row.forgotten ? [] : Object.entries(Latest.parse(row.latest)))
  const series = row.forgotten ? openSeries({}) : withNode(openSeries(row.series), row.interval_ms)
  const node: NodeState = {
    id: row.id,
    nodeId: row.node_id,
    name: row.node_name,
    // a newly inserted row has no record yet
    lastSeen: latest.size === 0 && series.size === 0 ? -Infinity : Math.round(row.last_seen_ms),
    latest,
    units: new Map(Object.entries(Units.parse(row.units))),
    series,
    unknown: new Map(),
    evaluated: new Set(),
    parts: new PartIndex(),
    times: row.forgotten ? new NodeParts() : timesOf(series.get(wholeNode), parts.flatMap(sentOf)),
    isCached: false,
  }
  for (const names of [node.latest, node.units, node.series]) for (const name of names.keys()) node.parts.own.add(name)
  for (const part of parts) {
    if ('row' in part) addStoredPart(node, part.row, row.forgotten)
    else addKnownPart(node, part)
  }
  for (const [metric, state] of series) noteUnknown(node.unknown, metric, state)
  return node
}

function sentOf(part: StoredPart): PartSent[] {
  if ('row' in part) return partTimesOf(part.row)
  const times = part.from.times.of(part.part)
  return times === undefined ? [] : [{ part: part.part, ...times }]
}

/** When the parts of a node sent: what its own row says, and the rows of its parts. */
export function timesOf(node: SeriesState | undefined, sent: readonly PartSent[]): NodeParts {
  if (node === undefined || sent.length === 0) return new NodeParts(node)
  return new NodeParts({ ...node, parts: [...(node.parts ?? []), ...sent] })
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

/** The input of `saveNodes`: without what is in rows of parts. */
export function nodeRecord(node: NodeState): object {
  return {
    id: node.id,
    name: node.name,
    last_seen: node.lastSeen / 1000,
    interval_ms: intervalOf(node),
    latest: own(node, node.latest),
    units: own(node, node.units),
    series: own(node, node.series, (metric, state) => encodedState(node, metric, withOwnTimes(node, metric, state))),
  }
}

/** The rows of the other parts have theirs. */
function withOwnTimes({ times }: NodeState, metric: string, state: SeriesState): SeriesState {
  if (metric !== wholeNode) return state
  const node = times.applyTo(state)
  return node.parts === undefined ? node : { ...node, parts: node.parts.filter(({ part }) => part === ownPart) }
}

/** A node can have thousands of metrics in parts, so these are not looked at. */
function own<T>(
  { parts }: NodeState,
  values: ReadonlyMap<string, T>,
  encode: (metric: string, value: T) => unknown = (_, value) => value,
): object {
  const entries: Array<readonly [string, unknown]> = []
  for (const metric of parts.own) {
    const value = values.get(metric)
    if (value !== undefined) entries.push([metric, encode(metric, value)])
  }
  return Object.fromEntries(entries)
}
