import { listSourcesOperation, type TopicSource } from '#shared/rest/sources.ts'
import type { Db } from '../db/db.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'

const topicsAtMost = 1_000

export function sourceRoutes(): ApiRoute[] {
  return [apiRoute(listSourcesOperation, async ({ pool }) => ({ body: await readSources(pool) }))]
}

interface Row {
  readonly topic: string
  readonly kind: string
  readonly name: string
  readonly records: number
  readonly last_at: Date
  readonly detail: string | null
}

async function readSources(db: Db): Promise<TopicSource[]> {
  const { rows } = await db.query<Row>(
    `select topic, kind, name, records::float8 as records, last_at, detail from topic_source
     where topic in (select distinct topic from topic_source order by topic limit $1)
     order by topic collate "C", records desc, name`,
    [topicsAtMost],
  )
  return Array.from(
    Map.groupBy(rows, ({ topic }) => topic),
    ([topic, all]) => sourceOf(topic, all),
  )
}

function sourceOf(topic: string, rows: readonly Row[]): TopicSource {
  const of = (kind: string) =>
    rows
      .filter((row) => row.kind === kind)
      .map(({ name, records, last_at, detail }) => ({ name, records, detail, last_at: last_at.toISOString() }))
  return {
    topic,
    formats: of('format').map(({ name, records, last_at }) => ({ format: name, records, last_at })),
    passed_over: of('passed').map(({ name, ...rest }) => ({ reason: name, ...rest })),
    bounds: of('bound').map(({ name, records, ...rest }) => ({ bound: name, series: records, ...rest })),
    nodes_without_totals: of('spread')[0]?.records ?? 0,
  }
}
