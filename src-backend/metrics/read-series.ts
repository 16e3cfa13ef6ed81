import type { Db, Pool } from '../db/db.ts'
import { withTx } from '../db/tx.ts'
import { Downsampler, type DownsampledPoint } from './downsampler.ts'
import { floorMinute, isCoarse, planRange, type RangePlan, type TimeRange } from './range-plan.ts'
import type { NodeSeries } from './repo.ts'
import {
  beginSnapshot,
  eachOldRollup,
  eachRollup,
  eachSample,
  findSeries,
  readDue,
  readLayouts,
  readSamplesSince,
} from './repo.ts'

/** A year of rollups of one node takes seconds, and is rare. */
const withinMs = 20_000

export interface SeriesQuery {
  readonly nodeId: string
  /** `undefined`: all metrics of the node. */
  readonly metrics: readonly string[] | undefined
  readonly range: TimeRange
  /** From the number of metrics. */
  readonly budget: (metrics: number) => PointBudget
}

/** Limits of one metric: up to `values` values unchanged, else `columns` columns. */
export interface PointBudget {
  readonly values: number
  readonly columns: number
}

export interface SeriesHistory {
  readonly node: NodeSeries
  readonly isCoarse: boolean
  /** By metric, in the requested order. A metric without values has an empty list. */
  readonly points: ReadonlyMap<string, readonly DownsampledPoint[]>
}

/** @returns `undefined` for an unknown node */
export async function readSeries(pool: Pool, query: SeriesQuery): Promise<SeriesHistory | undefined> {
  return withTx(pool, async (db) => {
    await beginSnapshot(db, withinMs)
    const node = await findSeries(db, query.nodeId)
    if (!node) return undefined
    const { range } = query
    const metrics = query.metrics ?? node.metrics
    const { values, columns } = query.budget(metrics.length)
    const coarse = isCoarse(range, columns)
    const plan = await planFor(db, node.id, { range, coarse })
    // a rollup takes two values, as a column does
    const most = plan.rollup ? columns : values
    const downsamplers = new Map(metrics.map((metric) => [metric, new Downsampler(range, { columns, most })]))
    const places = await placesIn(db, downsamplers)
    await addRollups(db, node.id, { plan, downsamplers, places })
    await addSamples(db, node.id, { plan, places })
    const points = new Map(Array.from(downsamplers, ([metric, downsampler]) => [metric, downsampler.points()]))
    return { node, isCoarse: coarse, points }
  })
}

async function planFor(
  db: Db,
  node: number,
  { range, coarse }: { readonly range: TimeRange; readonly coarse: boolean },
): Promise<RangePlan> {
  const samplesSince = await readSamplesSince(db)
  const due = coarse ? await readDue(db, node, range) : []
  return planRange(range, { coarse, samplesSince, due })
}

/** By layout: the downsampler of each of its metrics that is asked for. */
type Places = ReadonlyMap<number, ReadonlyArray<Downsampler | undefined>>

async function placesIn(db: Db, downsamplers: ReadonlyMap<string, Downsampler>): Promise<Places> {
  const layouts = await readLayouts(db, [...downsamplers.keys()])
  return new Map(Array.from(layouts, ([id, metrics]) => [id, metrics.map((metric) => downsamplers.get(metric))]))
}

interface RollupPlan {
  readonly plan: RangePlan
  readonly downsamplers: ReadonlyMap<string, Downsampler>
  readonly places: Places
}

async function addRollups(db: Db, node: number, { plan, downsamplers, places }: RollupPlan): Promise<void> {
  if (!plan.rollup) return
  const raw = minutesOf(plan.raw)
  const range = plan.rollup
  await eachOldRollup(db, { node, metrics: [...downsamplers.keys()], range }, (metric, minute, piece) => {
    if (!raw.has(minute)) downsamplers.get(metric)?.addMinute(minute, piece)
  })
  await eachRollup(db, { node, layouts: places.keys(), range }, ({ minute, layout, piece }) => {
    if (raw.has(minute)) return
    places.get(layout)?.forEach((downsampler, i) => downsampler?.addMinute(minute, piece(i)))
  })
}

async function addSamples(
  db: Db,
  node: number,
  { plan, places }: { readonly plan: RangePlan; readonly places: Places },
): Promise<void> {
  await eachSample(db, { node, layouts: places.keys(), parts: plan.raw }, ({ at, layout, values }) => {
    const ofLayout = places.get(layout)
    values.forEach((value, i) => ofLayout?.[i]?.addValue(at, value))
  })
}

function minutesOf(parts: readonly TimeRange[]): ReadonlySet<number> {
  const minutes = new Set<number>()
  for (const { from, to } of parts) {
    for (let minute = floorMinute(from); minute < to; minute += 60_000) minutes.add(minute)
  }
  return minutes
}
