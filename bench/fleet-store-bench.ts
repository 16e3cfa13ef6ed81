/**
 * `node bench/fleet-store-bench.ts [--hosts=100] [--scrapes=300] [--rounds=20]`: records of a Telegraf fleet, as a fetch
 * brings them, into the cache: decode, evaluate, commit. Against the same numbers in ReMo's own format. Values a second
 * of CPU time, and bytes of a value in the cache.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { aRawBatch } from '../src-kafka/records/run-builders.ts'
import type { RawBatch } from '../src-kafka/stream.ts'
import { BenchEngine } from './bench-engine.ts'
import { cpuRateOf, measurePair, singleMeasurement, type BenchResult } from './measure.ts'
import {
  fieldsOfMetric,
  fleetMetrics,
  fleetRecords,
  metricsOfHost,
  telegrafJson,
  telegrafLine,
  type FleetMetric,
  type WriteMetric,
} from './telegraf-records.ts'

/** The part of the records that is stored before the clock runs. */
const warmShare = 0.2
/** After the newest record of the fleet, epoch ms. */
const fleetEnd = 1_795_870_000_000
/** Records of a fetch. */
const perBatch = 2_000
const valuesOfBatch = perBatch * fieldsOfMetric

export interface FleetStoreBench {
  readonly hosts: number
  readonly scrapes: number
  readonly rounds: number
  readonly dir: string
}

/**
 * Two engines store the same numbers: a round is one slice of them in each. So both sides of a ratio have the same
 * computer, whose speed changes from second to second.
 */
export async function fleetStoreBench(bench: FleetStoreBench): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const [name, write] of [
    ['Telegraf JSON', telegrafJson],
    ['Telegraf lines', telegrafLine],
  ] as const) {
    const [ours, limit] = [new FleetRun(bench, write), new FleetRun(bench, ownMessages())]
    const limitName = "ReMo's own format"
    const rate = await measurePair({
      name: `${name} → SQLite`,
      unit: 'values/CPU s',
      limitName,
      rounds: bench.rounds,
      ours: () => ours.next(),
      limit: () => limit.next(),
    })
    const size = { unit: 'bytes/value', limitName, target: { atMost: 1.3 } } as const
    results.push(rate, singleMeasurement({ name: `${name}, cache`, ours: ours.end(), limit: limit.end(), ...size }))
  }
  return results
}

/** Each part of a host as a node of its own, with what ReMo makes of its counters: rates. */
function ownMessages(): WriteMetric {
  const before = new Map<string, FleetMetric>()
  return (metric) => {
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
  }
}

/** Records on their way into a cache of their own. They are made as they are needed: none fills the memory meanwhile. */
class FleetRun {
  readonly #folder: string
  readonly #engine: BenchEngine
  readonly #batches: Generator<RawBatch>
  /** Batches of a round. */
  readonly #slice: number

  constructor({ hosts, scrapes, rounds, dir }: FleetStoreBench, write: WriteMetric) {
    this.#folder = mkdtempSync(join(dir, 'fleet-'))
    this.#engine = new BenchEngine(this.#folder, fleetEnd)
    this.#batches = batchesOf(fleetRecords(fleetMetrics(hosts, scrapes), write))
    // The first batches make nodes, series and layouts: that is once for a fleet, and not what it costs to go on.
    const count = Math.floor((hosts * scrapes * metricsOfHost) / perBatch)
    const warm = Math.ceil(count * warmShare)
    this.#slice = Math.floor((count - warm) / (rounds + 1))
    this.#engine.storeBatches(this.#take(warm))
  }

  /** @returns values a second of CPU time of the next slice */
  next(): number {
    const batches = this.#take(this.#slice)
    return cpuRateOf(batches.length * valuesOfBatch, () => this.#engine.storeBatches(batches))
  }

  /** @returns bytes of a value in the chunks; NaN if the records are too few for one */
  end(): number {
    this.#engine.stop()
    const bytes = chunkBytes(join(this.#folder, 'remo.sqlite'))
    rmSync(this.#folder, { recursive: true, force: true })
    return bytes
  }

  #take(count: number): RawBatch[] {
    return Array.from({ length: count }, () => this.#batches.next().value as RawBatch)
  }
}

function* batchesOf(values: Iterable<Buffer>): Generator<RawBatch> {
  let offset = 0
  let records: { readonly offset: number; readonly timestamp: number; readonly value: Buffer }[] = []
  for (const value of values) {
    records.push({ offset: offset++, timestamp: -1, value })
    if (records.length < perBatch) continue
    yield aRawBatch({ topic: 'bench', records })
    records = []
  }
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
    rounds: number(values.rounds, 20),
  }
  for (const { name, unit, ours, limit, ratio, spread } of await fleetStoreBench({ ...sizes, dir })) {
    const range = `${spread[0].toFixed(2)} to ${spread[1].toFixed(2)}`
    process.stdout.write(
      `${name}: ${ours.toFixed(1)} against ${limit.toFixed(1)} ${unit}: ${ratio.toFixed(2)} (${range})\n`,
    )
  }
  rmSync(dir, { recursive: true, force: true })
}
