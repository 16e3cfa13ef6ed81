import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { Sample } from '#shared/metric/sample.ts'
import { aRule } from '#shared/rule/rule-builders.ts'
import { emptyBatch, type BatchWrite } from './batch-write.ts'

/** An hour of a November morning; nothing depends on it but that it is a believable time. */
export const startAt = Date.UTC(2026, 10, 23, 10)

/** Builders and folders for tests of the store and of those who use it. */
export function aSample(part: Partial<Sample> = {}): Sample {
  return { nodeId: 'node-1', nodeName: 'Server-Alpha', at: startAt, names: ['cpu_usage'], values: [71.3], ...part }
}

export function aBatchWrite(part: Partial<BatchWrite> = {}): BatchWrite {
  return { ...emptyBatch, ...part }
}

/** `count` records of one node, `everyMs` apart, with a value that follows from its index. */
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

/** A new folder that is gone when `dispose` was called. */
export function aFolder(): { readonly dir: string; readonly dispose: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'remo-store-'))
  return { dir, dispose: () => rmSync(dir, { recursive: true, force: true }) }
}

/** What a test knows to be there. */
export function defined<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('it is not there')
  return value
}
