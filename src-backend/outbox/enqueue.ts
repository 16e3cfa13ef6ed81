/**
 * Rows to publish to every console, written in the transaction of their change. **Invariant**: the row of the rule or
 * alert is locked before its outbox row is appended. So ids of one key follow the order of commits. Ids of different
 * keys do not: never select rows by `id > last`.
 */
import { teamTopics } from '#shared/team/team-topics.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import type { Db } from '../db/db.ts'

/** A console evaluates its backlog with these versions. More would make the record of a busy rule too large. */
const earlierAtMost = 50

interface OutboxRow {
  readonly topic: string
  readonly key: string
  /** `null`: tombstone. */
  readonly payload: unknown
}

/** Appends rows, and wakes the relay when the transaction commits. */
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

/** The current rule with its earlier versions. */
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

/** Tombstones for deleted alerts, so that consoles delete them too. */
export async function enqueueTombstones(db: Db, alertIds: readonly string[]): Promise<void> {
  const topic = teamTopics().alerts
  await appendOutbox(
    db,
    alertIds.map((key) => ({ topic, key, payload: null })),
  )
}

/** Everything, for an empty topic. Replaces the rows that are queued for it. */
export async function enqueueAll(db: Db, topic: string): Promise<void> {
  await db.query('delete from outbox where topic = $1', [topic])
  await (topic === teamTopics().rules ? enqueueRules(db, null) : enqueueCurrentRows(db, null))
}

/** The current state of these keys, if their last published record may not be the newest. */
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
     select $1, locked.id::text, jsonb_build_object('rule', versions.rule, 'earlier', versions.earlier)
     from locked cross join lateral (
       select (array_agg(rule order by version desc))[1] as rule,
         coalesce(jsonb_agg(rule order by version) filter (where back > 1), '[]') as earlier
       from (
         select rule, version, row_number() over (order by version desc) as back
         from rule_version where rule_id = locked.id
         order by version desc limit $3) as newest) as versions
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
