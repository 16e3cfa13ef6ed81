import type { ConsoleItem } from '#shared/rest/consoles.ts'
import type { Severity } from '#shared/rule/rule.ts'
import type { Db } from '../db/db.ts'

/** Which console: an installation, and the user who is signed in there. */
export interface ConsoleKey {
  readonly accountId: number
  readonly id: string
}

/** Times in epoch ms, by the clock of the console. */
export type ConsoleFacts = Pick<ConsoleItem, 'name' | 'version' | 'startedAt' | 'health'> & {
  readonly doNotDisturbUntil: number | undefined
}

/** One alert in one severity. `at`: epoch ms, by the clock of the console. */
export interface ShownRow {
  readonly alertId: string
  readonly severity: Severity
  readonly at: number
}

/** Place of a console in the list. */
export interface ConsoleCursorValues {
  readonly name: string
  readonly id: string
  readonly accountId: number
}

export interface ConsoleFilter {
  readonly connected: boolean | undefined
  /** Only consoles after this place. */
  readonly after: ConsoleCursorValues | undefined
  readonly limit: number
  readonly withinMs: number
}

/** A console of the list. Its account is for the cursor only. */
export type ConsoleRow = ConsoleItem & { readonly accountId: number }

/** `withinMs` is a parameter of each statement that has it. */
const isConnected = (place: string): string => `last_seen_at > now() - ${place}::float8 * interval '1 millisecond'`
const msOf = (column: string): string => `round(extract(epoch from ${column})::float8 * 1000)`

/**
 * Inserts the console, or notes that it is there. A connection lasts while the console runs and sends heartbeats.
 * @returns whether it is new
 */
export async function saveHeartbeat(
  db: Db,
  { accountId, id }: ConsoleKey,
  { withinMs, ...facts }: ConsoleFacts & { readonly withinMs: number },
): Promise<boolean> {
  const { name, version, startedAt, health, doNotDisturbUntil = null } = facts
  const { rows } = await db.query<{ is_new: boolean }>(
    `insert into console as known (account_id, id, name, version, started_at, health, do_not_disturb_until,
       connected_since, last_seen_at)
     values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), $6, to_timestamp($7::float8 / 1000), now(), now())
     on conflict (account_id, id) do update set name = excluded.name, version = excluded.version,
       started_at = excluded.started_at, health = excluded.health,
       do_not_disturb_until = excluded.do_not_disturb_until,
       connected_since = case
         when known.started_at = excluded.started_at and known.${isConnected('$8')} then known.connected_since
         else now() end,
       last_seen_at = now()
     returning xmax = 0 as is_new`,
    [accountId, id, name, version, startedAt, health, doNotDisturbUntil, withinMs],
  )
  return rows[0]?.is_new === true
}

/** Keeps the `most` consoles of an account that were seen last. */
export async function deleteBeyond(db: Db, accountId: number, most: number): Promise<void> {
  await db.query(
    `delete from console where account_id = $1 and id in (
       select id from console where account_id = $1 order by last_seen_at desc, id offset $2)`,
    [accountId, most],
  )
}

/** How many of these alerts are stored. */
export async function countKnown(db: Db, alertIds: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ n: number }>('select count(*)::int as n from alert where id = any($1::uuid[])', [
    alertIds,
  ])
  return rows[0]?.n ?? 0
}

/**
 * The first console that showed an alert in a severity stays. In the order of the ids, so that two consoles never
 * deadlock. Alerts that are not stored are left out while the account has reported `mostUnknown` of them.
 */
export async function saveShown(
  db: Db,
  { accountId, id }: ConsoleKey,
  { shown, mostUnknown }: { readonly shown: readonly ShownRow[]; readonly mostUnknown: number },
): Promise<void> {
  await db.query(
    `with reported as (
       select distinct on (alert_id, severity) alert_id, severity, at,
         exists (select from alert where alert.id = alert_id) as is_known
       from unnest($3::uuid[], $4::text[], $5::float8[]) as reported (alert_id, severity, at)
       order by alert_id, severity, at)
     insert into alert_shown (alert_id, severity, account_id, console_id, shown_at, is_known)
     select alert_id, severity, $1, $2, to_timestamp(at / 1000), is_known from reported
     where is_known or (select count(*) from alert_shown where account_id = $1 and not is_known) < $6
     order by alert_id, severity
     on conflict (alert_id, severity) do nothing`,
    [
      accountId,
      id,
      shown.map(({ alertId }) => alertId),
      shown.map(({ severity }) => severity),
      shown.map(({ at }) => at),
      mostUnknown,
    ],
  )
}

/** By name. */
export async function listConsoleRows(db: Db, filter: ConsoleFilter): Promise<ConsoleRow[]> {
  const { connected = null, after, limit, withinMs } = filter
  const { rows } = await db.query<ConsoleRow>(
    `select console.id, account_id as "accountId", username as "user", name, version, health,
       ${msOf('started_at')} as "startedAt", ${msOf('do_not_disturb_until')} as "doNotDisturbUntil",
       ${isConnected('$1')} as connected, ${msOf('connected_since')} as "connectedSince",
       ${msOf('last_seen_at')} as "lastSeenAt"
     from console join account on account.id = account_id
     where ($2::boolean is null or $2 = (${isConnected('$1')}))
       and ($3::text is null or (name collate "C", console.id, account_id) > ($3, $4::uuid, $5::integer))
     order by name collate "C", console.id, account_id limit $6`,
    [withinMs, connected, after?.name ?? null, after?.id ?? null, after?.accountId ?? null, limit],
  )
  return rows
}

export async function countConnected(db: Db, withinMs: number): Promise<number> {
  const { rows } = await db.query<{ n: number }>(`select count(*)::int as n from console where ${isConnected('$1')}`, [
    withinMs,
  ])
  return rows[0]?.n ?? 0
}

/** Deletes consoles without a heartbeat for `days`, at most `limit` of them. @returns how many */
export async function deleteGone(db: Db, { days, limit }: { days: number; limit: number }): Promise<number> {
  const { rowCount } = await db.query(
    `delete from console where (account_id, id) in (
       select account_id, id from console where last_seen_at < now() - $1::integer * interval '1 day'
       order by account_id, id limit $2)`,
    [days, limit],
  )
  return rowCount ?? 0
}

/** Deletes what was shown of alerts that do not fire, a day after it was reported. @returns how many */
export async function deleteShown(db: Db, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from alert_shown where (alert_id, severity) in (
       select alert_id, severity from alert_shown as shown
       where received_at < now() - interval '1 day'
         and not exists (select from alert where alert.id = shown.alert_id and phase = 'firing')
       order by alert_id, severity limit $1)`,
    [limit],
  )
  return rowCount ?? 0
}

/** Which of these alerts a console showed as critical. */
export async function findShownCritical(db: Db, alertIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(
    `select alert_id as id from alert_shown where severity = 'critical' and alert_id = any($1::uuid[])`,
    [alertIds],
  )
  return new Set(rows.map(({ id }) => id))
}

export async function deleteShownCritical(db: Db, alertIds: readonly string[]): Promise<void> {
  await db.query(`delete from alert_shown where severity = 'critical' and alert_id = any($1::uuid[])`, [alertIds])
}
