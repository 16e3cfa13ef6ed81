import type { Db } from '../db/db.ts'

/** Identity of this database in Kafka. */
export interface TeamDatabase {
  readonly id: string
  /** Records without a database id may be its own: ReMo 0.1.0 published them. */
  readonly hasUnmarked: boolean
}

/**
 * Start time of the server, database, and file of this table. A restore changes at least one of them: a new server or
 * database, a restart on other files, or tables that were created again.
 */
const fingerprint = `concat_ws('/', extract(epoch from pg_postmaster_start_time()),
  (select oid from pg_database where datname = current_database()), pg_relation_filenode('team_database'))`

export async function readTeamDatabase(db: Db): Promise<TeamDatabase> {
  const { rows } = await db.query<{ id: string; has_unmarked: boolean }>('select id, has_unmarked from team_database')
  const [row] = rows
  if (row === undefined) throw new Error('team_database has no row')
  return { id: row.id, hasUnmarked: row.has_unmarked }
}

/** Whether this database, in this run of its server, was compared with the team topics. */
export async function isCompared(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ same: boolean }>(
    `select compared_as is not distinct from ${fingerprint} as same from team_database`,
  )
  return rows[0]?.same === true
}

export async function markCompared(db: Db): Promise<void> {
  await db.query(`update team_database set compared_as = ${fingerprint}`)
}

/** New alerts start above this version. */
export async function alertVersionsAbove(db: Db): Promise<number> {
  const { rows } = await db.query<{ above: number }>('select alert_versions_above as above from team_database')
  return rows[0]?.above ?? 0
}

/** Raises the version that new alerts start above. Never lowers it. */
export async function raiseAlertVersions(db: Db, above: number): Promise<void> {
  await db.query('update team_database set alert_versions_above = greatest(alert_versions_above, $1)', [above])
}

/** Consumer group of all replicas of one backend: `remo-backend-…`, with a team `remo-<team>-backend-…`. */
export function backendGroup(prefix: string, { id }: Pick<TeamDatabase, 'id'>): string {
  return `${prefix}backend-${id.replaceAll('-', '').slice(0, 12)}`
}
