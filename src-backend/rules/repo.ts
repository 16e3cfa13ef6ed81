import { ruleCodec } from '#shared/codec/domain-codecs.ts'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import type { Db } from '../db/db.ts'
import { storedValue } from '../http/needs-newer.ts'

/** Any number, the same in every replica. */
const lock = 7_272_737_671

/** By far more than an installation has; who has more gets the first ones and hears of it nowhere. */
const rulesAtMost = 100_000

/** Of each rule the newest versions, as many as travel in its record: consoles and backend judge by the same ones. */
const versionsAtMost = 51

/** Where a rule holds: one of all nodes or of one, for one metric. */
export type RuleTarget = Pick<RuleDraft, 'scope' | 'metric'>

export interface FoundRule {
  readonly rule: Rule
  readonly number: number
  readonly createdAt: Date
}

interface Row {
  readonly rule: unknown
  readonly number: number
  readonly created_at: Date
}

/**
 * One change of rules at a time, until the transaction ends: revisions then grow in the order of commits, and a place
 * that was seen to be free stays so.
 */
export async function lockRules(db: Db): Promise<void> {
  await db.query('select pg_advisory_xact_lock($1)', [lock])
}

/** Also a removed one. */
export async function findRule(db: Db, id: string): Promise<FoundRule | undefined> {
  const { rows } = await db.query<Row>(
    `select rule.number, rule.created_at, newest.rule
     from rule join rule_version newest on newest.rule_id = rule.id and newest.version = rule.version
     where rule.id = $1`,
    [id],
  )
  return rows.map(foundOf)[0]
}

export async function findRuleAt(db: Db, place: RuleTarget): Promise<FoundRule | undefined> {
  const { rows } = await db.query<Row>(
    `select rule.number, rule.created_at, newest.rule
     from rule join rule_version newest on newest.rule_id = rule.id and newest.version = rule.version
     where coalesce(rule.node_id, '') = $1 and rule.metric = $2 and not rule.deleted`,
    [scopeNodeId(place) ?? '', place.metric],
  )
  return rows.map(foundOf)[0]
}

/** In the order in which they were made, from after `number` on. */
export async function listRules(db: Db, { after, limit }: { after: number; limit: number }): Promise<FoundRule[]> {
  const { rows } = await db.query<Row>(
    `select rule.number, rule.created_at, newest.rule
     from rule join rule_version newest on newest.rule_id = rule.id and newest.version = rule.version
     where not rule.deleted and rule.number > $1
     order by rule.number limit $2`,
    [after, limit],
  )
  return rows.map(foundOf)
}

export async function insertRule(db: Db, rule: Rule): Promise<void> {
  await db.query(
    'insert into rule (id, node_id, metric, version, deleted) values ($1, $2, $3, $4, $5)',
    ruleColumns(rule),
  )
  await insertVersion(db, rule)
}

export async function insertNextVersion(db: Db, rule: Rule): Promise<void> {
  await db.query(
    'update rule set node_id = $2, metric = $3, version = $4, deleted = $5 where id = $1',
    ruleColumns(rule),
  )
  await insertVersion(db, rule)
}

/** Whether there is a rule or ever was one. */
export async function hasEverHadRules(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ had: boolean }>('select exists (select from rule) as had')
  return rows[0]?.had === true
}

/** Event time of the newest record of all nodes, epoch ms, rounded up; 0 before the first one. */
export async function newestEventAt(db: Db): Promise<number> {
  const { rows } = await db.query<{ at: number | null }>(
    'select ceil(extract(epoch from max(last_seen)) * 1000)::double precision as at from node',
  )
  return rows[0]?.at ?? 0
}

/** Grows with every commit that changes rules; 0 before the first one. */
export async function readRevision(db: Db): Promise<number> {
  const { rows } = await db.query<{ revision: string | null }>('select max(revision) as revision from rule_version')
  return Number(rows[0]?.revision ?? 0)
}

export async function readVersions(db: Db): Promise<Rule[]> {
  const { rows } = await db.query<{ rule: unknown }>(
    `select newest.rule
     from (select id from rule order by number limit $1) as known
     cross join lateral (
       select rule from rule_version where rule_id = known.id order by version desc limit $2) as newest`,
    [rulesAtMost, versionsAtMost],
  )
  return rows.map(({ rule }) => readRule(rule))
}

async function insertVersion(db: Db, rule: Rule): Promise<void> {
  const stored = ruleCodec.encode(rule)
  await db.query('insert into rule_version (rule_id, version, rule) values ($1, $2, $3)', [
    rule.id,
    rule.version,
    stored,
  ])
}

function ruleColumns(rule: Rule): unknown[] {
  return [rule.id, scopeNodeId(rule), rule.metric, rule.version, rule.deleted]
}

function scopeNodeId({ scope }: RuleTarget): string | null {
  return scope.kind === 'node' ? scope.nodeId : null
}

function foundOf(row: Row): FoundRule {
  return { rule: readRule(row.rule), number: row.number, createdAt: row.created_at }
}

/** @throws NeedsNewerError for a rule that this version must not evaluate by */
function readRule(stored: unknown): Rule {
  const { id, version } = Object(stored) as { readonly id?: unknown; readonly version?: unknown }
  return storedValue(ruleCodec.decode(stored), `Rule ${String(id)}, version ${String(version)},`)
}
