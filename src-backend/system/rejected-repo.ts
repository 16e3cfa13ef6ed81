import type { Db } from '../db/db.ts'

/** Place of a record in the list. */
export interface RejectedCursorValues {
  /** Arrival time in microseconds. */
  readonly micros: string
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

export interface RejectedRecordRow {
  readonly place: RejectedCursorValues
  /** Kafka timestamp of the record. */
  readonly atMs: number
  readonly code: string
  readonly reason: string
  readonly head: Buffer
}

interface Row extends RejectedCursorValues, Omit<RejectedRecordRow, 'place'> {}

/** Newest first, after this place. */
export async function readRejected(
  db: Db,
  after: RejectedCursorValues | null,
  limit: number,
): Promise<RejectedRecordRow[]> {
  const { rows } = await db.query<Row>(
    `select (extract(epoch from received_at) * 1000000)::bigint as micros, topic, partition, "offset",
       extract(epoch from at)::float8 * 1000 as "atMs", code, reason, head
     from rejected
     where $1::bigint is null or (received_at, topic, partition, "offset")
       < (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2::text, $3::int, $4::bigint)
     order by received_at desc, topic desc, partition desc, "offset" desc, at desc limit $5`,
    [after?.micros ?? null, after?.topic ?? null, after?.partition ?? null, after?.offset ?? null, limit],
  )
  return rows.map(({ micros, topic, partition, offset, ...rest }) => ({
    place: { micros, topic, partition, offset },
    ...rest,
  }))
}
