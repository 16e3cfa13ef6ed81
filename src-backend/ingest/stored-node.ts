import type { SeriesState } from '#shared/alert/transition.ts'
import { z } from 'zod'
import type { NodeState } from './node-state.ts'

/** What is read back was written by the ingest; this holds where something else wrote into the table. */
const Anchor = z.object({
  at: z.number(),
  position: z.object({ topic: z.string(), partition: z.int(), offset: z.int() }),
})
const Episode = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('ok') }),
  z.object({
    phase: z.literal('pending'),
    since: Anchor,
    alertId: z.string(),
    criticalSince: z.number().exactOptional(),
  }),
  z.object({
    phase: z.literal('firing'),
    since: Anchor,
    alertId: z.string(),
    severity: z.enum(['warning', 'critical']),
    criticalSince: z.number().exactOptional(),
  }),
])
const Silence = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('ok') }),
  z.object({ phase: z.literal('firing'), alertId: z.string(), anchor: Anchor }),
])
const State = z.object({
  rule: z.object({ id: z.string(), version: z.int() }).nullable(),
  episode: Episode,
  silence: Silence,
  last: Anchor.nullable(),
  ruleFrom: z.number().exactOptional(),
})

/** A row of `node` as the driver gives it. */
export interface NodeRow {
  readonly id: number
  readonly node_id: string
  readonly node_name: string
  readonly last_seen_ms: number
  readonly interval_ms: number | null
  readonly latest: unknown
  readonly units: unknown
  readonly series: unknown
}

const Latest = z.record(z.string(), z.object({ value: z.number(), at: z.number() }))
const Units = z.record(z.string(), z.string())
const Series = z.record(z.string(), State)

export function openNode(row: NodeRow): NodeState {
  const latest = new Map(Object.entries(Latest.parse(row.latest)))
  return {
    id: row.id,
    nodeId: row.node_id,
    name: row.node_name,
    // a row that was made a moment ago has no value yet
    lastSeen: latest.size === 0 ? -Infinity : Math.round(row.last_seen_ms),
    intervalMs: row.interval_ms,
    latest,
    units: new Map(Object.entries(Units.parse(row.units))),
    series: openSeries(row.series),
    judged: new Set(),
  }
}

export function openSeries(series: unknown): Map<string, SeriesState> {
  return new Map(Object.entries(Series.parse(series)))
}

/** As `saveNodes` reads it. */
export function nodeRecord(node: NodeState): object {
  return {
    id: node.id,
    name: node.name,
    last_seen: node.lastSeen / 1000,
    interval_ms: node.intervalMs,
    latest: Object.fromEntries(node.latest),
    units: Object.fromEntries(node.units),
    series: Object.fromEntries(node.series),
  }
}
