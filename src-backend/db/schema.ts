import type { Db } from './db.ts'
import { type Migration, numberOf } from './migrations.ts'

/** A row of the table `migration`. */
export interface Applied {
  readonly name: string
  readonly hash: string
  /** As in `Migration`. */
  readonly replicasSince: number
}

/** The database needs a newer backend. Only an upgrade or a restore helps. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError'

  constructor(migrations: readonly Applied[]) {
    super(
      `The database is newer than this backend: it has ${namesOf(migrations)}, which this version cannot work with. ` +
        'Run the version that made it, or a newer one.',
    )
  }
}

/** Difference between the database and this code. */
export interface SchemaState {
  /** Oldest first. */
  readonly pending: readonly Migration[]
  /** Migrations of a newer backend that this version can work with. */
  readonly newer: readonly Applied[]
}

/**
 * Compares the database with this code.
 * @throws SchemaTooNewError if a migration of a newer backend needs newer replicas
 * @throws Error if another branch, or another version of an applied file, created the database
 */
export function schemaState(all: readonly Migration[], applied: readonly Applied[]): SchemaState {
  for (const [i, { name, hash }] of applied.slice(0, all.length).entries()) {
    const ours = all[i] as Migration
    if (ours.name !== name) {
      throw new Error(`The database was created by another backend: it has ${name} where this one has ${ours.name}.`)
    }
    if (ours.hash !== hash)
      throw new Error(`${name} was changed after it was applied. A change belongs in a new migration.`)
  }
  const newer = applied.slice(all.length)
  const level = numberOf(all.at(-1)?.name ?? '0')
  const tooNew = newer.filter(({ replicasSince }) => replicasSince > level)
  if (tooNew.length > 0) throw new SchemaTooNewError(tooNew)
  return { pending: all.slice(applied.length), newer }
}

/** Oldest first. A database of 0.1.0 has no column `replicas_since`, and no newer migration either. */
export async function readApplied(db: Db): Promise<Applied[]> {
  const { rows } = await db.query<{ name: string; hash: string; since: number | null }>(
    `select name, hash, (to_jsonb(migration) ->> 'replicas_since')::int as since
     from migration order by name limit 10000`,
  )
  return rows.map(({ name, hash, since }) => ({ name, hash, replicasSince: since ?? numberOf(name) }))
}

export const namesOf = (migrations: ReadonlyArray<{ readonly name: string }>): string =>
  migrations.map(({ name }) => name).join(', ')
