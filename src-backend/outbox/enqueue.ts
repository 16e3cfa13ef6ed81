/**
 * What is to be told to all consoles, written in the transaction of the change. Invariant: a row is appended only after
 * the row of its rule or alert is locked, so that for one key the order of ids is that of commits. Across keys it is
 * not: rows are taken by what is there, never by `id > last`.
 */
import { teamTopics } from '#shared/sync/team-topics.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import type { Db } from '../db/db.ts'

/** By these a console that was away judges its backlog; more would make the record of a busy rule too large. */
const earlierAtMost = 50

interface OutboxRow {
  readonly topic: string
  readonly key: string
  /** `null`: tombstone. */
  readonly payload: unknown
}

/** Wakes the relay when the transaction commits. */
export async function appendOutbox(db: Db, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return
  await db.query(
    `insert into outbox (topic, key, payload)
     select topic, key, payload::jsonb
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as row (topic, key, payload, n)
     order by n`,
    [
      rows.map(({ topic }) => topic),
      rows.map(({ key }) => key),
      rows.map(({ payload }) => (payload === null ? null : JSON.stringify(payload))),
    ],
  )
  await wakeRelay(db)
}

/** The rule as it stands now, with its earlier versions. */
export async function enqueueRule(db: Db, ruleId: string): Promise<void> {
  await enqueueRules(db, [ruleId])
  await wakeRelay(db)
}

export async function enqueueAlerts(db: Db, records: readonly AlertRecord[]): Promise<void> {
  const topic = teamTopics().alerts
  await appendOutbox(
    db,
    records.map((payload) => ({ topic, key: payload.alert.id, payload })),
  )
}

/** The backend forgets these alerts, and so shall the consoles. */
export async function enqueueTombstones(db: Db, alertIds: readonly string[]): Promise<void> {
  const topic = teamTopics().alerts
  await appendOutbox(
    db,
    alertIds.map((key) => ({ topic, key, payload: null })),
  )
}

/** All that there is, for a topic that holds nothing. What waited for it is part of that. */
export async function enqueueAll(db: Db, topic: string): Promise<void> {
  await db.query('delete from outbox where topic = $1', [topic])
  await (topic === teamTopics().rules ? enqueueRules(db, null) : enqueueCurrentRows(db, null))
}

/** These as they stand now, where what was told of them last may not be the newest. */
export async function enqueueCurrent(
  db: Db,
  { topic, keys }: { topic: string; keys: readonly string[] },
): Promise<void> {
  if (topic === teamTopics().rules) return enqueueRules(db, keys)
  await enqueueCurrentRows(db, keys)
  await db.query(
    `insert into outbox (topic, key)
     select distinct $1, key from unnest($2::text[]) as key where not exists (select from alert where id = key::uuid)`,
    [topic, keys],
  )
}

/** @param ids `null`: all of them */
async function enqueueRules(db: Db, ids: readonly string[] | null): Promise<void> {
  await db.query(
    `with locked as (
       select id from rule where $2::uuid[] is null or id = any($2) order by id for update)
     insert into outbox (topic, key, payload)
     select $1, locked.id::text, jsonb_build_object('rule', told.rule, 'earlier', told.earlier)
     from locked cross join lateral (
       select (array_agg(rule order by version desc))[1] as rule,
         coalesce(jsonb_agg(rule order by version) filter (where back > 1), '[]') as earlier
       from (
         select rule, version, row_number() over (order by version desc) as back
         from rule_version where rule_id = locked.id
         order by version desc limit $3) as newest) as told
     order by locked.id`,
    [teamTopics().rules, ids, earlierAtMost + 1],
  )
}

/** @param ids `null`: all of them */
async function enqueueCurrentRows(db: Db, ids: readonly string[] | null): Promise<void> {
  await db.query(
    `with locked as (
       select id, version, alert from alert where $2::uuid[] is null or id = any($2) order by id for update)
     insert into outbox (topic, key, payload)
     select $1, id::text, jsonb_build_object('version', version, 'alert', alert) from locked`,
    [teamTopics().alerts, ids],
  )
}

async function wakeRelay(db: Db): Promise<void> {
  await db.query(`select pg_notify('remo_outbox', '')`)
}
