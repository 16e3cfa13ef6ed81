import { topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import type { TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { Db } from '../db/db.ts'
import { storedValue } from '../http/needs-newer.ts'

/** Any number, the same in every replica. */
const lock = 7_272_737_672

/** More than the service and a file can make. */
const rowsAtMost = 10_000

/** A row as it is: a newer version may have written it. */
export interface StoredMapping {
  readonly topic: string
  readonly version: number
  readonly record: object
}

/** Lets one transaction change mappings at a time, so that their number stays within its bound. */
export async function lockMappings(db: Db): Promise<void> {
  await db.query('select pg_advisory_xact_lock($1)', [lock])
}

/** All rows, also of mappings that were removed, by topic. */
export async function storedMappings(db: Db): Promise<StoredMapping[]> {
  const { rows } = await db.query<StoredMapping>(
    'select topic, version, record from mapping order by topic collate "C" limit $1',
    [rowsAtMost],
  )
  return rows
}

/** As `storedMappings`. @throws NeedsNewerError for a mapping that this version must not read by */
export async function readMappings(db: Db): Promise<TopicMapping[]> {
  return (await storedMappings(db)).map(mappingOf)
}

/** Differs after every change: versions only grow, and rows stay. Cheap. */
export async function mappingStamp(db: Db): Promise<string> {
  const { rows } = await db.query<{ stamp: string }>('select coalesce(sum(version), 0)::text as stamp from mapping')
  return rows[0]?.stamp ?? ''
}

/** Locks the row until the transaction ends. */
export async function findMapping(db: Db, topic: string): Promise<TopicMapping | undefined> {
  const { rows } = await db.query<StoredMapping>(
    'select topic, version, record from mapping where topic = $1 for update',
    [topic],
  )
  return rows.map(mappingOf)[0]
}

export async function putMapping(db: Db, mapping: TopicMapping): Promise<void> {
  await db.query(
    `insert into mapping (topic, version, record) values ($1, $2, $3)
     on conflict (topic) do update set version = excluded.version, record = excluded.record`,
    [mapping.topic, mapping.version, topicMappingCodec.stringify(mapping)],
  )
}

/** Whether records of the topic were read, by any replica. */
export async function isRead(db: Db, topic: string): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>(
    'select exists (select from stream_position where topic = $1) as known',
    [topic],
  )
  return rows[0]?.known === true
}

function mappingOf({ topic, record }: StoredMapping): TopicMapping {
  return storedValue(topicMappingCodec.decode(record), `The mapping of ${topic}`)
}
