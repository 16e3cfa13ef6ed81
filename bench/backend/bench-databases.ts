import { dayMs } from '#shared/format/time-units.ts'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { freePort } from '../../scripts/process/free-port.ts'
import { type Postgres, startPostgres } from '../../scripts/stack/servers/postgres-server.ts'
import { migrateSchema } from '../../src-backend/db/schema-migrations.ts'
import { createPool } from '../../src-backend/db/pool.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { nullLog } from '../../tests/support/null-log.ts'

export interface Database {
  readonly url: string
  readonly pool: Pool
  /** Closes the pool and drops the database. */
  drop(): Promise<void>
}

const template = 'bench_template'

/** A PostgreSQL with default settings, none of them traded for speed, and fresh databases on it. */
export class Databases {
  readonly #server: Postgres
  readonly #maintenance: Pool
  #made = 0

  private constructor(server: Postgres) {
    this.#server = server
    this.#maintenance = poolOf(server.url, 1)
  }

  static async start(dir: string): Promise<Databases> {
    const databases = new Databases(await startPostgres({ dir: join(dir, 'postgres'), port: await freePort() }))
    await databases.#makeTemplate()
    return databases
  }

  /** Migrated and empty, with partitions for yesterday, today and tomorrow. A checkpoint has flushed earlier writes. */
  async make(): Promise<Database> {
    const name = `bench_${this.#made++}`
    await this.#maintenance.query(`create database ${name} template ${template}`)
    await this.#maintenance.query('checkpoint')
    const url = this.#urlOf(name)
    const pool = poolOf(url, 4)
    return {
      url,
      pool,
      drop: async () => {
        await pool.end()
        await this.#maintenance.query(`drop database ${name} with (force)`)
      },
    }
  }

  async stop(): Promise<void> {
    await this.#maintenance.end()
    await this.#server.stop()
  }

  async #makeTemplate(): Promise<void> {
    await this.#maintenance.query(`create database ${template}`)
    const pool = poolOf(this.#urlOf(template), 1)
    await migrateSchema(pool)
    const now = Date.now()
    await ensurePartitions(pool, [now - dayMs, now, now + dayMs])
    await pool.end()
  }

  #urlOf(name: string): string {
    const url = new URL(this.#server.url)
    url.pathname = `/${name}`
    return url.href
  }
}

function poolOf(url: string, size: number): Pool {
  return createPool({ url, size, log: nullLog, statementsTakeTime: true })
}
