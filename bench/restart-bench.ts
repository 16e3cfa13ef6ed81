/**
 * `node bench/restart-bench.ts [--series=50000] [--scrapes=10] [--rounds=3]`: a data thread's own start, without Kafka,
 * on a cache in which each series is a part of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { aRawBatch } from '../src-kafka/records/run-builders.ts'
import { BenchEngine } from './bench-engine.ts'
import { type BenchResult, quantile, singleMeasurement } from './measure.ts'
import { tableOf } from './report.ts'
import { telegrafJson } from './telegraf-records.ts'

export interface RestartBench {
  readonly series: number
  readonly scrapes: number
  readonly rounds: number
  readonly dir: string
}

const seriesPerNode = 500
const everyMs = 10_000
/** After the newest record, epoch ms. */
const end = 1_795_870_000_000
/** Records of a fetch. */
const perBatch = 5_000

/** What a start may take, ms. */
const limitMs = 4_000

/**
 * From the opening of the cache until records could be stored: memory has all heads, states and counters again. CPU time,
 * because a start does not wait for anything.
 */
export function restartBench({ series, scrapes, rounds, dir }: RestartBench): BenchResult {
  const folder = mkdtempSync(join(dir, 'restart-'))
  fill(folder, series, scrapes)
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const begin = process.cpuUsage()
    const engine = new BenchEngine(folder, end)
    const { user, system } = process.cpuUsage(begin)
    if (round > 0) times.push((user + system) / 1_000)
    engine.stop()
  }
  rmSync(folder, { recursive: true, force: true })
  return singleMeasurement({
    name: `start on a cache with ${series} parts of one value`,
    unit: 'CPU ms',
    ours: quantile(times, 0.5),
    limitName: 'what it may take',
    limit: limitMs,
    target: { atMost: 1 },
  })
}

function fill(folder: string, series: number, scrapes: number): void {
  const engine = new BenchEngine(folder, end)
  let offset = 0
  for (let scrape = 0; scrape < scrapes; scrape++) {
    const at = end - (scrapes - scrape) * everyMs
    for (let first = 0; first < series; first += perBatch) {
      const records = Array.from({ length: Math.min(perBatch, series - first) }, (_, i) => ({
        offset: offset++,
        timestamp: at,
        value: recordOf(first + i, at),
      }))
      engine.storeBatches([aRawBatch({ topic: 'bench', records })])
    }
  }
  engine.stop()
}

function recordOf(series: number, at: number): Buffer {
  const host = `host-${Math.floor(series / seriesPerNode)}`
  const value = ((series * 7 + at / everyMs) % 1_000) / 10
  const tags = [['path', `/mnt/${series % seriesPerNode}`]] as const
  return telegrafJson({ host, measurement: 'disk', tags, fields: [['used_percent', value]], at })
}

if (import.meta.main) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { series: text, scrapes: text, rounds: text } })
  const number = (given: string | undefined, usual: number): number => Number(given ?? usual)
  const sizes = {
    series: number(values.series, 50_000),
    scrapes: number(values.scrapes, 10),
    rounds: number(values.rounds, 3),
  }
  const dir = mkdtempSync(join(tmpdir(), 'remo-restart-'))
  process.stdout.write(`${tableOf([restartBench({ ...sizes, dir })])}\n`)
  rmSync(dir, { recursive: true, force: true })
}
