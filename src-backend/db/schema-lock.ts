import type { Db } from './db.ts'
import { knownMigrations } from './migrations.ts'
import { readApplied, schemaState } from './schema.ts'

/** Any number, the same in every replica. */
const lock = 7_272_737_669

/** One migration at a time, and none while a transaction holds the schema: until this transaction ends. */
export async function holdSchemaAlone(db: Db): Promise<void> {
  await db.query('select pg_advisory_xact_lock($1)', [lock])
}

/**
 * Keeps the schema as it is until this transaction ends, and looks whether this code may work on it. Without it a
 * migration that commits between two statements would be met by code that does not know it.
 * @throws SchemaTooNewError when a newer backend has migrated the database since, and this one cannot go on
 */
export async function holdSchema(db: Db): Promise<void> {
  await db.query('select pg_advisory_xact_lock_shared($1)', [lock])
  schemaState(knownMigrations, await readApplied(db))
}
