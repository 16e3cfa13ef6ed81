import type { Db } from '../db/db.ts'

const topicsAtMost = 1_000

/** A row of `topic_source`. */
export interface SourceRow {
  readonly topic: string
  readonly kind: string
  readonly name: string
  readonly records: number
  readonly last_at: Date
  readonly detail: string | null
}

/** By topic; of one topic, most records first. */
export async function readSources(db: Db): Promise<SourceRow[]> {
  const { rows } = await db.query<SourceRow>(
    `select topic, kind, name, records::float8 as records, last_at, detail from topic_source
     where topic in (select distinct topic from topic_source order by topic limit $1)
     order by topic collate "C", topic_source.records desc, name`,
    [topicsAtMost],
  )
  return rows
}
