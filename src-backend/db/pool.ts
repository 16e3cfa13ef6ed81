import type { Log } from '#shared/log.ts'
import pg from 'pg'

const connectWithinMs = 5_000
/** PostgreSQL ends a statement that takes longer. */
const statementWithinMs = 5_000
/** A server that does not answer for this long is gone, although its connection is open: frozen, or behind a dead network. */
const answerWithinMs = 10_000

export interface PoolOptions {
  readonly url: string
  /** Maximum number of connections. */
  readonly size: number
  readonly log: Log
  /** For migrations: no limit on a statement. */
  readonly statementsTakeTime?: boolean
}

/** A connection pool. It connects on demand, so an unreachable server never crashes the process. */
export function createPool({ url, size, log, statementsTakeTime = false }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    application_name: 'remo-backend',
    connectionTimeoutMillis: connectWithinMs,
    ...(statementsTakeTime ? {} : { statement_timeout: statementWithinMs, query_timeout: answerWithinMs }),
    idle_in_transaction_session_timeout: 30_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  })
  pool.on('error', (cause) => log.warn('idle PostgreSQL connection lost', { cause: cause.message }))
  // Between the pool and its user a connection has no error listener, and an unhandled error ends the process. The next
  // statement reports the error to the user.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
