import type { Pool, PoolClient } from 'pg'

/** What a repo needs. A function that takes a `Db` runs in the transaction of its caller, or in none. */
export type Db = Pick<PoolClient, 'query'>
export type { Pool }
