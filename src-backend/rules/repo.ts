import { ruleCodec } from '#shared/codec/domain-codecs.ts'
import { metricOfRule, type Rule, type RuleDraft } from '#shared/rule/rule.ts'
import { anyTagsOf } from '#shared/rule/rule-subject.ts'
import type { Db } from '../db/db.ts'
import { storedValue } from '../http/needs-newer.ts'

/** Any number, the same in every replica. */
const lock = 7_272_737_671

/** Far more than any installation has. Rules beyond it are silently left out. */
const rulesAtMost = 100_000

/** Newest versions of each rule, as many as its record in Kafka has, so that consoles and backend evaluate alike. */
const versionsAtMost = 51

export interface FoundRule {
  readonly rule: Rule
  readonly number: number
  readonly createdAt: Date
}

/** At most `limit` rules with a number above `after`. */
export interface RulePage {
  readonly after: number
  readonly limit: number
}

interface Row {
  readonly rule: unknown
  readonly number: number
  readonly created_at: Date
}

/**
 * Lets one transaction change rules at a time. So revisions grow in the order of commits, and a free target stays free.
 */
export async function lockRules(db: Db): Promise<void> {
  await db.query('select pg_advisory_xact_lock($1)', [lock])
}

/** Also a deleted one. */
export async function findRule(db: Db, id: string): Promise<FoundRule | undefined> {
  return (await selectRules(db, 'rule.id = $1', [id]))[0]
}

export async function findRuleAt(db: Db, target: RuleDraft): Promise<FoundRule | undefined> {
  const where = `coalesce(rule.node_id, '') = $1 and coalesce(rule.pattern, '') = $2 and rule.metric = $3
    and rule.any_tags = $4 and not rule.deleted`
  const { nodeId, pattern } = placeOf(target)
  return (await selectRules(db, where, [nodeId ?? '', pattern ?? '', metricOfRule(target), anyTagsColumn(target)]))[0]
}

/** All current rules. */
export async function allRules(db: Db): Promise<Rule[]> {
  return (await listRules(db, { after: 0, limit: rulesAtMost })).map(({ rule }) => rule)
}

/** Current rules whose scope is a pattern, about the same series or kind. */
export async function listPatternRules(db: Db, like: RuleDraft): Promise<Rule[]> {
  const where = `not rule.deleted and rule.pattern is not null and rule.metric = $1 and rule.any_tags = $2
    order by rule.number`
  return (await selectRules(db, where, [metricOfRule(like), anyTagsColumn(like)])).map(({ rule }) => rule)
}

/** Ids of the nodes in the lists. */
export async function knownNodeIds(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ node_id: string }>(
    'select node_id from node where forgotten_at is null order by node_id',
  )
  return rows.map((row) => row.node_id)
}

/** In the order of their creation. */
export async function listRules(db: Db, { after, limit }: RulePage): Promise<FoundRule[]> {
  return selectRules(db, 'not rule.deleted and rule.number > $1 order by rule.number limit $2', [after, limit])
}

/** As `listRules`, but only rules of single nodes with a level. `nodeId` undefined: of all nodes. */
export async function listThresholds(
  db: Db,
  { nodeId, after, limit }: RulePage & { readonly nodeId: string | undefined },
): Promise<FoundRule[]> {
  const where = `not rule.deleted and rule.node_id is not null and ($1::text is null or rule.node_id = $1)
    and (newest.rule ? 'warning' or newest.rule ? 'critical') and rule.any_tags = '' and rule.number > $2
    order by rule.number limit $3`
  return selectRules(db, where, [nodeId ?? null, after, limit])
}

/** Rules with their newest version. */
async function selectRules(db: Db, where: string, values: readonly unknown[]): Promise<FoundRule[]> {
  const { rows } = await db.query<Row>(
    `select rule.number, rule.created_at, newest.rule
     from rule join rule_version newest on newest.rule_id = rule.id and newest.version = rule.version
     where ${where}`,
    [...values],
  )
  return rows.map((row) => ({ rule: readRule(row.rule), number: row.number, createdAt: row.created_at }))
}

export async function insertRule(db: Db, rule: Rule): Promise<void> {
  await db.query(
    `insert into rule (id, node_id, pattern, metric, version, deleted, any_tags) values ($1, $2, $3, $4, $5, $6, $7)`,
    ruleColumns(rule),
  )
  await insertVersion(db, rule)
}

export async function insertNextVersion(db: Db, rule: Rule): Promise<void> {
  await db.query(
    `update rule set node_id = $2, pattern = $3, metric = $4, version = $5, deleted = $6, any_tags = $7 where id = $1`,
    ruleColumns(rule),
  )
  await insertVersion(db, rule)
}

/** Grows with every commit that changes rules; 0 before the first one. */
export async function readRevision(db: Db): Promise<number> {
  const { rows } = await db.query<{ revision: string | null }>('select max(revision) as revision from rule_version')
  return Number(rows[0]?.revision ?? 0)
}

/** Versions of all rules, deleted ones too; those of one rule follow each other, oldest first. */
export async function readVersions(db: Db): Promise<Rule[]> {
  const { rows } = await db.query<{ rule: unknown }>(
    `select newest.rule
     from (select id from rule order by number limit $1) as known
     cross join lateral (
       select rule, version from rule_version where rule_id = known.id order by version desc limit $2) as newest
     order by known.id, newest.version`,
    [rulesAtMost, versionsAtMost],
  )
  return rows.map(({ rule }) => readRule(rule))
}

/** Stores a version under its number, in place of other contents. */
export async function putVersion(db: Db, rule: Rule): Promise<void> {
  await db.query(
    `insert into rule_version (rule_id, version, rule) values ($1, $2, $3)
     on conflict (rule_id, version) do update set rule = excluded.rule`,
    [rule.id, rule.version, ruleCodec.encode(rule)],
  )
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
  const { nodeId, pattern } = placeOf(rule)
  return [rule.id, nodeId, pattern, metricOfRule(rule), rule.version, rule.deleted, anyTagsColumn(rule)]
}

function anyTagsColumn(rule: RuleDraft): string {
  const keys = anyTagsOf(rule)
  return keys.length === 0 ? '' : JSON.stringify(keys)
}

function placeOf({ scope }: RuleDraft): { readonly nodeId: string | null; readonly pattern: string | null } {
  return {
    nodeId: scope.kind === 'node' ? scope.nodeId : null,
    pattern: scope.kind === 'pattern' ? scope.pattern : null,
  }
}

/** @throws NeedsNewerError for a rule that this version must not evaluate */
function readRule(stored: unknown): Rule {
  const { id, version } = Object(stored) as { readonly id?: unknown; readonly version?: unknown }
  return storedValue(ruleCodec.decode(stored), `Rule ${String(id)}, version ${String(version)},`)
}
