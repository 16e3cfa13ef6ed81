import { addedOf } from '#shared/metric/assemble/shape-plan.ts'
import type { CounterRow } from '#shared/metric/formats/counter-row.ts'
import { partitionKey, type TopicPartition } from '../../../src-kafka/stream.ts'
import { onContent } from '../../db/content-error.ts'
import type { Db, Pool } from '../../db/db.ts'
import { withTx } from '../../db/tx.ts'
import type { CounterChange } from './partition-counters.ts'

/** More than the bounds of a topic allow in all topics of a backend. */
const rowsAtMost = 5_000_000

/** 50,000 series take a second. */
const withinMs = 30_000

/** Counters of a partition, and the position that they belong to. */
export interface StoredCounters extends TopicPartition {
  /** Offset of the next record; 0 for a partition that was never read. */
  readonly next: number
  readonly rows: readonly CounterRow[]
}

interface Row extends TopicPartition {
  readonly nodeId: string
  readonly part: string
  readonly names: readonly string[]
  readonly raw: readonly number[]
  readonly raw_at: readonly number[]
  readonly step: readonly number[]
}

/** Counters and positions of one instant. */
export async function readCounters(pool: Pool, partitions: readonly TopicPartition[]): Promise<StoredCounters[]> {
  return withTx(pool, async (db) => {
    await db.query('set transaction isolation level repeatable read, read only')
    await db.query(`select set_config('statement_timeout', $1, true)`, [String(withinMs)])
    const given = [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)]
    const positions = await db.query<TopicPartition & { next: number }>(
      `select topic, partition, next::float8 as next from stream_position
       where (topic, partition) in (select * from unnest($1::text[], $2::int[])) limit $3`,
      [...given, partitions.length],
    )
    const text = `select topic, partition, node_id as "nodeId", part, names, raw, raw_at, step
       from counter join node on node.id = counter.node
       where (topic, partition) in (select * from unnest($1::text[], $2::int[])) limit $3`
    const query = Object.assign({ text, values: [...given, rowsAtMost] }, { query_timeout: withinMs })
    const { rows } = await db.query<Row>(query)
    const next = new Map(positions.rows.map((row) => [partitionKey(row), row.next]))
    const counters = Map.groupBy(rows.map(counterRow), partitionKey)
    return partitions.map(({ topic, partition }) => {
      const key = partitionKey({ topic, partition })
      return { topic, partition, next: next.get(key) ?? 0, rows: counters.get(key) ?? [] }
    })
  })
}

/** A partition that has additions to totals of a node. `seen`: event time of the newest, epoch ms. */
export interface AddingPartition extends TopicPartition {
  readonly node: number
  readonly seen: number
}

/** Of these nodes, whose rows are locked. */
export async function readAddingPartitions(db: Db, nodes: readonly number[]): Promise<AddingPartition[]> {
  const { rows } = await db.query<AddingPartition>(
    `select topic, partition, node, extract(epoch from max(seen))::float8 * 1000 as seen
     from counter where node = any($1) and adds group by topic, partition, node limit $2`,
    [nodes, rowsAtMost],
  )
  return rows
}

function counterRow({ topic, partition, nodeId, part, names, raw, raw_at, step }: Row): CounterRow {
  const values = names.map((name, i) => {
    return [name, { raw: raw[i] as number, at: raw_at[i] as number, stepMs: step[i] as number }] as const
  })
  return { topic, partition, nodeId, part, values: new Map(values) }
}

/** Counters of a partition after a batch. */
export interface CountersToSave extends TopicPartition {
  readonly changes: readonly CounterChange[]
}

/** @param nodeOf the number of a node; `undefined`: another replica stored its records, and its counters */
export async function saveCounters(
  db: Db,
  partitions: readonly CountersToSave[],
  nodeOf: (nodeId: string) => number | undefined,
): Promise<void> {
  const changes = partitions.flatMap(({ topic, partition, changes: all }) =>
    all.flatMap((change): ChangeOfNode[] => {
      const node = nodeOf(change.nodeId)
      return node === undefined ? [] : [{ topic, partition, node, change }]
    }),
  )
  const known = changes.filter(({ change }) => !change.isGrown)
  const isComplete = known.length === 0 || (await update(db, known)) === known.length
  // The retention deleted rows of parts that were away for weeks.
  const inserted = isComplete ? changes.filter(({ change }) => change.isGrown) : changes
  if (inserted.length > 0) await upsert(db, inserted)
}

interface ChangeOfNode extends TopicPartition {
  readonly node: number
  readonly change: CounterChange
}

function recordOf({ topic, partition, node, change: { part, values } }: ChangeOfNode): object {
  const all = [...values.values()]
  return {
    topic,
    partition,
    node,
    part,
    raw: all.map(({ raw }) => raw),
    raw_at: all.map(({ at }) => at),
    step: all.map(({ stepMs }) => stepMs),
    seen: all.reduce((newest, { at }) => Math.max(newest, at), 0) / 1000,
  }
}

function namedRecordOf(change: ChangeOfNode): object {
  const names = [...change.change.values.keys()]
  return { ...recordOf(change), names, adds: names.some((name) => addedOf(name) !== undefined) }
}

const recordColumns = `topic text, partition int, node int, part text, raw float8[], raw_at float8[], step float8[], seen float8`

/** @returns how many rows there were */
async function update(db: Db, changes: readonly ChangeOfNode[]): Promise<number> {
  const { rowCount } = await db.query(
    `update counter set raw = saved.raw, raw_at = saved.raw_at, step = saved.step, seen = to_timestamp(saved.seen)
     from jsonb_to_recordset($1::jsonb) as saved (${recordColumns})
     where counter.topic = saved.topic and counter.partition = saved.partition and counter.node = saved.node
       and counter.part = saved.part`,
    [onContent(() => JSON.stringify(changes.map(recordOf)))],
  )
  return rowCount ?? 0
}

async function upsert(db: Db, changes: readonly ChangeOfNode[]): Promise<void> {
  await db.query(
    `insert into counter (topic, partition, node, part, names, raw, raw_at, step, seen, adds)
     select topic, partition, node, part, names, raw, raw_at, step, to_timestamp(seen), adds
     from jsonb_to_recordset($1::jsonb) as saved (${recordColumns}, names text[], adds boolean)
     order by topic, partition, node, part
     on conflict (topic, partition, node, part) do update set names = excluded.names, raw = excluded.raw,
       raw_at = excluded.raw_at, step = excluded.step, seen = excluded.seen, adds = excluded.adds`,
    [onContent(() => JSON.stringify(changes.map(namedRecordOf)))],
  )
}
