/**
 * Rows to publish to every console, written in the transaction of their change. **Invariant**: the row of the rule or
 * alert is locked before its outbox row is appended. So ids of one key follow the order of commits. Ids of different
 * keys do not: never select rows by `id > last`.
 */
import { teamTopics } from '#shared/team/team-topics.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import { alertCodec, forgottenNodeCodec, silenceCodec, topicMappingCodec } from '#shared/codec/domain-codecs.ts'
import type { TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { mappingKey, mappingTopicIn } from '#shared/metric/mapping/mapping-key.ts'
import { silenceIn, silenceKey } from '#shared/silence/silence-key.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { type ForgottenNode, forgottenNodeIn, forgottenNodeKey } from '#shared/team/forgotten-node.ts'
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
    records.map(({ version, alert }) => ({
      topic,
      key: alert.id,
      payload: { version, alert: alertCodec.encode(alert) },
    })),
  )
}

/** A forgotten node, for every console. */
export async function enqueueForgottenNode(db: Db, node: ForgottenNode): Promise<void> {
  const payload = forgottenNodeCodec.encode(node)
  await appendOutbox(db, [{ topic: teamTopics().alerts, key: forgottenNodeKey(node.nodeId), payload }])
}

/** A silence, for every console. */
export async function enqueueSilence(db: Db, silence: Silence): Promise<void> {
  const payload = silenceCodec.encode(silence)
  await appendOutbox(db, [{ topic: teamTopics().alerts, key: silenceKey(silence.id), payload }])
}

/** What the team has for a topic, for every console. */
export async function enqueueMapping(db: Db, mapping: TopicMapping): Promise<void> {
  const payload = topicMappingCodec.encode(mapping)
  await appendOutbox(db, [{ topic: teamTopics().alerts, key: mappingKey(mapping.topic), payload }])
}

/** Tombstones for deleted alerts, silences and expired forgotten nodes, so that consoles delete them too. */
export async function enqueueTombstones(db: Db, keys: readonly string[]): Promise<void> {
  const topic = teamTopics().alerts
  await appendOutbox(
    db,
    keys.map((key) => ({ topic, key, payload: null })),
  )
}

/** Everything, for an empty topic. Replaces the rows that are queued for it. */
export async function enqueueAll(db: Db, topic: string): Promise<void> {
  await db.query('delete from outbox where topic = $1', [topic])
  if (topic === teamTopics().rules) return enqueueRules(db, null)
  await enqueueCurrentRows(db, null)
  await enqueueForgotten(db, null)
  await enqueueSilences(db, null)
  await enqueueMappings(db, null)
}

/** The current state of these keys, if their last published record may not be the newest. */
export async function enqueueCurrent(
  db: Db,
  { topic, keys }: { topic: string; keys: readonly string[] },
): Promise<void> {
  if (topic === teamTopics().rules) return enqueueRules(db, keys)
  const nodeIds = keys.flatMap((key) => forgottenNodeIn(key) ?? [])
  const silenceIds = keys.flatMap((key) => silenceIn(key) ?? [])
  const mapped = keys.flatMap((key) => mappingTopicIn(key) ?? [])
  const alertIds = keys.filter((key) =>
    [forgottenNodeIn, silenceIn, mappingTopicIn].every((read) => read(key) === undefined),
  )
  await enqueueCurrentRows(db, alertIds)
  await db.query(
    `insert into outbox (topic, key)
     select distinct $1, key from unnest($2::text[]) as key where not exists (select from alert where id = key::uuid)`,
    [topic, alertIds],
  )
  await enqueueForgotten(db, nodeIds)
  await db.query(
    `insert into outbox (topic, key)
     select distinct $1, $2 || given.node_id from unnest($3::text[]) as given (node_id)
     where not exists (select from forgotten_node as known where known.node_id = given.node_id)`,
    [topic, forgottenNodeKey(''), nodeIds],
  )
  await enqueueSilences(db, silenceIds)
  await db.query(
    `insert into outbox (topic, key)
     select distinct $1, $2 || given.id from unnest($3::text[]) as given (id)
     where not exists (select from silence where silence.id = given.id::uuid)`,
    [topic, silenceKey(''), silenceIds],
  )
  await enqueueMappings(db, mapped)
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

/** @param nodeIds `null`: all of them */
async function enqueueForgotten(db: Db, nodeIds: readonly string[] | null): Promise<void> {
  await db.query(
    `with locked as (
       select node_id, record from forgotten_node where $3::text[] is null or node_id = any($3)
       order by node_id for update)
     insert into outbox (topic, key, payload) select $1, $2 || node_id, record from locked`,
    [teamTopics().alerts, forgottenNodeKey(''), nodeIds],
  )
}

/** @param ids `null`: all of them */
async function enqueueSilences(db: Db, ids: readonly string[] | null): Promise<void> {
  await db.query(
    `with locked as (
       select id, silence from silence where $3::uuid[] is null or id = any($3) order by id for update)
     insert into outbox (topic, key, payload) select $1, $2 || id, silence from locked`,
    [teamTopics().alerts, silenceKey(''), ids],
  )
}

/**
 * Rows of mappings stay, so none gets a tombstone.
 * @param mapped topics; `null`: all of them
 */
async function enqueueMappings(db: Db, mapped: readonly string[] | null): Promise<void> {
  await db.query(
    `with locked as (
       select topic, record from mapping where $3::text[] is null or topic = any($3) order by topic for update)
     insert into outbox (topic, key, payload) select $1, $2 || topic, record from locked`,
    [teamTopics().alerts, mappingKey(''), mapped],
  )
}

async function wakeRelay(db: Db): Promise<void> {
  await db.query(`select pg_notify('remo_outbox', '')`)
}
