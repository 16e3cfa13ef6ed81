import type { z } from 'zod'
import type { Access } from '../session/role.ts'
import type { ProblemCode } from './problems.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** What a request carries in its body. `form`: also as multipart/form-data and x-www-form-urlencoded, of text fields. */
export interface OperationBody {
  readonly schema: z.ZodType
  readonly form?: boolean
  /** An empty body stands for an empty object. */
  readonly optional?: boolean
}

/**
 * One operation of the API, and the only description of it: the backend routes, checks and documents by it, the console
 * calls by it. `path` in Express' form (`/api/alerts/:id`). A query parameter that is not named is ignored; an unknown
 * field in a body is refused.
 */
export interface Operation {
  readonly method: Method
  readonly path: string
  readonly access: Access
  readonly tag:
    'auth' | 'users' | 'nodes' | 'metrics' | 'thresholds' | 'rules' | 'alerts' | 'export' | 'audit' | 'system'
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: OperationBody
  /** Names of request headers it looks at beyond the usual: `if-match`, `idempotency-key`. */
  readonly headers?: ReadonlyArray<'if-match' | 'idempotency-key'>
  readonly ok: {
    readonly status: 200 | 201 | 204
    /** Absent with 204 and for streams. */
    readonly body?: z.ZodType
    /** Anything but JSON: streamed by the handler. */
    readonly type?: 'text/csv; charset=utf-8'
    /** A list: may carry `Link: <…>; rel="next"`. */
    readonly pages?: true
    /** Carries the version as `ETag: "<version>"`. */
    readonly etag?: true
  }
  /** Beyond those that every operation may answer: see `commonProblems`. */
  readonly errors: readonly ProblemCode[]
}

/** Keeps the exact types of schemas, so that handler and client are typed by them. */
export function defineOperation<const C extends Operation>(definition: C): C {
  return definition
}

type Out<S> = S extends z.ZodType ? z.output<S> : undefined
type In<S> = S extends z.ZodType ? z.input<S> : undefined

/** What a handler gets: parsed, with defaults filled in. */
export type ParamsOf<C extends Operation> = Out<C['params']>
export type QueryOf<C extends Operation> = Out<C['query']>
export type BodyOf<C extends Operation> = C['body'] extends OperationBody ? z.output<C['body']['schema']> : undefined
/** What goes over the wire in the answer. */
export type ResponseOf<C extends Operation> = Out<C['ok']['body']>

/** What a client gives. */
export type ParamsIn<C extends Operation> = In<C['params']>
export type QueryIn<C extends Operation> = In<C['query']>
export type BodyIn<C extends Operation> = C['body'] extends OperationBody ? z.input<C['body']['schema']> : undefined
