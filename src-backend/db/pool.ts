import type { Log } from '#shared/log.ts'
import pg from 'pg'

const connectWithinMs = 5_000
/** A statement that takes longer is ended by PostgreSQL. */
const statementWithinMs = 5_000
/** A server that says nothing for so long is gone, though its connection is not: frozen, or behind a dead line. */
const answerWithinMs = 10_000

export interface PoolOptions {
  readonly url: string
  /** Connections at most. */
  readonly size: number
  readonly log: Log
  /** For migrations: no limit on a statement. */
  readonly statementsTakeTime?: boolean
}

/** Connections to PostgreSQL. Made at once, opened when needed: a server that is away is nobody's crash. */
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
  // On its way from the pool to its user nobody listens to a connection, and an error that nobody hears ends the
  // process. The next statement tells the user.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
