/**
 * Compares the database with what was published, in one transaction under the lock of the relay: no relay publishes
 * meanwhile, so whatever Kafka has was committed here before, unless the database was restored from a backup.
 */
import { Rule } from '#shared/rule/rule.ts'
import { teamTopics } from '#shared/sync/team-topics.ts'
import type { Db } from '../db/db.ts'
import { lockForChange, ruleRows } from '../rules/service.ts'
import { enqueueCurrent } from './enqueue.ts'
import { contentOf, type Published } from './published.ts'
import { ruleDifferences } from './rule-differences.ts'
import { raiseAlertVersions } from './team-database.ts'

/** A new version is in effect from a moment that no evaluator has passed yet. */
const marginMs = 2_000
const rowsAtOnce = 2_000
const rulesAtMost = 100_000
const versionsAtMost = 51

/** Ids of what consoles knew otherwise. All empty: the database is not older than what it published. */
export interface Found {
  /** Rules that got a new version with the contents of the database. */
  readonly rules: readonly string[]
  /** Rules that only consoles knew, deleted by a new version. */
  readonly unknownRules: readonly string[]
  /** Alerts that got a new version. */
  readonly alerts: readonly string[]
  /** Alerts that only consoles knew, withdrawn from them. */
  readonly unknownAlerts: readonly string[]
}

export function isRestored(found: Found): boolean {
  return Object.values(found).some((ids: readonly string[]) => ids.length > 0)
}

/** Queues what consoles must receive, for all differences. `now`: epoch ms. */
export async function compareWithPublished(db: Db, published: Published, now: number): Promise<Found> {
  await lockForChange(db)
  return { ...(await compareRules(db, published, now)), ...(await compareAlerts(db, published)) }
}

async function compareRules(db: Db, published: Published, now: number): Promise<Pick<Found, 'rules' | 'unknownRules'>> {
  const stored = await storedVersions(db)
  const from = await ruleRows.newestEventAt(db)
  const { history, next, unknown, unpublished } = ruleDifferences(published.rules, stored, { from, now, marginMs })
  const newest = new Map([...history, ...next].map((rule) => [rule.id, rule]))
  for (const id of unknown) await ruleRows.insert(db, newest.get(id) as Rule)
  for (const rule of history) await putVersion(db, rule)
  for (const rule of next) if (!unknown.has(rule.id)) await ruleRows.insertNextVersion(db, rule)
  const changed = next.map(({ id }) => id)
  await publishAnew(db, teamTopics().rules, changed)
  await publishUnlessWaiting(db, teamTopics().rules, unpublished)
  return {
    rules: changed.filter((id) => !unknown.has(id)),
    unknownRules: changed.filter((id) => unknown.has(id)),
  }
}

async function compareAlerts(
  db: Db,
  { alerts: published }: Published,
): Promise<Pick<Found, 'alerts' | 'unknownAlerts'>> {
  const unknown = new Set(published.keys())
  const older: string[] = []
  const unpublished: string[] = []
  for await (const { id, version, alert } of storedAlerts(db)) {
    const known = published.get(id)
    unknown.delete(id)
    const isOlder =
      known !== undefined &&
      (known.version > version || (known.version === version && known.content !== contentOf(alert)))
    if (isOlder) older.push(id)
    else if (known?.lastVersion !== version) unpublished.push(id)
  }
  const forgotten = await waitingKeys(db, teamTopics().alerts, [...unknown])
  const unknownAlerts = [...unknown].filter((id) => !forgotten.has(id))
  for (const ids of slices(older)) {
    await raiseVersions(
      db,
      ids,
      ids.map((id) => published.get(id)?.version ?? 0),
    )
  }
  await raiseAlertVersions(db, Math.max(0, ...unknownAlerts.map((id) => published.get(id)?.version ?? 0)))
  await publishAnew(db, teamTopics().alerts, [...older, ...unknownAlerts])
  await publishUnlessWaiting(db, teamTopics().alerts, unpublished)
  return { alerts: older, unknownAlerts }
}

/** Every rule with as many versions as a record has. */
async function storedVersions(db: Db): Promise<Map<string, Rule[]>> {
  const { rows } = await db.query<{ rule: unknown }>(
    `select newest.rule
     from (select id from rule order by number limit $1) as known
     cross join lateral (
       select rule, version from rule_version where rule_id = known.id order by version desc limit $2) as newest
     order by known.id, newest.version`,
    [rulesAtMost, versionsAtMost],
  )
  const versions = new Map<string, Rule[]>()
  for (const { rule: text } of rows) {
    const rule = Rule.parse(text)
    const before = versions.get(rule.id)
    if (before) before.push(rule)
    else versions.set(rule.id, [rule])
  }
  return versions
}

interface StoredAlert {
  readonly id: string
  readonly version: number
  readonly alert: unknown
}

async function* storedAlerts(db: Db): AsyncGenerator<StoredAlert> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const { rows } = await db.query<StoredAlert>(
      'select id, version, alert from alert where id > $1 order by id limit $2',
      [after, rowsAtOnce],
    )
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < rowsAtOnce) return
    after = last.id
  }
}

async function putVersion(db: Db, rule: Rule): Promise<void> {
  await db.query(
    `insert into rule_version (rule_id, version, rule) values ($1, $2, $3)
     on conflict (rule_id, version) do update set rule = excluded.rule`,
    [rule.id, rule.version, rule],
  )
}

/** One above what consoles know, and above what a transaction may have made of it meanwhile. */
async function raiseVersions(db: Db, ids: readonly string[], known: readonly number[]): Promise<void> {
  await db.query(
    `with locked as (select id from alert where id = any($1::uuid[]) order by id for update)
     update alert set version = greatest(alert.version, known.version) + 1
     from unnest($1::uuid[], $2::integer[]) as known (id, version), locked
     where alert.id = known.id and alert.id = locked.id`,
    [ids, known],
  )
}

/** As they are now, in place of what waits to be published: that may have a version that was published before. */
async function publishAnew(db: Db, topic: string, ids: readonly string[]): Promise<void> {
  for (const keys of slices(ids)) {
    await db.query('delete from outbox where topic = $1 and key = any($2::text[])', [topic, keys])
    await enqueueCurrent(db, { topic, keys })
  }
}

async function publishUnlessWaiting(db: Db, topic: string, ids: readonly string[]): Promise<void> {
  const waiting = await waitingKeys(db, topic, ids)
  for (const keys of slices(ids.filter((id) => !waiting.has(id)))) await enqueueCurrent(db, { topic, keys })
}

/** Of these ids, those that wait to be published. */
async function waitingKeys(db: Db, topic: string, ids: readonly string[]): Promise<Set<string>> {
  const waiting = new Set<string>()
  for (const keys of slices(ids)) {
    const { rows } = await db.query<{ key: string }>(
      'select distinct key from outbox where topic = $1 and key = any($2::text[]) limit $3',
      [topic, keys, rowsAtOnce],
    )
    for (const { key } of rows) waiting.add(key)
  }
  return waiting
}

function* slices(ids: readonly string[]): Generator<string[]> {
  for (let at = 0; at < ids.length; at += rowsAtOnce) yield ids.slice(at, at + rowsAtOnce)
}
