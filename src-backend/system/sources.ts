import { listSourcesOperation, type TopicSource } from '#shared/rest/sources.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { readSources, type SourceRow } from './sources-repo.ts'

export function sourceRoutes(): ApiRoute[] {
  return [
    apiRoute(listSourcesOperation, async ({ pool }) => {
      const topics = Map.groupBy(await readSources(pool), ({ topic }) => topic)
      return { body: Array.from(topics, ([topic, rows]) => sourceOf(topic, rows)) }
    }),
  ]
}

function sourceOf(topic: string, rows: readonly SourceRow[]): TopicSource {
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
