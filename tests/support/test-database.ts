import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { createPool } from '../../src-backend/db/pool.ts'
import { markCompared } from '../../src-backend/outbox/team-database.ts'
import { nullLog } from './null-log.ts'

export interface TestDatabase {
  readonly url: string
  readonly pool: pg.Pool
  /** Closes the pool and drops the database. */
  end(): Promise<void>
}

/** A new migrated, empty database; cloning takes some 50 ms. */
export async function testDatabase(): Promise<TestDatabase> {
  const template = new URL(inject('postgresUrl'))
  const name = `test_${randomBytes(8).toString('hex')}`
  await inMaintenance(`create database ${name} template ${template.pathname.slice(1)}`)
  const url = new URL(template)
  url.pathname = `/${name}`
  const pool = createPool({ url: url.href, size: 20, log: nullLog })
  // A clone has the id of its template; no relay compares it with Kafka.
  await pool.query('update team_database set id = gen_random_uuid()')
  await markCompared(pool)
  return {
    url: url.href,
    pool,
    end: async () => {
      await pool.end()
      await inMaintenance(`drop database ${name} with (force)`)
    },
  }
}

/** Connects to another database: PostgreSQL clones a template only while it has no connections. */
async function inMaintenance(sql: string): Promise<void> {
  const url = new URL(inject('postgresUrl'))
  url.pathname = '/postgres'
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
