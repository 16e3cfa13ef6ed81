import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Db } from '../db/db.ts'
import { apiError } from './problem.ts'

/** A request with an Idempotency-Key. `body` is the parsed one. */
export interface KeyedRequest {
  readonly accountId: number
  readonly key: string
  readonly method: string
  readonly path: string
  readonly body: unknown
}

export interface StoredResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const Headers = z.record(z.string(), z.string())

/**
 * The stored response of the same request. Requests with the same key wait for each other until the transaction ends.
 * @throws ApiError `idempotency_mismatch` if the key belongs to another request
 */
export async function findResponse(db: Db, request: KeyedRequest): Promise<StoredResponse | undefined> {
  await db.query('select pg_advisory_xact_lock($1, hashtext($2))', [request.accountId, request.key])
  const { rows } = await db.query<{ request: Buffer; status: number; headers: unknown; body: unknown }>(
    'select request, status, headers, body from idempotency where account_id = $1 and key = $2',
    [request.accountId, request.key],
  )
  const [row] = rows
  if (!row) return undefined
  if (!row.request.equals(hashOf(request))) {
    throw apiError('idempotency_mismatch', 'This Idempotency-Key was already used for another request.')
  }
  return { status: row.status, headers: Headers.parse(row.headers), body: row.body ?? undefined }
}

/** Stores the response in the transaction of the change, so neither exists without the other. */
export async function saveResponse(db: Db, request: KeyedRequest, response: StoredResponse): Promise<void> {
  await db.query(
    'insert into idempotency (account_id, key, request, status, headers, body) values ($1, $2, $3, $4, $5, $6)',
    [
      request.accountId,
      request.key,
      hashOf(request),
      response.status,
      JSON.stringify(response.headers),
      JSON.stringify(response.body ?? null), // null: a response without a body
    ],
  )
}

function hashOf({ method, path, body }: KeyedRequest): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([method, path, body ?? null]))
    .digest()
}
