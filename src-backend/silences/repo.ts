import { silenceCodec } from '#shared/codec/domain-codecs.ts'
import { endOf } from '#shared/silence/schedule.ts'
import type { Silence } from '#shared/silence/silence.ts'
import type { Db } from '../db/db.ts'
import { storedValue } from '../http/needs-newer.ts'

/** Place of a silence in the list, newest first. */
export interface SilenceCursorValues {
  /** Epoch ms. */
  readonly createdAt: number
  readonly id: string
}

export interface SilenceFilter {
  /** Only those that have ended, or only the others; `undefined`: all. */
  readonly ended: boolean | undefined
  /** Only silences after this place. */
  readonly after: SilenceCursorValues | undefined
  readonly limit: number
  /** Epoch ms. */
  readonly now: number
}

const hasEnded = 'coalesce(ends_at <= to_timestamp($1::float8 / 1000), false)'

export async function listSilences(db: Db, { ended, after, limit, now }: SilenceFilter): Promise<Silence[]> {
  const { rows } = await db.query<{ silence: unknown }>(
    `select silence from silence
     where ($2::boolean is null or $2 = ${hasEnded})
       and ($3::float8 is null or (created_at, id) < (to_timestamp($3::float8 / 1000), $4::uuid))
     order by created_at desc, id desc limit $5`,
    [now, ended ?? null, after?.createdAt ?? null, after?.id ?? null, limit],
  )
  return rows.map(({ silence }) => read(silence))
}

export async function findSilence(db: Db, id: string): Promise<Silence | undefined> {
  const { rows } = await db.query<{ silence: unknown }>('select silence from silence where id = $1', [id])
  return rows.map(({ silence }) => read(silence))[0]
}

/** Locks the silence until the transaction ends. */
export async function lockSilence(db: Db, id: string): Promise<Silence | undefined> {
  const { rows } = await db.query<{ silence: unknown }>('select silence from silence where id = $1 for update', [id])
  return rows.map(({ silence }) => read(silence))[0]
}

/** @returns `false` if there is a silence with this id */
export async function insertSilence(db: Db, silence: Silence): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into silence (id, version, silence, created_at, ends_at)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000))
     on conflict (id) do nothing`,
    [silence.id, silence.version, silenceCodec.stringify(silence), silence.createdAt, endOf(silence) ?? null],
  )
  return rowCount === 1
}

/** Writes a new version of a locked silence. */
export async function updateSilence(db: Db, silence: Silence): Promise<void> {
  await db.query(
    'update silence set version = $2, silence = $3, ends_at = to_timestamp($4::float8 / 1000) where id = $1',
    [silence.id, silence.version, silenceCodec.stringify(silence), endOf(silence) ?? null],
  )
}

export async function countOpen(db: Db, now: number): Promise<number> {
  const { rows } = await db.query<{ n: number }>(`select count(*)::int as n from silence where not ${hasEnded}`, [now])
  return rows[0]?.n ?? 0
}

/** Differs if a silence that has not ended was added, changed, or has ended. Cheap. */
export async function openStamp(db: Db, now: number): Promise<string> {
  const { rows } = await db.query<{ stamp: string }>(
    `select coalesce(md5(string_agg(id || ' ' || version, ',' order by id)), '') as stamp
     from silence where not ${hasEnded}`,
    [now],
  )
  return rows[0]?.stamp ?? ''
}

/** The silences that have not ended. One that only a newer version can read is left out: it hides nothing here. */
export async function readOpen(db: Db, now: number, limit: number): Promise<Silence[]> {
  const { rows } = await db.query<{ silence: unknown }>(
    `select silence from silence where not ${hasEnded} order by id limit $2`,
    [now, limit],
  )
  return rows.flatMap(({ silence }) => {
    const decoded = silenceCodec.decode(silence)
    return decoded.ok ? [decoded.value] : []
  })
}

/** Deletes what ended before `before` (epoch ms). @returns the ids */
export async function deleteEnded(db: Db, { before, limit }: { before: number; limit: number }): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `delete from silence where id in (
       select id from silence where ends_at < to_timestamp($1::float8 / 1000) order by id limit $2 for update)
     returning id`,
    [before, limit],
  )
  return rows.map(({ id }) => id)
}

/** @throws NeedsNewerError for a silence that this version must not change */
function read(stored: unknown): Silence {
  const { id } = Object(stored) as { readonly id?: unknown }
  return storedValue(silenceCodec.decode(stored), `Silence ${String(id)}`)
}
