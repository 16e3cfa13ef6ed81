import type { Db, Pool } from './db.ts'

/** Runs a function in one transaction: commits when it returns, rolls back when it throws. */
export async function withTx<T>(pool: Pool, run: (db: Db) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const lost = (cause: Error): void => {
    broken = cause
  }
  // Between two statements the client has no error listener, and an unhandled error ends the process.
  client.on('error', lost)
  try {
    await client.query('begin')
    const result = await run(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(lost)
    throw error
  } finally {
    client.off('error', lost)
    client.release(broken) // a broken client is destroyed, not pooled
  }
}
