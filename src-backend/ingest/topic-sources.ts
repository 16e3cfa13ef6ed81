import type { BatchTally } from '#shared/metric/sources/batch-tally.ts'
import type { Db } from '../db/db.ts'

/** How long a replica collects before it writes. */
const writeEachMs = 10_000

/** A row of `topic_source`. */
interface SourceCount {
  readonly topic: string
  readonly kind: 'format' | 'passed' | 'bound' | 'spread'
  readonly name: string
  /** To be added; of bounds and spread nodes, the newest number. */
  records: number
  detail: string | null
}

/** What the records of the topics are, as this replica read them since it last wrote that. */
export class TopicSources {
  readonly #counts = new Map<string, SourceCount>()
  /** By topic: nodes without totals since this replica started. */
  readonly #spread = new Map<string, Set<string>>()
  #writtenAt = -Infinity

  /** Called after a commit. */
  add({ topic, formats, passed, details, bounds, spread }: BatchTally): void {
    for (const [name, records] of formats) this.#countOf(topic, 'format', name).records += records
    for (const [name, records] of passed) {
      const count = this.#countOf(topic, 'passed', name)
      count.records += records
      count.detail = details.get(name) ?? count.detail
    }
    for (const { bound, left, nodeId, tag } of bounds) {
      const count = this.#countOf(topic, 'bound', bound)
      count.records = left
      count.detail = tag === undefined ? nodeId : `${nodeId}, tag ${tag}`
    }
    if (spread.size > 0) this.#addSpread(topic, spread)
  }

  /** Writes what was added, if it is time. `now`: epoch ms. A failure loses nothing. */
  async write(db: Db, now: number): Promise<void> {
    if (this.#counts.size === 0 || (now >= this.#writtenAt && now - this.#writtenAt < writeEachMs)) return
    this.#writtenAt = now
    const counts = [...this.#counts.values()]
    this.#counts.clear()
    try {
      await saveSources(db, counts)
    } catch (error) {
      for (const count of counts) this.#restore(count)
      throw error
    }
  }

  #restore(count: SourceCount): void {
    const now = this.#countOf(count.topic, count.kind, count.name)
    if (isSum(count)) now.records += count.records
    else if (now.records === 0) now.records = count.records
    now.detail ??= count.detail
  }

  #addSpread(topic: string, nodes: ReadonlySet<string>): void {
    const all = this.#spread.get(topic) ?? new Set<string>()
    for (const node of nodes) all.add(node)
    this.#spread.set(topic, all)
    this.#countOf(topic, 'spread', '').records = all.size
  }

  #countOf(topic: string, kind: SourceCount['kind'], name: string): SourceCount {
    const key = `${topic}\0${kind}\0${name}`
    let count = this.#counts.get(key)
    if (!count) this.#counts.set(key, (count = { topic, kind, name, records: 0, detail: null }))
    return count
  }
}

function isSum({ kind }: SourceCount): boolean {
  return kind === 'format' || kind === 'passed'
}

async function saveSources(db: Db, counts: readonly SourceCount[]): Promise<void> {
  await db.query(
    `insert into topic_source (topic, kind, name, records, last_at, detail)
     select topic, kind, name, records, now(), detail
     from jsonb_to_recordset($1::jsonb) as added (topic text, kind text, name text, records bigint, detail text)
     order by topic, kind, name
     on conflict (topic, kind, name) do update set last_at = excluded.last_at,
       detail = coalesce(excluded.detail, topic_source.detail),
       records = case when excluded.kind in ('format', 'passed') then topic_source.records + excluded.records
         else excluded.records end`,
    [JSON.stringify(counts)],
  )
}
