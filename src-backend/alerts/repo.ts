import type { NodeAlert, NodeAlertEvent } from '#shared/alert/alert.ts'
import { alertCodec, alertEventCodec } from '#shared/codec/domain-codecs.ts'
import type { AlertRecord } from '#shared/team/team-records.ts'
import type { Db } from '../db/db.ts'
import { storedValue } from '../http/needs-newer.ts'
import type { AlertRow } from './alert-item.ts'

/** More than a node has metrics. */
const firingAtMost = 10_000

export interface StoredAlert {
  readonly version: number
  readonly alert: unknown
  readonly unit: string | null
  readonly clear: number | null
}

export const alertColumns = `alert.version, alert.alert, node.units ->> (alert.alert ->> 'metric') as unit,
  (select (rule ->> 'clear')::double precision from rule_version
   where rule_id = (alert.alert ->> 'ruleId')::uuid
     and version = (alert.alert ->> 'ruleVersion')::integer) as clear`

export async function findAlert(db: Db, id: string): Promise<AlertRow | undefined> {
  const { rows } = await db.query<StoredAlert>(
    `select ${alertColumns}
     from alert left join node using (node_id) where alert.id = $1`,
    [id],
  )
  return rows.map(alertRow)[0]
}

/** Ids of the firing alerts of a node. */
export async function findFiring(db: Db, nodeId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select id from alert where node_id = $1 and phase = 'firing' order by id limit $2`,
    [nodeId, firingAtMost],
  )
  return rows.map(({ id }) => id)
}

/** An alert whose acknowledgement has reached its end. */
export interface ExpiredRow {
  readonly id: string
  /** Whether this version may change it. */
  readonly isReadable: boolean
}

/** In the order of their ids, after `after`. `now`: epoch ms. */
export async function findExpired(
  db: Db,
  { now, after, limit }: { now: number; after: string; limit: number },
): Promise<ExpiredRow[]> {
  const { rows } = await db.query<{ id: string; alert: unknown }>(
    `select id, alert from alert
     where acknowledged and (alert #>> '{acknowledgement,until}')::numeric <= $1 and id > $2 order by id limit $3`,
    [now, after, limit],
  )
  return rows.map(({ id, alert }) => ({ id, isReadable: alertCodec.decode(alert).ok }))
}

/** Locks the alerts until the transaction ends, in the order of their ids, so that two transactions never deadlock. */
export async function lockAlerts(db: Db, ids: readonly string[]): Promise<AlertRecord[]> {
  const { rows } = await db.query<{ version: number; alert: unknown }>(
    'select version, alert from alert where id = any($1::uuid[]) order by id for update',
    [ids],
  )
  return rows.map(({ version, alert }) => ({ version, alert: readAlert(alert) }))
}

/**
 * Inserts new alerts and newer versions.
 * @returns how many were written; an alert with a newer version is left as it is
 */
export async function writeAlerts(db: Db, records: readonly AlertRecord[]): Promise<number> {
  const { rowCount } = await db.query(
    `insert into alert (id, version, alert, node_id, rule_id, severity, phase, acknowledged, opened_at)
     select (alert ->> 'id')::uuid, version, alert, alert ->> 'nodeId', (alert ->> 'ruleId')::uuid,
       alert ->> 'severity', alert ->> 'phase', alert ? 'acknowledgement',
       to_timestamp((alert ->> 'openedAt')::double precision / 1000)
     from unnest($1::integer[], $2::jsonb[]) as record (version, alert)
     order by 1
     on conflict (id) do update set version = excluded.version, alert = excluded.alert,
       rule_id = excluded.rule_id, severity = excluded.severity, phase = excluded.phase, acknowledged = excluded.acknowledged, changed_at = now()
     where alert.version < excluded.version`,
    [records.map(({ version }) => version), records.map(({ alert }) => alertCodec.stringify(alert))],
  )
  return rowCount ?? 0
}

/** Appends the events in the given order. */
export async function appendEvents(db: Db, events: readonly NodeAlertEvent[]): Promise<void> {
  await db.query(
    `insert into alert_event (alert_id, event, at)
     select (event ->> 'alertId')::uuid, event, to_timestamp((event ->> 'at')::double precision / 1000)
     from unnest($1::jsonb[]) with ordinality as appended (event, n)
     order by n`,
    [events.map((event) => alertEventCodec.stringify(event))],
  )
}

/** Stored events of these alerts at these times (epoch ms). */
export async function findEvents(
  db: Db,
  times: ReadonlyArray<Pick<NodeAlertEvent, 'alertId' | 'at'>>,
): Promise<NodeAlertEvent[]> {
  const { rows } = await db.query<{ event: unknown }>(
    `select event from alert_event where (alert_id, at) in (
       select alert_id, to_timestamp(ms / 1000)
       from unnest($1::uuid[], $2::double precision[]) as known (alert_id, ms))`,
    [times.map(({ alertId }) => alertId), times.map(({ at }) => at)],
  )
  return rows.flatMap(({ event }) => readEvent(event) ?? [])
}

/** Oldest first, after the event with the id `after`. `event` is `undefined` if its kind belongs to a newer version. */
export async function listEvents(
  db: Db,
  { alertId, after, limit }: { alertId: string; after: string; limit: number },
): Promise<Array<{ id: string; event: NodeAlertEvent | undefined }>> {
  const { rows } = await db.query<{ id: string; event: unknown }>(
    'select id, event from alert_event where alert_id = $1 and id > $2 order by id limit $3',
    [alertId, after, limit],
  )
  return rows.map(({ id, event }) => ({ id, event: readEvent(event) }))
}

/**
 * Deletes alerts that are resolved and unchanged since `before` (epoch ms), with their events.
 * @returns their ids
 */
export async function deleteResolved(db: Db, { before, limit }: { before: number; limit: number }): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `delete from alert where id in (
       select id from alert where phase = 'resolved' and changed_at < to_timestamp($1::double precision / 1000)
       order by id limit $2 for update)
     returning id`,
    [before, limit],
  )
  return rows.map(({ id }) => id)
}

export function alertRow({ version, alert, unit, clear }: StoredAlert): AlertRow {
  return { version, alert: readAlert(alert), unit: unit ?? undefined, clear: clear ?? undefined }
}

/** @throws NeedsNewerError for an alert that this version must not change */
function readAlert(stored: unknown): NodeAlert {
  const { id } = Object(stored) as { readonly id?: unknown }
  return storedValue(alertCodec.decode(stored), `Alert ${String(id)}`)
}

function readEvent(stored: unknown): NodeAlertEvent | undefined {
  const read = alertEventCodec.decode(stored)
  return read.ok ? read.value : undefined
}
