import type { NodeAlert } from '#shared/alert/alert.ts'
import type { Pool } from 'pg'

/** Inserts a node with its newest values, an open alert and a user. @returns their ids and those of the rules */
export async function seedFleet(pool: Pool): Promise<readonly unknown[]> {
  const nodeId = 'node-1'
  const now = Date.now()
  const ruleId = '00000000-0000-4000-8000-00000000000a'
  await pool.query(
    `insert into node (node_id, node_name, last_seen, interval_ms, latest, units)
     values ($1, 'Server-Alpha', now(), 1000, $2, '{"cpu_usage": "%"}')`,
    [nodeId, JSON.stringify({ cpu_usage: { value: 97, at: now } })],
  )
  const alert = anAlert({ nodeId, ruleId, at: now })
  await pool.query(
    `insert into alert (id, version, alert, node_id, rule_id, severity, phase, acknowledged, opened_at)
     values ($1, 1, $2, $3, $4, $5, $6, false, to_timestamp($7 / 1000.0))`,
    [alert.id, JSON.stringify(alert), nodeId, ruleId, alert.severity, alert.phase, now],
  )
  await pool.query(
    `insert into account (id, username, username_key, email, email_key, password_hash, role)
     overriding system value values (1, 'grace', 'grace', 'grace@example.com', 'grace@example.com', 'none', 'viewer')`,
  )
  const { rows } = await pool.query<{ id: string }>('select id from rule limit 10')
  return [nodeId, 'cpu_usage', alert.id, ...rows.map(({ id }) => id), 1, '1']
}

function anAlert({ nodeId, ruleId, at }: { nodeId: string; ruleId: string; at: number }): NodeAlert {
  return {
    id: '00000000-0000-8000-8000-000000000001',
    kind: 'value',
    ruleId,
    ruleVersion: 1,
    nodeId,
    nodeName: 'Server-Alpha',
    metric: 'cpu_usage',
    severity: 'critical',
    phase: 'firing',
    condition: 'greater',
    threshold: 95,
    forSeconds: 0,
    since: at,
    openedAt: at,
    value: 97,
    provisional: false,
  }
}
