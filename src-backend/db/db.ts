import type { Pool, PoolClient } from 'pg'

/** What a repo needs. A function that takes a `Db` runs in its caller's transaction, or in none. */
export type Db = Pick<PoolClient, 'query'>
export type { Pool }
