import { readRange } from '../../src-main/read/read-range.ts'
import { ConsoleStore } from '../../src-main/store/console-store.ts'
import { ReadStore } from '../../src-main/store/read-store.ts'

/** A series as a chart shows it. `at`: epoch ms. */
export interface Series {
  readonly at: readonly number[]
  readonly values: readonly number[]
}

/** What a console that has stopped has stored of each metric. @param dir its data folder */
export function storedSeries(dir: string, nodeId: string, metrics: readonly string[]): Map<string, Series> {
  const { store } = ConsoleStore.open(dir, Date.now())
  const reader = ReadStore.open(dir)
  try {
    const heads = store.samples.heads(nodeId)
    const range = { from: 0, to: Date.now() + 60_000, points: 10_000 }
    return new Map(
      metrics.map((metric) => {
        const [columns] = readRange(reader, heads, { nodeId, metrics: [metric], ...range })
        return [metric, { at: [...(columns?.at ?? [])], values: [...(columns?.last ?? [])] }]
      }),
    )
  } finally {
    reader.close()
    store.close()
  }
}

/** The mean from `from` to `to` (epoch ms) of values each of which is the mean since the one before. */
export function meanOver({ at, values }: Series, from: number, to: number): number {
  let [sum, time] = [0, 0]
  for (let i = 1; i < at.length; i++) {
    const [begin, end] = [Math.max(at[i - 1] as number, from), Math.min(at[i] as number, to)]
    if (end <= begin) continue
    sum += (values[i] as number) * (end - begin)
    time += end - begin
  }
  return sum / time
}
