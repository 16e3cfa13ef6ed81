import { namedRecord } from '#shared/format/named-record.ts'
import { z } from 'zod'
import type { Db } from '../db/db.ts'

/** More than any fleet of one backend. */
const nodesAtMost = 100_000
const partsAtMost = 5_000_000

/** `at`: event time, epoch ms. */
export interface NewestValue {
  readonly value: number
  readonly at: number
}

const Latest = namedRecord(z.object({ value: z.number(), at: z.number() }))

/** Nodes after `after`, as many as have `valuesAtMost` metrics in all, and one at least. */
export async function nodesOfPage(
  db: Db,
  {
    after,
    nodeId,
    valuesAtMost,
  }: { readonly after: number; readonly nodeId: string | undefined; readonly valuesAtMost: number },
): Promise<{ readonly ids: readonly number[]; readonly hasMore: boolean }> {
  const { rows } = await db.query<{ id: number; before: number }>(
    `select id, (sum(n) over (order by id) - n)::float8 as before from (
       select id, (select count(*) from jsonb_object_keys(latest)) + coalesce(parts.n, 0) as n
       from node left join (
         select node, sum(cardinality(metrics)) as n from node_part group by node
       ) as parts on parts.node = node.id
       where id > $1 and ($2::text is null or node_id = $2) and forgotten_at is null order by id limit $3) as sized
     order by id`,
    [after, nodeId ?? null, nodesAtMost],
  )
  const shown = rows.filter(({ before }, i) => i === 0 || before < valuesAtMost)
  return { ids: shown.map(({ id }) => id), hasMore: shown.length < rows.length }
}

/** Newest values of these nodes, in their order. @param metric `undefined`: all */
export async function readLatest(
  db: Db,
  ids: readonly number[],
  metric: string | undefined,
): Promise<ReadonlyArray<readonly [nodeId: string, ReadonlyArray<readonly [string, NewestValue]>]>> {
  const nodes = await db.query<{ id: number; node_id: string; latest: unknown }>(
    'select id, node_id, latest from node where id = any($1) order by id limit $2',
    [ids, nodesAtMost],
  )
  const values = new Map(nodes.rows.map(({ id, latest }) => [id, new Map(Object.entries(Latest.parse(latest)))]))
  const parts = await db.query<{ node: number; metrics: string[]; latest: number[]; latest_at: number[] }>(
    `select node, metrics, latest, latest_at from node_part
     where node = any($1) and ($2::text is null or metrics @> array[$2]) limit $3`,
    [ids, metric ?? null, partsAtMost],
  )
  for (const { node, metrics, latest, latest_at } of parts.rows) {
    metrics.forEach((name, i) => {
      values.get(node)?.set(name, { value: latest[i] as number, at: latest_at[i] as number })
    })
  }
  return nodes.rows.map(({ id, node_id }) => {
    const all = values.get(id) ?? new Map<string, NewestValue>()
    return [node_id, [...all].filter(([name]) => metric === undefined || name === metric)] as const
  })
}
