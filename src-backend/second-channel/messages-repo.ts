import { WebhookMessage } from '#shared/notification/webhook-message.ts'
import type { Db } from '../db/db.ts'

const isWaiting = 'delivered_at is null and given_up_at is null'
const msOf = (column: string): string => `round(extract(epoch from ${column})::float8 * 1000)`

/** Only one replica plans at a time. @returns `false` if another one does */
export async function tryChannelLock(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ ok: boolean }>(
    `select pg_try_advisory_xact_lock(hashtext('remo second channel')) as ok`,
  )
  return rows[0]?.ok === true
}

export interface ChannelRun {
  /** Epoch ms, clock of the database. */
  readonly now: number
  readonly isTurnedOn: boolean
  readonly isRetargeted: boolean
  readonly mayMakeMessage: boolean
}

interface RunLimits {
  /** Without a run for this long, the channel counts as turned off. */
  readonly offAfterHours: number
  readonly messageEverySeconds: number
}

/** Notes that a replica with this target looks at the alerts. @param target hash of the configuration */
export async function noteRun(
  db: Db,
  target: Buffer,
  { offAfterHours, messageEverySeconds }: RunLimits,
): Promise<ChannelRun> {
  const { rows } = await db.query<{ now: number; was_off: boolean; is_same: boolean; may_make: boolean }>(
    `select ${msOf('now()')} as now, coalesce(last_run_at < now() - $2::integer * interval '1 hour', true) as was_off,
       coalesce(target = $1, true) as is_same,
       coalesce(message_made_at <= now() - $3::integer * interval '1 second', true) as may_make
     from (select) as one left join second_channel on true`,
    [target, offAfterHours, messageEverySeconds],
  )
  const { now = 0, was_off: isTurnedOn = true, is_same: isSame = true, may_make: mayMakeMessage = true } = rows[0] ?? {}
  await db.query(
    `insert into second_channel as known (target, on_since, last_run_at) values ($1, now(), now())
     on conflict (singleton) do update set target = excluded.target, last_run_at = now(),
       on_since = case when $2 then now() else known.on_since end`,
    [target, isTurnedOn],
  )
  if (!isSame) await db.query(`update webhook_message set next_at = now() where ${isWaiting}`)
  return { now, isTurnedOn, isRetargeted: !isSame, mayMakeMessage }
}

export async function findWaiting(db: Db): Promise<{ readonly id: string; readonly isClaimed: boolean } | undefined> {
  const { rows } = await db.query<{ id: string; is_claimed: boolean }>(
    `select id, coalesce(claimed_until > now(), false) as is_claimed from webhook_message where ${isWaiting}
     order by created_at, id limit 1 for update`,
  )
  return rows.map(({ id, is_claimed: isClaimed }) => ({ id, isClaimed }))[0]
}

export interface NewMessage {
  readonly content: WebhookMessage
  readonly alerts: number
  /** The message that it replaces. */
  readonly replaces: string | undefined
  /** It has alerts that no message had: its attempts begin again. */
  readonly isNew: boolean
}

export async function insertMessage(db: Db, { content, alerts, replaces, isNew }: NewMessage): Promise<void> {
  await db.query(
    `insert into webhook_message (id, content, alerts, created_at, attempts, next_at, problem, problem_at)
     select $1, $2, $3, coalesce(same.created_at, now()), coalesce(same.attempts, 0), coalesce(same.next_at, now()),
       old.problem, old.problem_at
     from (select) as one left join webhook_message as old on old.id = $4
       left join webhook_message as same on same.id = $4 and not $5`,
    [content.id, JSON.stringify(content), alerts, replaces ?? null, isNew],
  )
  if (isNew) await db.query('update second_channel set message_made_at = now()')
}

export async function deleteMessage(db: Db, id: string): Promise<void> {
  await db.query('delete from webhook_message where id = $1', [id])
}

export interface ClaimedMessage {
  readonly content: WebhookMessage
  readonly alerts: number
  /** This one included. */
  readonly attempts: number
  /** Whether it was made too long ago to be tried again after this attempt. */
  readonly isLast: boolean
}

/** Takes a message that is due, for as long as an attempt can take. Any number of replicas may call it. */
export async function claimMessage(
  db: Db,
  { claimSeconds, giveUpAfterHours }: { readonly claimSeconds: number; readonly giveUpAfterHours: number },
): Promise<ClaimedMessage | undefined> {
  const { rows } = await db.query<{ content: unknown; alerts: number; attempts: number; is_last: boolean }>(
    `update webhook_message set attempts = attempts + 1, claimed_until = now() + $1::integer * interval '1 second'
     where id = (
       select id from webhook_message
       where ${isWaiting} and next_at <= now() and coalesce(claimed_until <= now(), true)
       order by created_at, id limit 1 for update skip locked)
     returning content, alerts, attempts, created_at < now() - $2::integer * interval '1 hour' as is_last`,
    [claimSeconds, giveUpAfterHours],
  )
  return rows.map(({ content, alerts, attempts, is_last: isLast }) => ({
    content: WebhookMessage.parse(content),
    alerts,
    attempts,
    isLast,
  }))[0]
}

export async function markDelivered(db: Db, id: string): Promise<void> {
  await db.query('update webhook_message set delivered_at = now(), claimed_until = null where id = $1', [id])
}

/** @param problem one sentence */
export async function markGivenUp(db: Db, id: string, problem: string): Promise<void> {
  await db.query(
    `update webhook_message set given_up_at = now(), problem_at = now(), problem = $2, claimed_until = null
     where id = $1`,
    [id, problem],
  )
}

/** @param problem one sentence */
export async function markFailed(
  db: Db,
  id: string,
  { problem, delayMs }: { readonly problem: string; readonly delayMs: number },
): Promise<void> {
  await db.query(
    `update webhook_message set next_at = now() + $3::float8 * interval '1 millisecond', problem_at = now(),
       problem = $2, claimed_until = null where id = $1`,
    [id, problem, delayMs],
  )
}

/** The attempt was cut short by the end of this replica: it does not count, and another one may begin at once. */
export async function releaseClaim(db: Db, id: string): Promise<void> {
  await db.query('update webhook_message set claimed_until = null, attempts = attempts - 1 where id = $1', [id])
}

export interface ChannelState {
  /** Epoch ms. */
  readonly since: number | null
  /** Messages, and the alerts in them. */
  readonly waiting: number
  readonly waitingAlerts: number
  readonly lastDelivery: { readonly at: number; readonly alerts: number } | null
  readonly lastProblem: { readonly at: number; readonly problem: string; readonly givenUp: boolean } | null
}

/** A problem counts until a message is delivered after it. */
export async function readState(db: Db): Promise<ChannelState> {
  const { rows } = await db.query<ChannelState>(
    `with delivered as (
       select delivered_at, alerts from webhook_message where delivered_at is not null
       order by delivered_at desc limit 1),
     failed as (
       select problem_at, problem, given_up_at is not null as given_up from webhook_message
       where problem_at is not null and delivered_at is null order by problem_at desc limit 1)
     select (select ${msOf('on_since')} from second_channel) as since,
       (select count(*)::int from webhook_message where ${isWaiting}) as waiting,
       (select coalesce(sum(alerts), 0)::int from webhook_message where ${isWaiting}) as "waitingAlerts",
       (select jsonb_build_object('at', ${msOf('delivered_at')}, 'alerts', alerts) from delivered) as "lastDelivery",
       (select jsonb_build_object('at', ${msOf('problem_at')}, 'problem', problem, 'givenUp', given_up) from failed
        where problem_at > coalesce((select delivered_at from delivered), '-infinity')) as "lastProblem"`,
  )
  return rows[0] ?? { since: null, waiting: 0, waitingAlerts: 0, lastDelivery: null, lastProblem: null }
}

/** Deletes messages that were made `days` ago and do not wait. @returns how many */
export async function deleteOld(db: Db, { days, limit }: { days: number; limit: number }): Promise<number> {
  const { rowCount } = await db.query(
    `delete from webhook_message where id in (
       select id from webhook_message where created_at < now() - $1::integer * interval '1 day' and not (${isWaiting})
       order by id limit $2)`,
    [days, limit],
  )
  return rowCount ?? 0
}
