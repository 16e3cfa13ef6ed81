/**
 * `node bench/size-bench.ts [--quick]`: bytes on disk for each value after a day of simulated servers that send four
 * metrics every 10 s. Journal and free pages are included; the write-ahead log is shown apart.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { type SampleColumns, SampleDirectory } from '#shared/metric/sample-columns.ts'
import { simulatedServer } from '#shared/simulation/simulated-server.ts'
import { fleetPlan } from '#shared/simulation/spikes.ts'
import { emptyBatch } from '../src-main/store/batch-write.ts'
import { databasePath } from '../src-main/store/connection.ts'
import { ConsoleStore } from '../src-main/store/console-store.ts'
import { metrics, nodeIdOf } from './bench-records.ts'

/** Bytes for each value. */
const target = 1.6
const stepMs = 10_000
const rounds = 8_640

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, nodes: { type: 'string' }, rounds: { type: 'string' } },
})
const nodes = Number(flags.nodes ?? (flags.quick ? 100 : 1_000))
const count = Number(flags.rounds ?? rounds)
const startedAt = Date.UTC(2026, 10, 23)
const dir = mkdtempSync(join(tmpdir(), 'remo-size-'))
const directory = new SampleDirectory()
const layout = directory.layout(metrics, undefined).index
const servers = Array.from({ length: nodes }, (_, index) => {
  directory.node(nodeIdOf(index), `Bench ${index}`)
  return simulatedServer({ seed: index, startedAt, spikes: fleetPlan(nodes) })
})

try {
  measure()
} finally {
  rmSync(dir, { recursive: true, force: true })
}

function measure(): void {
  const { store } = ConsoleStore.open(dir, startedAt)
  let next = 0
  for (let round = 0; round < count; round++) {
    const columns = roundOf(round, next)
    next += nodes
    const samples = [{ topic: 'bench', partition: 0, columns }]
    store.commitBatch({ ...emptyBatch, samples, positions: [{ topic: 'bench', partition: 0, next, last: null }] })
    if ((round + 1) % 360 === 0) {
      store.maintain()
      say(`${(round + 1) / 360} h`, next)
    }
  }
  store.close()
  say('closed', next)
  const perValue = statSync(databasePath(dir)).size / (next * metrics.length)
  const verdict = perValue <= target ? `at most ${target}` : `at most ${target} missed`
  process.stdout.write(`${perValue.toFixed(3)} bytes a value after ${(count * stepMs) / 3600_000} h: ${verdict}\n`)
  parts()
}

/** One record of every node, with two decimals as producers send them. */
function roundOf(round: number, from: number): SampleColumns {
  const width = metrics.length
  const values = new Float64Array(nodes * width)
  const at = new Float64Array(nodes)
  servers.forEach((server, index) => {
    at[index] = startedAt + Math.round((round + index / nodes) * stepMs)
    const read = server.read(at[index] ?? 0) as Readonly<Record<string, number>>
    metrics.forEach((metric, m) => (values[index * width + m] = Math.round((read[metric] ?? 0) * 100) / 100))
  })
  const indexes = Uint32Array.from({ length: nodes }, (_, index) => index)
  return {
    directory,
    count: nodes,
    node: indexes,
    layout: new Uint32Array(nodes).fill(layout),
    at,
    recordedAt: at,
    offset: Float64Array.from(indexes, (index) => from + index),
    first: indexes.map((index) => index * width),
    values,
  }
}

function say(when: string, records: number): void {
  const values = records * metrics.length
  const file = statSync(databasePath(dir)).size / values
  const wal = (statSync(`${databasePath(dir)}-wal`, { throwIfNoEntry: false })?.size ?? 0) / values
  process.stdout.write(`${when}: file ${file.toFixed(3)}, log ${wal.toFixed(3)} bytes a value\n`)
}

/** What the bytes are for. */
function parts(): void {
  const db = new Database(databasePath(dir), { readonly: true })
  const sizes = db.prepare('SELECT name, sum(pgsize) AS bytes, sum(unused) AS unused FROM dbstat GROUP BY name')
  const values = nodes * count * metrics.length
  for (const { name, bytes, unused } of sizes.all() as Array<{ name: string; bytes: number; unused: number }>) {
    if (bytes > 100_000) say1(name, bytes / values, unused / values)
  }
  say1(
    'free',
    ((db.pragma('freelist_count', { simple: true }) as number) * (db.pragma('page_size', { simple: true }) as number)) /
      values,
    0,
  )
  db.close()
}

function say1(name: string, bytes: number, unused: number): void {
  process.stdout.write(`  ${name}: ${bytes.toFixed(3)} bytes a value, ${unused.toFixed(3)} of them unused\n`)
}
