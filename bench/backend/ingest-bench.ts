import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import type { Pool } from 'pg'
import { decode } from '#shared/metric/decode.ts'
import { type BackendProcess, startBackendProcess } from '../../tests/support/backend-process.ts'
import { measurePair, type BenchResult } from '../measure.ts'
import { nodeIdOf, recordValues, writeBacklog } from '../bench-records.ts'
import type { Databases } from './bench-databases.ts'
import { copyIn, copyProgram } from './psql-copy.ts'

export interface IngestBench {
  readonly nodes: number
  readonly messages: number
  readonly rounds: number
  readonly dir: string
  readonly kafka: Kafka
  readonly bootstrap: string
  readonly databases: Databases
  readonly say: (step: string) => void
}

const topic = 'bench-backend'
const partitions = 8
const columns = 'sample (node, layout, at, values)'
const pollMs = 20
const stalledMs = 30_000

/** A new backend reads a backlog into a fresh database. The limit: COPY of the same rows into such a database. */
export async function ingestBench(bench: IngestBench): Promise<BenchResult> {
  const { messages, rounds, databases, say } = bench
  const file = join(bench.dir, 'samples.copy')
  say('writing the backlog, and its rows as a file')
  const values = alsoAsRows(recordValues(bench.nodes, messages / bench.nodes), file, bench.nodes)
  await writeBacklog(bench.kafka, { topic, partitions, values, batch: 500 })
  say('Kafka to PostgreSQL')
  return measurePair({
    name: `Kafka → PostgreSQL, ${messages.toLocaleString('en')} messages`,
    unit: 'messages/s',
    limitName: `${copyProgram} of the same rows`,
    rounds,
    target: { atLeast: 0.6 },
    ours: () => readByBackend(bench),
    limit: () => copyRows(databases, file, messages),
  })
}

/** Yields the values unchanged and writes each to the file, as a row of `sample` in COPY's text format. */
function* alsoAsRows(values: Iterable<Buffer>, path: string, nodes: number): Generator<Buffer> {
  const numbers = new Map(Array.from({ length: nodes }, (_, index) => [nodeIdOf(index), index + 1]))
  const file = openSync(path, 'w')
  let lines: string[] = []
  const flush = (): void => {
    writeSync(file, lines.join(''))
    lines = []
  }
  for (const value of values) {
    const decoded = decode(value)
    if (!decoded.ok) throw new Error(decoded.reject.reason)
    const { sample } = decoded
    const at = new Date(sample.at).toISOString()
    lines.push(`${numbers.get(sample.nodeId)}\t1\t${at}\t{${sample.values.join(',')}}\n`)
    if (lines.length === 10_000) flush()
    yield value
  }
  flush()
  closeSync(file)
}

/** From the group join to the commit of the last row. The start of the process does not count. */
async function readByBackend({ messages, bootstrap, databases }: IngestBench): Promise<number> {
  const database = await databases.make()
  const env = { KAFKA_TOPIC_PATTERN: `^${topic}$` }
  const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap, env })
  try {
    const beginAt = await readingSince(backend)
    await untilStored(database.pool, messages, backend)
    const seconds = (Date.now() - beginAt) / 1000
    const { rows } = await database.pool.query<{ n: number }>('select count(*)::int as n from sample')
    if (rows[0]?.n !== messages) throw new Error(`${rows[0]?.n} rows were stored for ${messages} messages`)
    return messages / seconds
  } finally {
    await backend.stop()
    await database.drop()
  }
}

/** When the backend joined its group, from its log (epoch ms). */
async function readingSince({ log }: BackendProcess): Promise<number> {
  for (;;) {
    const line = log.find((entry) => entry.includes('"msg":"reading from kafka"'))
    if (line !== undefined) return Date.parse((JSON.parse(line) as { time: string }).time)
    await delay(pollMs)
  }
}

/** Positions commit with the rows, and a query for them is cheap. */
async function untilStored(pool: Pool, messages: number, { log }: BackendProcess): Promise<void> {
  let last = { count: 0, at: performance.now() }
  for (;;) {
    const { rows } = await pool.query<{ n: number }>(
      'select coalesce(sum(next), 0)::float8 as n from stream_position where topic = $1',
      [topic],
    )
    const count = rows[0]?.n ?? 0
    const now = performance.now()
    if (count >= messages) return
    if (count > last.count) last = { count, at: now }
    if (now - last.at > stalledMs) {
      throw new Error(`ingest stopped at ${count} messages of ${messages}:\n${log.slice(-10).join('\n')}`)
    }
    await delay(pollMs)
  }
}

async function copyRows(databases: Databases, file: string, messages: number): Promise<number> {
  const database = await databases.make()
  try {
    const begin = performance.now()
    await copyIn(database.url, columns, file)
    return (messages / (performance.now() - begin)) * 1000
  } finally {
    await database.drop()
  }
}
