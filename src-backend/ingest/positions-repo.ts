import {
  fingerprintColumns,
  storedFingerprint,
  type Gap,
  type ReadPosition,
  type RejectedRecord,
} from '#shared/metric/read-position.ts'
import { partitionKey, type TopicPartition } from '../../src-kafka/stream.ts'
import type { Db } from '../db/db.ts'

interface PositionRow {
  readonly topic: string
  readonly partition: number
  readonly next: string
  readonly last_timestamp: string | null
  readonly last_hash: string | null
}

/** More than one consumer group can read. */
const partitionsAtMost = 200_000

export async function readPositions(db: Db): Promise<ReadPosition[]> {
  const { rows } = await db.query<PositionRow>(
    'select topic, partition, next, last_timestamp, last_hash from stream_position limit $1',
    [partitionsAtMost],
  )
  return rows.map(positionOf)
}

/**
 * Locks the positions of these partitions, always in the same order. A partition without a position gets one, so that
 * it can be locked.
 */
export async function lockPositions(db: Db, parts: readonly TopicPartition[]): Promise<ReadPosition[]> {
  const [topics, partitions] = [parts.map(({ topic }) => topic), parts.map(({ partition }) => partition)]
  const lock = () =>
    db.query<PositionRow>(
      `select topic, partition, next, last_timestamp, last_hash from stream_position
       where (topic, partition) in (select * from unnest($1::text[], $2::int[]))
       order by topic, partition for update`,
      [topics, partitions],
    )
  const { rows } = await lock()
  if (rows.length === new Set(parts.map(partitionKey)).size) {
    return rows.map(positionOf)
  }
  await db.query(
    `insert into stream_position (topic, partition, next)
     select topic, partition, 0 from unnest($1::text[], $2::int[]) as part (topic, partition)
     order by topic, partition on conflict do nothing`,
    [topics, partitions],
  )
  return (await lock()).rows.map(positionOf)
}

export async function savePositions(db: Db, positions: readonly ReadPosition[]): Promise<void> {
  const columns = positions.map(({ last }) => fingerprintColumns(last))
  await db.query(
    `update stream_position set next = moved.next, last_timestamp = moved.timestamp, last_hash = moved.hash
     from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::text[])
       as moved (topic, partition, next, timestamp, hash)
     where stream_position.topic = moved.topic and stream_position.partition = moved.partition`,
    [
      positions.map(({ topic }) => topic),
      positions.map(({ partition }) => partition),
      positions.map(({ next }) => next),
      columns.map(({ timestamp }) => timestamp),
      columns.map(({ hash }) => hash),
    ],
  )
}

export async function insertRejected(db: Db, rejects: readonly RejectedRecord[]): Promise<void> {
  await db.query(
    `insert into rejected (topic, partition, "offset", at, code, reason, head)
     select topic, partition, "offset", to_timestamp(at), code, reason, head
     from unnest($1::text[], $2::int[], $3::bigint[], $4::float8[], $5::text[], $6::text[], $7::bytea[])
       as bad (topic, partition, "offset", at, code, reason, head)
     on conflict do nothing`,
    [
      rejects.map(({ position }) => position.topic),
      rejects.map(({ position }) => position.partition),
      rejects.map(({ position }) => position.offset),
      rejects.map(({ at }) => at / 1000),
      rejects.map(({ reject }) => reject.code),
      rejects.map(({ reject }) => reject.reason),
      rejects.map(({ head }) => Buffer.from(head)),
    ],
  )
}

export async function insertGap(db: Db, { topic, partition, from, to, reason, at }: Gap): Promise<void> {
  await db.query(
    `insert into stream_gap (topic, partition, first, until, reason, at)
     values ($1, $2, $3, $4, $5, to_timestamp($6::float8))`,
    [topic, partition, from, to, reason, at / 1000],
  )
}

function positionOf({ topic, partition, next, last_timestamp, last_hash }: PositionRow): ReadPosition {
  const timestamp = last_timestamp === null ? null : Number(last_timestamp)
  return { topic, partition, next: Number(next), last: storedFingerprint({ timestamp, hash: last_hash }) }
}
