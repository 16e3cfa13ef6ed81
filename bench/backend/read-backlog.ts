import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Pool } from 'pg'
import { type BackendProcess, startBackendProcess } from '../../tests/support/backend-process.ts'
import type { Databases } from './bench-databases.ts'

const pollMs = 20
const stalledMs = 30_000

export interface BacklogToRead {
  readonly topic: string
  readonly messages: number
  readonly bootstrap: string
  readonly databases: Databases
}

export interface BacklogRead {
  /** From the group join to the commit of the last row. The start of the process does not count. */
  readonly seconds: number
  /** In the table of samples. */
  readonly rows: number
  readonly values: number
}

/** A new backend reads a topic into a fresh database. */
export async function readBacklog({ topic, messages, bootstrap, databases }: BacklogToRead): Promise<BacklogRead> {
  const database = await databases.make()
  const env = { KAFKA_TOPIC_PATTERN: `^${topic}$` }
  const backend = await startBackendProcess({ databaseUrl: database.url, bootstrap, env })
  try {
    const beginAt = await readingSince(backend)
    await untilStored(database.pool, { topic, messages }, backend)
    const seconds = (Date.now() - beginAt) / 1000
    const { rows } = await database.pool.query<{ rows: number; values: number }>(
      'select count(*)::int as rows, sum(cardinality(values))::int as values from sample',
    )
    return { seconds, rows: rows[0]?.rows ?? 0, values: rows[0]?.values ?? 0 }
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
async function untilStored(
  pool: Pool,
  { topic, messages }: Pick<BacklogToRead, 'topic' | 'messages'>,
  { log }: BackendProcess,
): Promise<void> {
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
