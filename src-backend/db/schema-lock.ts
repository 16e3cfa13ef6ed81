import type { Db } from './db.ts'
import { knownMigrations } from './migrations.ts'
import { readApplied, schemaState } from './schema.ts'

/** Any number, the same in every replica. */
const lock = 7_272_737_669

/** Locks the schema for one migration, until this transaction ends. Waits for transactions that hold the schema. */
export async function holdSchemaAlone(db: Db): Promise<void> {
  await db.query('select pg_advisory_xact_lock($1)', [lock])
}

/**
 * Keeps the schema unchanged until this transaction ends, and checks whether this code may use it. Otherwise a
 * migration could commit between two statements.
 * @throws SchemaTooNewError if a newer backend has migrated the database and this version cannot work with it
 */
export async function holdSchema(db: Db): Promise<void> {
  await db.query('select pg_advisory_xact_lock_shared($1)', [lock])
  schemaState(knownMigrations, await readApplied(db))
}
