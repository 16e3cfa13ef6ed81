import { deviceTokenHeader } from '#shared/rest/auth.ts'
import type { BodyIn, Operation, ParamsIn, QueryIn } from '#shared/rest/operation.ts'

/** Input of an operation: exactly the sections of its contract. */
export type OperationInput<C extends Operation> = Part<'params', ParamsIn<C>> &
  Part<'query', QueryIn<C>> &
  Part<'body', BodyIn<C>> & {
    /** The edited version. */
    readonly ifMatch?: number
    readonly idempotencyKey?: string
    /** The one of this user's last sign-in. */
    readonly deviceToken?: string
  }

type Part<Name extends string, T> = [T] extends [undefined]
  ? { readonly [N in Name]?: never }
  : Record<never, never> extends T
    ? { readonly [N in Name]?: T }
    : { readonly [N in Name]: T }

export interface RestRequest {
  readonly url: string
  readonly init: RequestInit & { readonly headers: Readonly<Record<string, string>> }
}

/** Values of a path or query, as text. */
type Texts = Readonly<Record<string, string | undefined>>

/** The request of one operation. `base` may have a path, as behind a proxy. */
export function restRequest<C extends Operation>(base: string, contract: C, input: OperationInput<C>): RestRequest {
  const path = contract.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent((input.params as Texts | undefined)?.[name] ?? ''),
  )
  const query = new URLSearchParams(
    Object.entries((input.query ?? {}) as Texts).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const search = query.size === 0 ? '' : `?${query.toString()}`
  const headers: Record<string, string> = { accept: 'application/json' }

  if (input.body !== undefined) headers['content-type'] = 'application/json'
  if (input.ifMatch !== undefined) headers['if-match'] = `"${input.ifMatch}"`
  if (input.idempotencyKey !== undefined) headers['idempotency-key'] = input.idempotencyKey
  if (input.deviceToken !== undefined) headers[deviceTokenHeader] = input.deviceToken
  const body = input.body === undefined ? {} : { body: JSON.stringify(input.body) }
  return {
    url: `${base.replace(/\/+$/, '')}${path}${search}`,
    // A redirect would send the token to another address. Nothing may be cached.
    init: {
      method: contract.method.toUpperCase(),
      headers,
      ...body,
      redirect: 'error',
      cache: 'no-store',
      credentials: 'omit',
    },
  }
}
