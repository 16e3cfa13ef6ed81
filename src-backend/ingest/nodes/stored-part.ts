import type { Anchor } from '#shared/alert/series.ts'
import { namedRecord } from '#shared/format/named-record.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { z } from 'zod'
import type { NodePart } from './part-index.ts'
import type { NodeState } from './node-state.ts'
import { encodedState, openState } from './stored-series.ts'

/** A row of `node_part` from the driver. */
export interface PartRow {
  readonly node: number
  readonly part: string
  readonly savedBy: string
  readonly metrics: readonly string[]
  readonly latest: readonly number[]
  readonly latest_at: readonly number[]
  readonly units: unknown
  readonly anchor: unknown
  readonly series: unknown
  readonly seen_ms: number
  /** Newest event time of the part by its own clock, epoch ms; `null`: it begins anew. */
  readonly sent_at: number | null
  readonly steps: readonly number[] | null
}

/** An entry of `parts` in the state of a node. */
export type PartSent = NonNullable<SeriesState['parts']>[number]

const Units = namedRecord(z.string())
const States = namedRecord(z.unknown())
/** `seriesStateCodec` has another name for `noData` in JSON. */
const atRest = { rule: null, episode: { phase: 'ok' }, silence: { phase: 'ok' } }

/**
 * Most metrics have no rule. After a record they differ in nothing but their value, so the row has that record once.
 * @throws NeedsNewerError for a state that this version must not continue
 */
export function addStoredPart(node: NodeState, row: PartRow, isForgotten: boolean): void {
  const metrics = isForgotten ? [] : row.metrics
  metrics.forEach((metric, i) => {
    node.latest.set(metric, { value: row.latest[i] as number, at: row.latest_at[i] as number })
  })
  for (const [metric, unit] of Object.entries(Units.parse(row.units))) node.units.set(metric, unit)
  if (!isForgotten) for (const [metric, state] of openPartStates(row)) node.series.set(metric, state)
  node.parts.open(row.part, { metrics: [...metrics], savedBy: row.savedBy, newest: row.seen_ms })
}

/** Its row did not change since this state of the node was saved. */
export function addKnownPart(
  node: NodeState,
  { from, part }: { readonly from: NodeState; readonly part: string },
): void {
  const known = from.parts.byName.get(part)
  if (known === undefined) return
  for (const metric of known.metrics) copyMetric(node, from, metric)
  node.parts.open(part, { metrics: [...known.metrics], savedBy: known.savedBy, newest: known.newest })
}

function copyMetric(node: NodeState, from: NodeState, metric: string): void {
  const [latest, unit, state] = [from.latest.get(metric), from.units.get(metric), from.series.get(metric)]
  if (latest) node.latest.set(metric, latest)
  if (unit !== undefined) node.units.set(metric, unit)
  if (state) node.series.set(metric, state)
}

/** When the part sent; `undefined`: it begins anew. */
export function partTimesOf({ part, sent_at: at, steps }: Pick<PartRow, 'part' | 'sent_at' | 'steps'>): PartSent[] {
  if (at === null) return []
  return [steps === null ? { part, at } : { part, at, steps }]
}

/** @throws NeedsNewerError as `addStoredPart` */
export function openPartStates({
  part,
  metrics,
  anchor,
  series,
}: Pick<PartRow, 'part' | 'metrics' | 'anchor' | 'series'>): Map<string, SeriesState> {
  const states = new Map<string, SeriesState>()
  const own = new Map(Object.entries(States.parse(series)))
  const resting = anchor === null ? emptySeries : openState({ ...atRest, last: anchor, part }, metrics[0] ?? '')
  for (const metric of metrics) {
    const state = own.get(metric)
    states.set(metric, state === undefined ? resting : openState(state, metric))
  }
  return states
}

/** The input of `saveParts`. `metrics` and `units` are absent if its row has them. */
export function partRecord(node: NodeState, part: string, { metrics, isGrown, newest }: NodePart): object {
  const latest = metrics.map((metric) => node.latest.get(metric))
  const states = metrics.map((metric) => [metric, node.series.get(metric) ?? emptySeries] as const)
  const anchor = states.find(([, state]) => isAtRest(state, part))?.[1].last ?? null
  const others = states.filter(([, state]) => !isAtRest(state, part) || !isSame(state.last, anchor))
  const times = node.times.of(part)
  return {
    node: node.id,
    part,
    latest: latest.map((value) => value?.value),
    latest_at: latest.map((value) => value?.at),
    seen: newest / 1000,
    sent_at: times?.at,
    steps: times?.steps,
    anchor,
    series: Object.fromEntries(others.map(([metric, state]) => [metric, encodedState(node, metric, state)])),
    ...(isGrown ? { metrics, units: unitsOf(node, metrics) } : {}),
  }
}

function unitsOf({ units }: NodeState, metrics: readonly string[]): Readonly<Record<string, string>> {
  const found = metrics.map((metric) => [metric, units.get(metric)] as const)
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** Whether the state says nothing but which record was the newest. */
function isAtRest(state: SeriesState, part: string): boolean {
  const { rule, episode, noData } = state
  if (rule !== null || episode.phase !== 'ok' || noData.phase !== 'ok' || state.part !== part) return false
  return Object.keys(episode).length === 1 && Object.keys(noData).length === 1 && Object.keys(state).length === 5
}

function isSame(a: Anchor | null, b: Anchor | null): boolean {
  if (a === null || b === null) return a === b
  const [one, other] = [a.position, b.position]
  return a.at === b.at && one.offset === other.offset && one.partition === other.partition && one.topic === other.topic
}
