/** Data of version 0.1.0: see tests/fixtures/0.1.0/README.md. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = join(import.meta.dirname, '..', 'fixtures', '0.1.0')

/** `value` null: a tombstone. */
export interface FixtureRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
}

/** Epoch ms of a time on the fixture's day. */
export const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`)

export const alerts = {
  alphaResolved: 'bbd79a17-a8ce-85eb-913c-67d7e7c4d614',
  beta: '1c79808f-8470-82ea-91b6-4adc0bae50a2',
  gamma: '384fc0cd-65e3-8011-b464-97fa35140bce',
  zetaResolved: '6c7e3b8c-3657-865f-892a-b04c22b7abeb',
  delta: 'e9aabc61-5a49-8431-90d9-4b357d51280d',
  etaProvisional: 'bd44b8db-aaa6-8065-b3ea-eabdcb304fda',
  /** Pending in the fixture: the alert does not exist yet. */
  epsilonPending: '757b4fe6-bbcb-8e40-ab71-9bb8427b99a6',
} as const

export const rules = {
  cpu: '5e0c9a64-3b1f-8d27-9c40-72656d6f0001',
  memory: '5e0c9a64-3b1f-8d27-9c40-72656d6f0002',
  /** `disk_io` of alpha: version 3 in Kafka and in the cache, version 4 in the backend. */
  disk: 'ac286af9-c377-42b1-8232-8d0cc3470e0d',
  /** Rule of the console only. */
  temperature: '74517963-fe5d-4e0a-8de4-d828889eebb0',
} as const

/** Creates a data folder with a copy of the cache. */
export function copyOfCache(): string {
  const dir = emptyFolder()
  writeFileSync(join(dir, 'remo.sqlite'), unzipped('remo.sqlite.gz'))
  return dir
}

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'remo-compatibility-'))
}

/** All records of `remo-rules` or `remo-alerts`, in order. */
export function teamRecords(topic: 'remo-rules' | 'remo-alerts'): FixtureRecord[] {
  return JSON.parse(readFileSync(join(folder, `${topic}.json`), 'utf8')) as FixtureRecord[]
}

/** Metric records by topic. Offsets begin above 0 where Kafka had deleted the first records. */
export function metricRecords(): Record<string, FixtureRecord[]> {
  return JSON.parse(unzipped('metrics.json.gz').toString()) as Record<string, FixtureRecord[]>
}

/** Fills an empty database. */
export function databaseDump(): string {
  return unzipped('backend.sql.gz').toString()
}

function unzipped(name: string): Buffer {
  return gunzipSync(readFileSync(join(folder, name)))
}
