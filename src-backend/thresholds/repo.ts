import { ruleCodec } from '#shared/codec/domain-codecs.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { Db } from '../db/db.ts'
import { storedValue } from '../http/needs-newer.ts'

/** A rule of one node that has a level. */
export interface ThresholdDbRow {
  readonly rule: Rule
  readonly number: number
  readonly createdAt: Date
}

interface Row {
  readonly rule: unknown
  readonly number: number
  readonly created_at: Date
}

export interface ThresholdFilter {
  readonly nodeId: string | undefined
  readonly after: number
  readonly limit: number
}

export async function listThresholds(db: Db, { nodeId, after, limit }: ThresholdFilter): Promise<ThresholdDbRow[]> {
  const { rows } = await db.query<Row>(
    `select rule.number, rule.created_at, newest.rule
     from rule join rule_version newest on newest.rule_id = rule.id and newest.version = rule.version
     where not rule.deleted and rule.node_id is not null and ($1::text is null or rule.node_id = $1)
       and (newest.rule ? 'warning' or newest.rule ? 'critical') and rule.number > $2
     order by rule.number limit $3`,
    [nodeId ?? null, after, limit],
  )
  return rows.map((row) => ({
    rule: storedValue(ruleCodec.decode(row.rule), `Rule number ${row.number}`),
    number: row.number,
    createdAt: row.created_at,
  }))
}

/** Id of the rule that is listed under this number. */
export async function ruleIdOf(db: Db, number: number): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    'select id from rule where number = $1 and not deleted and node_id is not null',
    [number],
  )
  return rows[0]?.id
}

export async function isKnownNode(db: Db, nodeId: string): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>('select exists (select from node where node_id = $1) as known', [
    nodeId,
  ])
  return rows[0]?.known === true
}
