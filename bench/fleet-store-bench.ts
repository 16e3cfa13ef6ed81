/**
 * `node bench/fleet-store-bench.ts [--hosts=100] [--scrapes=300] [--rounds=3]`: records of a Telegraf fleet, as a fetch
 * brings them, into the cache: decode, evaluate, commit. Against the same numbers in ReMo's own format. Values a second of CPU time, and bytes of a value in the cache.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { aRawBatch } from '../src-kafka/records/run-builders.ts'
import type { RawBatch } from '../src-kafka/stream.ts'
import { Engine } from '../src-main/data/engine.ts'
import { ConsoleStore } from '../src-main/store/console-store.ts'
import { logTo } from '../src-main/threads/thread-log.ts'
import { measurePair, singleMeasurement, type BenchResult } from './measure.ts'
import { fleetMetrics, telegrafJson, telegrafLine, type FleetMetric } from './telegraf-records.ts'

/** The part of the records that is stored before the clock runs. */
const warmShare = 0.2
/** After the newest record of the fleet, epoch ms. */
const fleetEnd = 1_795_870_000_000
/** Records of a fetch. */
const perBatch = 2_000

export interface FleetStoreBench {
  readonly hosts: number
  readonly scrapes: number
  readonly rounds: number
  readonly dir: string
}

export async function fleetStoreBench({ hosts, scrapes, rounds, dir }: FleetStoreBench): Promise<BenchResult[]> {
  const fleet = [...fleetMetrics(hosts, scrapes)]
  const values = fleet.reduce((sum, { fields }) => sum + fields.length, 0)
  const own = batchesOf(ownMessages(fleet))
  const results: BenchResult[] = []
  for (const [name, batches] of [
    ['Telegraf JSON', batchesOf(fleet.map(telegrafJson))],
    ['Telegraf lines', batchesOf(fleet.map(telegrafLine))],
  ] as const) {
    let bytes = { ours: 0, own: 0 }
    const rate = await measurePair({
      name: `${name} → SQLite`,
      unit: 'values/CPU s',
      limitName: "ReMo's own format",
      rounds,
      target: { atLeast: 0.7 },
      ours: () => {
        const stored = storeAll(batches, dir)
        bytes = { ...bytes, ours: stored.bytesOfValue }
        return ((1 - warmShare) * values) / stored.cpuSeconds
      },
      limit: () => {
        const stored = storeAll(own, dir)
        bytes = { ...bytes, own: stored.bytesOfValue }
        return ((1 - warmShare) * values) / stored.cpuSeconds
      },
    })
    const size = { unit: 'bytes/value', limitName: "ReMo's own format", target: { atMost: 1.3 } } as const
    results.push(rate, singleMeasurement({ name: `${name}, cache`, ours: bytes.ours, limit: bytes.own, ...size }))
  }
  return results
}

/** Each part of a host as a node of its own, with what ReMo makes of its counters: rates. */
function ownMessages(fleet: readonly FleetMetric[]): Buffer[] {
  const before = new Map<string, FleetMetric>()
  return fleet.map((metric) => {
    const { host, measurement, tags, fields, at } = metric
    const id = [host, measurement, ...tags.map(([, value]) => value)].join('/')
    const last = before.get(id)
    before.set(id, metric)
    const isCounter = measurement === 'net' || measurement === 'diskio'
    const stored = fields.map(([name, value], i) => {
      const rate = (value - (last?.fields[i]?.[1] ?? value)) / 10
      return [`${measurement}.${name}`, isCounter && name !== 'iops_in_progress' ? rate : value] as const
    })
    const timestamp = new Date(at).toISOString()
    return Buffer.from(JSON.stringify({ node_id: id, node_name: id, timestamp, metrics: Object.fromEntries(stored) }))
  })
}

function batchesOf(values: readonly Buffer[]): RawBatch[] {
  const batches: RawBatch[] = []
  for (let from = 0; from < values.length; from += perBatch) {
    const records = values.slice(from, from + perBatch).map((value, i) => ({
      offset: from + i,
      timestamp: -1,
      value,
    }))
    batches.push(aRawBatch({ topic: 'bench', records }))
  }
  return batches
}

interface Stored {
  readonly cpuSeconds: number
  /** In the chunks; NaN if the records are too few for one. */
  readonly bytesOfValue: number
}

function storeAll(batches: readonly RawBatch[], dir: string): Stored {
  const now = fleetEnd
  const folder = mkdtempSync(join(dir, 'fleet-'))
  const { store, notices } = ConsoleStore.open(folder, now)
  const engine = new Engine({
    store,
    notices,
    options: {
      user: 'bench',
      hasBackend: false,
      stockRules: true,
      topicPattern: '^bench$',
      startAt: { kind: 'beginning' },
    },
    log: logTo(() => undefined),
    now: () => now,
    emit: () => undefined,
    retry: () => undefined,
    reconnect: () => undefined,
    fatal: (error) => {
      throw error
    },
  })
  engine.start()
  // The first batches make nodes, series and layouts: that is once for a fleet, and not what it costs to go on.
  const warm = Math.ceil(batches.length * warmShare)
  for (const batch of batches.slice(0, warm)) void engine.handlers.batches([batch])
  const begin = process.cpuUsage()
  for (const batch of batches.slice(warm)) void engine.handlers.batches([batch])
  const { user, system } = process.cpuUsage(begin)
  const rejected = engine.calls['rejectedRecords.list']({ limit: 1 }) as ReadonlyArray<{ readonly reason: string }>
  if (rejected[0]) throw new Error(`a valid record was rejected: ${rejected[0].reason}`)
  engine.stop()
  store.close()
  const bytesOfValue = chunkBytes(join(folder, 'remo.sqlite'))
  rmSync(folder, { recursive: true, force: true })
  return { cpuSeconds: (user + system) / 1e6, bytesOfValue }
}

function chunkBytes(file: string): number {
  const db = new Database(file, { readonly: true })
  const row = db.prepare('SELECT sum(length(data)) AS bytes, sum(samples) AS samples FROM chunk').get()
  db.close()
  const { bytes, samples } = row as { readonly bytes: number | null; readonly samples: number | null }
  return (bytes ?? NaN) / (samples ?? NaN)
}

if (import.meta.main) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { hosts: text, scrapes: text, rounds: text } })
  const dir = mkdtempSync(join(tmpdir(), 'remo-fleet-'))
  const number = (given: string | undefined, usual: number): number => Number(given ?? usual)
  const sizes = {
    hosts: number(values.hosts, 100),
    scrapes: number(values.scrapes, 300),
    rounds: number(values.rounds, 3),
  }
  for (const { name, unit, ours, limit, ratio, spread } of await fleetStoreBench({ ...sizes, dir })) {
    const range = `${spread[0].toFixed(2)} to ${spread[1].toFixed(2)}`
    process.stdout.write(
      `${name}: ${ours.toFixed(1)} against ${limit.toFixed(1)} ${unit}: ${ratio.toFixed(2)} (${range})\n`,
    )
  }
  rmSync(dir, { recursive: true, force: true })
}
