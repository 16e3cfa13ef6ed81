import { alertCodec } from '#shared/codec/domain-codecs.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import type { Db } from '../db/db.ts'
import { storedValue } from '../http/needs-newer.ts'
import type { MessageAlert } from './make-message.ts'
import type { TrackedAlert, TrackedState } from './plan-channel.ts'

const alertsAtMost = 100_000

export interface AlertVersion {
  readonly id: string
  readonly version: number
}

/** The firing critical alerts, and their versions. */
export async function readCritical(db: Db): Promise<AlertVersion[]> {
  const { rows } = await db.query<AlertVersion>(
    `select id, version from alert where phase = 'firing' and severity = 'critical' order by opened_at desc, id desc limit $1`,
    [alertsAtMost],
  )
  return rows
}

/** @throws NeedsNewerError for an alert that this version must not use */
export async function readAlerts(db: Db, ids: readonly string[]): Promise<Array<AlertVersion & { alert: NodeAlert }>> {
  const { rows } = await db.query<AlertVersion & { alert: unknown }>(
    'select id, version, alert from alert where id = any($1::uuid[])',
    [ids],
  )
  return rows.map(({ id, version, alert }) => ({
    id,
    version,
    alert: storedValue(alertCodec.decode(alert), `Alert ${id}`),
  }))
}

/** Nodes whose offline alert fires. */
export async function readOfflineNodes(db: Db): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ node_id: string }>(
    `select node_id from alert where phase = 'firing' and alert ->> 'kind' = 'offline' limit $1`,
    [alertsAtMost],
  )
  return new Set(rows.map(({ node_id: nodeId }) => nodeId))
}

export interface TrackedRow {
  readonly tracked: TrackedAlert
  readonly isFiring: boolean
  readonly isCritical: boolean
}

export async function readTracked(db: Db): Promise<TrackedRow[]> {
  const { rows } = await db.query<{
    alert_id: string
    state: TrackedState
    counted_from: number
    held: boolean
    message_id: string | null
    is_firing: boolean
    is_critical: boolean
  }>(
    `select alert_id, state, round(extract(epoch from counted_from)::float8 * 1000) as counted_from, held, message_id,
       phase = 'firing' as is_firing, phase = 'firing' and severity = 'critical' as is_critical
     from second_channel_alert join alert on alert.id = alert_id order by alert_id limit $1`,
    [alertsAtMost],
  )
  return rows.map((row) => ({
    tracked: {
      alertId: row.alert_id,
      state: row.state,
      countedFrom: row.counted_from,
      held: row.held,
      messageId: row.message_id ?? undefined,
    },
    isFiring: row.is_firing,
    isCritical: row.is_critical,
  }))
}

export async function saveTracked(db: Db, tracked: readonly TrackedAlert[]): Promise<void> {
  if (tracked.length === 0) return
  await db.query(
    `insert into second_channel_alert (alert_id, state, counted_from, held, message_id)
     select alert_id, state, to_timestamp(counted_from / 1000), held, message_id
     from unnest($1::uuid[], $2::text[], $3::float8[], $4::boolean[], $5::uuid[])
       as tracked (alert_id, state, counted_from, held, message_id)
     where exists (select from alert where alert.id = alert_id)
     order by alert_id
     on conflict (alert_id) do update set state = excluded.state, counted_from = excluded.counted_from,
       held = excluded.held, message_id = excluded.message_id`,
    [
      tracked.map(({ alertId }) => alertId),
      tracked.map(({ state }) => state),
      tracked.map(({ countedFrom }) => countedFrom),
      tracked.map(({ held }) => held),
      tracked.map(({ messageId }) => messageId ?? null),
    ],
  )
}

export async function deleteTracked(db: Db, alertIds: readonly string[]): Promise<void> {
  if (alertIds.length === 0) return
  await db.query('delete from second_channel_alert where alert_id = any($1::uuid[])', [alertIds])
}

/** What the receiver has accepted or refused: `ending` is over either way. */
export async function settleTracked(db: Db, messageId: string, state: 'sent' | 'given-up'): Promise<void> {
  await db.query(`delete from second_channel_alert where message_id = $1 and state = 'ending'`, [messageId])
  await db.query('update second_channel_alert set state = $2, message_id = null where message_id = $1', [
    messageId,
    state,
  ])
}

/** With the facts for their text. */
export async function readMessageAlerts(db: Db, ids: readonly string[]): Promise<MessageAlert[]> {
  const { rows } = await db.query<{ id: string; alert: unknown; unit: string | null; clear: number | null }>(
    `select alert.id, alert.alert, node.units ->> (alert.alert ->> 'metric') as unit,
       (select (rule ->> 'clear')::double precision from rule_version
        where rule_id = alert.rule_id and version = (alert.alert ->> 'ruleVersion')::integer) as clear
     from alert left join node using (node_id) where alert.id = any($1::uuid[])`,
    [ids],
  )
  return rows.map(({ id, alert, unit, clear }) => ({
    alert: storedValue(alertCodec.decode(alert), `Alert ${id}`),
    unit: unit ?? undefined,
    clear: clear ?? undefined,
  }))
}
