import { forgottenNodeCodec } from '#shared/codec/domain-codecs.ts'
import type { ForgottenNode } from '#shared/team/forgotten-node.ts'
import type { Db } from '../db/db.ts'
import { storedValue } from '../http/needs-newer.ts'

const batchRows = 2_000
/** No row has it. */
const firstId = '00000000-0000-0000-0000-000000000000'

export interface StoredAlert {
  readonly id: string
  readonly version: number
  readonly alert: unknown
}

/** All alerts, in the order of their ids. */
export async function* eachAlert(db: Db): AsyncGenerator<StoredAlert> {
  let after = firstId
  for (;;) {
    const { rows } = await db.query<StoredAlert>(
      'select id, version, alert from alert where id > $1 order by id limit $2',
      [after, batchRows],
    )
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < batchRows) return
    after = last.id
  }
}

export interface StoredSilence {
  readonly id: string
  readonly version: number
  readonly silence: object
}

/** All silences, in the order of their ids. */
export async function* eachSilence(db: Db): AsyncGenerator<StoredSilence> {
  let after = firstId
  for (;;) {
    const { rows } = await db.query<StoredSilence>(
      'select id, version, silence from silence where id > $1 order by id limit $2',
      [after, batchRows],
    )
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < batchRows) return
    after = last.id
  }
}

/** All records of forgotten nodes, in the order of the nodes. */
export async function* eachForgottenNode(db: Db): AsyncGenerator<ForgottenNode> {
  let after = ''
  for (;;) {
    const { rows } = await db.query<{ nodeId: string; record: unknown }>(
      'select node_id as "nodeId", record from forgotten_node where node_id > $1 order by node_id limit $2',
      [after, batchRows],
    )
    for (const { nodeId, record } of rows) {
      yield storedValue(forgottenNodeCodec.decode(record), `The record of the forgotten node ${nodeId}`)
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < batchRows) return
    after = last.nodeId
  }
}

export async function saveForgottenNodes(db: Db, nodes: readonly ForgottenNode[]): Promise<void> {
  for (const batch of batches(nodes)) {
    await db.query(
      `insert into forgotten_node (node_id, record, at)
       select node_id, record, to_timestamp(at / 1000)
       from unnest($1::text[], $2::jsonb[], $3::float8[]) as given (node_id, record, at) order by node_id
       on conflict (node_id) do update set record = excluded.record, at = excluded.at`,
      [
        batch.map(({ nodeId }) => nodeId),
        batch.map((node) => forgottenNodeCodec.stringify(node)),
        batch.map(({ at }) => at),
      ],
    )
  }
}

/**
 * Raises each alert to one version above the published one, and above the one in its row: a transaction may have
 * changed it since it was read.
 */
export async function raiseVersions(db: Db, published: ReadonlyMap<string, number>): Promise<void> {
  for (const batch of batches([...published])) {
    await db.query(
      `with locked as (select id from alert where id = any($1::uuid[]) order by id for update)
       update alert set version = greatest(alert.version, known.version) + 1
       from unnest($1::uuid[], $2::integer[]) as known (id, version), locked
       where alert.id = known.id and alert.id = locked.id`,
      [batch.map(([id]) => id), batch.map(([, version]) => version)],
    )
  }
}

/** As `raiseVersions`. The version is in the silence too. */
export async function raiseSilenceVersions(db: Db, published: ReadonlyMap<string, number>): Promise<void> {
  for (const batch of batches([...published])) {
    await db.query(
      `with locked as (select id from silence where id = any($1::uuid[]) order by id for update)
       update silence set version = greatest(silence.version, known.version) + 1,
         silence = jsonb_set(silence.silence, '{version}', to_jsonb(greatest(silence.version, known.version) + 1))
       from unnest($1::uuid[], $2::integer[]) as known (id, version), locked
       where silence.id = known.id and silence.id = locked.id`,
      [batch.map(([id]) => id), batch.map(([, version]) => version)],
    )
  }
}

/** The keys that have a row in the outbox. */
export async function queuedKeys(db: Db, topic: string, keys: readonly string[]): Promise<Set<string>> {
  const queued = new Set<string>()
  for (const batch of batches(keys)) {
    const { rows } = await db.query<{ key: string }>(
      'select distinct key from outbox where topic = $1 and key = any($2::text[]) limit $3',
      [topic, batch, batchRows],
    )
    for (const { key } of rows) queued.add(key)
  }
  return queued
}

export async function deleteQueued(db: Db, topic: string, keys: readonly string[]): Promise<void> {
  for (const batch of batches(keys)) {
    await db.query('delete from outbox where topic = $1 and key = any($2::text[])', [topic, batch])
  }
}

/** Batches of rows that one statement can take. */
export function* batches<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += batchRows) yield rows.slice(at, at + batchRows)
}
