import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Alert } from '#shared/alert/alert.ts'
import type { SeriesState } from '#shared/alert/transition.ts'
import type { Sample } from '#shared/metric/sample.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { BatchWrite } from './batch.ts'

/** An hour of a November morning; nothing depends on it but that it is a believable time. */
export const start = Date.UTC(2026, 10, 23, 10)

/** Builders and folders for tests of the store and of those who use it. */
export function aSample(part: Partial<Sample> = {}): Sample {
  return { nodeId: 'node-1', nodeName: 'Server-Alpha', at: start, names: ['cpu_usage'], values: [71.3], ...part }
}

export function aBatch(part: Partial<BatchWrite> = {}): BatchWrite {
  return {
    samples: [],
    rejects: [],
    positions: [],
    gaps: [],
    series: [],
    alerts: [],
    events: [],
    notifications: [],
    ...part,
  }
}

/** `count` records of one node, `everyMs` apart, with a value that follows from its index. */
export function someSamples(count: number, part: Partial<Sample> & { everyMs?: number } = {}): Sample[] {
  const { everyMs = 1000, at = start, ...rest } = part
  return Array.from({ length: count }, (_, i) => aSample({ at: at + i * everyMs, values: [(i % 1000) / 10], ...rest }))
}

export function aPosition(next: number, topic = 'metrics-node-1') {
  return { topic, partition: 0, next, last: next === 0 ? null : { timestamp: start + next, hash: `hash ${next - 1}` } }
}

export function aState(part: Partial<SeriesState> = {}): SeriesState {
  return {
    rule: { id: aRule().id, version: 1 },
    episode: { phase: 'ok' },
    silence: { phase: 'ok' },
    last: null,
    ...part,
  }
}

export function anAnchor(offset: number, topic = 'metrics-node-1') {
  return { at: start + offset, position: { topic, partition: 0, offset } }
}

export function aRule(part: Partial<Rule> = {}): Rule {
  return {
    id: '0b0ae7a4-6c8a-4a6f-8a30-000000000001',
    version: 1,
    scope: { kind: 'all' },
    metric: 'cpu_usage',
    condition: 'greater',
    warning: 85,
    critical: 95,
    forSeconds: 120,
    enabled: true,
    deleted: false,
    effectiveFrom: start,
    updatedBy: 'anna',
    updatedAt: start,
    ...part,
  }
}

export function anAlert(part: Partial<Alert> = {}): Alert {
  return {
    id: '7d1f8f6e-58ab-8d5e-9a3c-000000000001',
    kind: 'value',
    ruleId: aRule().id,
    ruleVersion: 1,
    nodeId: 'node-1',
    nodeName: 'Server-Alpha',
    metric: 'cpu_usage',
    severity: 'critical',
    phase: 'firing',
    condition: 'greater',
    threshold: 95,
    forSeconds: 120,
    since: start,
    openedAt: start + 120_000,
    value: 97.2,
    provisional: false,
    ...part,
  }
}

/** A new folder that is gone when `dispose` was called. */
export function aFolder(): { readonly dir: string; readonly dispose: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'remo-store-'))
  return { dir, dispose: () => rmSync(dir, { recursive: true, force: true }) }
}

/** What a test knows to be there. */
export function known<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('it is not there')
  return value
}
