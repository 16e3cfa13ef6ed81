import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Kafka } from 'kafkajs'
import { decode } from '#shared/metric/decode.ts'
import { measurePair, type BenchResult } from '../measure.ts'
import { nodeIdOf, recordValues, writeBacklog } from '../bench-records.ts'
import type { Databases } from './bench-databases.ts'
import { copyIn, copyProgram } from './psql-copy.ts'
import { readBacklog } from './read-backlog.ts'

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

async function readByBackend({ messages, bootstrap, databases }: IngestBench): Promise<number> {
  const { seconds, rows } = await readBacklog({ topic, messages, bootstrap, databases })
  if (rows !== messages) throw new Error(`${rows} rows were stored for ${messages} messages`)
  return messages / seconds
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
