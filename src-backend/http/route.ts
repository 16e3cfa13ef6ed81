import type { Readable } from 'node:stream'
import type { ResponseOf, BodyOf, Operation, ParamsOf, QueryOf } from '#shared/rest/operation.ts'
import type { Role } from '#shared/session/role.ts'
import type { Db, Pool } from '../db/db.ts'
import type { EncodedBody } from './encoded-body.ts'

/** The caller of a request: from the access token, with the current role from the database. */
export interface Actor {
  readonly accountId: number
  readonly username: string
  readonly role: Role
  /** The sign-in that issued the token. */
  readonly familyId: string
}

/** Author, time and request of a change. An `ApiCall` is one. */
export interface ChangeAuthor {
  readonly actor: Actor
  /** Epoch ms. */
  readonly now: number
  readonly requestId: string
}

/** Everything that a handler can see. Handlers do not know Express. */
export interface ApiCall<C extends Operation> {
  readonly params: ParamsOf<C>
  readonly query: QueryOf<C>
  readonly body: BodyOf<C>
  readonly actor: C['access'] extends 'public' ? undefined : Actor
  /** For reads. */
  readonly pool: Pool
  /** For changes: one transaction, shared with the request's idempotency key. Call it once. */
  readonly tx: <T>(run: (db: Db) => Promise<T>) => Promise<T>
  /** Epoch ms. */
  readonly now: number
  readonly requestId: string
  /** Version that the client read (`If-Match: "3"`); `undefined` without the header and for `*`. */
  readonly ifMatch: number | undefined
  readonly idempotencyKey: string | undefined
  /** Token of a device that signed in before, unchecked. */
  readonly deviceToken: string | undefined
  /** Address of the client, for throttling. */
  readonly ip: string
  /** Path and query as received, for `Link`. */
  readonly url: string
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal
}

/** Response of a handler. */
export interface HandlerResult<C extends Operation> {
  readonly body?: ResponseOf<C>
  /** Instead of `body`, for contracts with `ok.conditional`. */
  readonly encoded?: EncodedBody
  /** For contracts with `ok.type`, or for a body too large for memory; then with its Content-Type. */
  readonly stream?: Readable
  /** Cursor of the next page, for contracts with `ok.pages`; absent on the last one. */
  readonly next?: string | undefined
  /** For contracts with `ok.etag`. */
  readonly version?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A contract with its handler: what the router mounts. */
export interface ApiRoute {
  readonly operation: Operation
  readonly handler: (call: ApiCall<Operation>) => Promise<HandlerResult<Operation>>
}

export function apiRoute<C extends Operation>(
  operation: C,
  handler: (call: ApiCall<C>) => Promise<HandlerResult<C>>,
): ApiRoute {
  return { operation, handler: handler as unknown as ApiRoute['handler'] }
}
