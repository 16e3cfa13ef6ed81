/** Once per run: a real PostgreSQL with a migrated database that each test file clones. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { freePort } from '../../scripts/process/free-port.ts'
import { startPostgres } from '../../scripts/stack/servers/postgres-server.ts'
import { migrateSchema } from '../../src-backend/db/schema-migrations.ts'
import { createPool } from '../../src-backend/db/pool.ts'
import { nullLog } from './null-log.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the migrated template database. */
    postgresUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'remo-postgres-'))
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }
  const postgres = await startPostgres({ dir, port: await freePort(), settings })
  const pool = createPool({ url: postgres.url, size: 1, log: nullLog })
  await migrateSchema(pool)
  await pool.end()
  project.provide('postgresUrl', postgres.url)
  return async () => {
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}
