import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import { columnsOf, type SampleBatch } from '#shared/metric/sample-columns.ts'
import type { Sample } from '#shared/metric/sample.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { emptyBatch, type BatchWrite } from './batch-write.ts'

/** A plausible time; no test depends on this very one. */
export const startAt = Date.UTC(2026, 10, 23, 10)

export function aSample(part: Partial<Sample> = {}): Sample {
  return { nodeId: 'node-1', nodeName: 'Server-Alpha', at: startAt, names: ['cpu_usage'], values: [71.3], ...part }
}

/** `samples` may be objects: samples of one partition, with offsets from 0. */
export function aBatchWrite({
  samples = [],
  ...rest
}: Partial<Omit<BatchWrite, 'samples'>> & {
  readonly samples?: readonly Sample[] | readonly SampleBatch[]
} = {}): BatchWrite {
  const [first] = samples
  const batches =
    first && 'columns' in first ? (samples as readonly SampleBatch[]) : [aSampleBatch(samples as readonly Sample[])]
  return { ...emptyBatch, ...rest, samples: first ? batches : [] }
}

/** Samples of one partition, with offsets from `from`. */
export function aSampleBatch(
  samples: readonly Sample[],
  { from = 0, topic = 'metrics-node-1' }: { readonly from?: number | undefined; readonly topic?: string } = {},
): SampleBatch {
  const offsets = samples.map((_, i) => from + i)
  return { topic, partition: 0, columns: columnsOf(samples, offsets) }
}

/** `count` records of one node, `everyMs` apart. Values follow from the index. */
export function someSamples(count: number, part: Partial<Sample> & { everyMs?: number } = {}): Sample[] {
  const { everyMs = 1000, at = startAt, ...rest } = part
  return Array.from({ length: count }, (_, i) => aSample({ at: at + i * everyMs, values: [(i % 1000) / 10], ...rest }))
}

export function aPosition(next: number, topic = 'metrics-node-1') {
  return {
    topic,
    partition: 0,
    next,
    last: next === 0 ? null : { timestamp: startAt + next, hash: `hash ${next - 1}` },
  }
}

export function aState(part: Partial<SeriesState> = {}): SeriesState {
  return {
    rule: { id: aRule().id, version: 1 },
    episode: { phase: 'ok' },
    noData: { phase: 'ok' },
    last: null,
    ...part,
  }
}

export function anAnchor(offset: number, topic = 'metrics-node-1') {
  return { at: startAt + offset, position: { topic, partition: 0, offset } }
}

/** A new folder; `dispose` deletes it. */
export function aFolder(): { readonly dir: string; readonly dispose: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'remo-store-'))
  return { dir, dispose: () => rmSync(dir, { recursive: true, force: true }) }
}

/** For values that a test knows to exist. */
export function defined<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('it is not there')
  return value
}
