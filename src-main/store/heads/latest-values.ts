import type { Chunk, SampleColumns } from '../chunk/chunk.ts'
import type { LatestChunked } from './dictionary.ts'

/** Newest times in the median: enough to ignore a pause, few enough to follow a change of pace. */
const looked = 32

/** Newest value of each metric by event time; of equal times the later arrival. */
export function latestValues(records: SampleColumns, before: LatestChunked | null): LatestChunked {
  const values = new Map(before?.values)
  let at = before?.at ?? -Infinity
  for (const time of records.at) at = Math.max(at, time)
  records.metrics.forEach((metric, m) => {
    let newestAt = before?.values.has(metric) ? before.at : -Infinity
    records.columns[m]?.forEach((value, i) => {
      const time = records.at[i] ?? NaN
      if (Number.isNaN(value) || time < newestAt) return
      newestAt = time
      values.set(metric, value)
    })
  })
  return { at, values, intervalMs: typicalInterval(records.at) ?? before?.intervalMs ?? null }
}

/** Newest values of a stored chunk. */
export function latestOfChunk(chunk: Chunk): LatestChunked {
  const { t1, metrics } = chunk.header
  return {
    at: t1,
    values: new Map(metrics.map(({ metric, last }) => [metric, last])),
    intervalMs: typicalInterval(chunk.at),
  }
}

/** Median step between the newest times, ms; `null` for fewer than two. Only steps forward count. */
export function typicalInterval(at: Float64Array): number | null {
  const steps: number[] = []
  at.subarray(-looked).reduce((before, time) => {
    if (time > before) steps.push(time - before)
    return time
  }, Infinity)
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? null
}
