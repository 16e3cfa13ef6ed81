import type { Chunk, SampleColumns } from '../chunk/chunk.ts'
import type { LatestChunked } from './dictionary.ts'

/** Intervals looked at: enough to outvote a pause, few enough to follow a change. */
const looked = 32

/** Newest value of each metric by event time; of equal times the one that came later. */
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

/** What a stored chunk alone tells. */
export function latestOfChunk(chunk: Chunk): LatestChunked {
  const { t1, metrics } = chunk.header
  return {
    at: t1,
    values: new Map(metrics.map(({ metric, last }) => [metric, last])),
    intervalMs: typicalInterval(chunk.at),
  }
}

/** Median step between the newest times, ms; `null` for fewer than two. Steps back and repeats do not count. */
export function typicalInterval(at: Float64Array): number | null {
  const steps: number[] = []
  at.subarray(-looked).reduce((before, time) => {
    if (time > before) steps.push(time - before)
    return time
  }, Infinity)
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? null
}
