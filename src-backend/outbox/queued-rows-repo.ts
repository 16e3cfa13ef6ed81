import type { ProducerRecord } from '../../src-kafka/produce/producer-record.ts'
import type { Db } from '../db/db.ts'

/** Kafka's limit for a batch is 1 MiB. The longest rule with its earlier versions fits in the other half. */
const batchBytes = 512 * 1024
const batchRows = 500

/** Any number, the same in every replica. */
const lock = 7_272_737_670

/** Rows of one topic, in the order of their ids. */
export interface QueuedRows {
  readonly ids: readonly string[]
  readonly topic: string
  readonly records: ReadonlyArray<ProducerRecord<string | null>>
}

interface Row {
  readonly id: string
  readonly topic: string
  readonly key: string
  readonly payload: string | null
  readonly created_at: Date
}

/**
 * Lets one relay send at a time, which keeps the order of each key. Held until the transaction ends.
 * @returns `false` if another relay has it
 */
export async function tryRelayLock(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ ok: boolean }>('select pg_try_advisory_xact_lock($1) as ok', [lock])
  return rows[0]?.ok === true
}

export async function readQueued(db: Db): Promise<QueuedRows | undefined> {
  const { rows } = await db.query<Row>(
    `select id, topic, key, payload::text as payload, created_at from outbox
     where topic = (select topic from outbox order by id limit 1)
     order by id limit $1`,
    [batchRows],
  )
  const batch = firstBytes(rows)
  const topic = batch[0]?.topic
  if (topic === undefined) return undefined
  const records = batch.map(({ key, payload, created_at }) => ({
    topic,
    key,
    value: payload,
    at: created_at.getTime(),
  }))
  return { ids: batch.map(({ id }) => id), topic, records }
}

/** Whether all rows are still queued: another relay may have published them. */
export async function areStillQueued(db: Db, { ids }: QueuedRows): Promise<boolean> {
  const { rows } = await db.query<{ n: number }>(
    'select count(*)::integer as n from outbox where id = any($1::bigint[])',
    [ids],
  )
  return rows[0]?.n === ids.length
}

export async function deletePublished(db: Db, { ids }: QueuedRows): Promise<void> {
  await db.query('delete from outbox where id = any($1::bigint[])', [ids])
}

export async function countQueued(db: Db): Promise<number> {
  const { rows } = await db.query<{ n: number }>('select count(*)::integer as n from outbox')
  return rows[0]?.n ?? 0
}

/** As many rows from the start as fit, at least one. */
function firstBytes(rows: readonly Row[]): readonly Row[] {
  let bytes = 0
  const end = rows.findIndex(({ payload }) => (bytes += Buffer.byteLength(payload ?? '')) > batchBytes)
  return end < 0 ? rows : rows.slice(0, Math.max(1, end))
}
