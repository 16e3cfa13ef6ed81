import type { z } from 'zod'
import type { Access } from '../session/role.ts'
import type { ProblemCode } from './problems.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The request body. `form`: also as multipart/form-data and x-www-form-urlencoded, with text fields. */
export interface OperationBody {
  readonly schema: z.ZodType
  readonly form?: boolean
  /** Larger than usual, bytes. For a call of an administrator. */
  readonly maxBytes?: number
  /** An empty body counts as an empty object. */
  readonly optional?: boolean
}

/**
 * One operation of the API, and its only description: the backend routes, validates and documents by it, the console
 * calls by it. `path` in Express' form (`/api/alerts/:id`). Unknown query parameters are ignored; an unknown field in a
 * body is refused.
 */
export interface Operation {
  readonly method: Method
  readonly path: string
  readonly access: Access
  readonly tag:
    | 'auth'
    | 'users'
    | 'nodes'
    | 'metrics'
    | 'thresholds'
    | 'rules'
    | 'alerts'
    | 'silences'
    | 'consoles'
    | 'mappings'
    | 'second-channel'
    | 'export'
    | 'audit'
    | 'system'
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: OperationBody
  /** Request headers that it uses besides the usual ones. */
  readonly headers?: ReadonlyArray<'if-match' | 'idempotency-key' | 'device-token'>
  readonly ok: {
    readonly status: 200 | 201 | 204
    /** Absent with 204 and for streams. */
    readonly body?: z.ZodType
    /** Not JSON: the handler streams it. */
    readonly type?: 'text/csv; charset=utf-8'
    /** A list: may carry `Link: <…>; rel="next"`. */
    readonly pages?: true
    /** Carries the version as `ETag: "<version>"`. */
    readonly etag?: true
    /** Carries the token of this device as `Device-Token`. */
    readonly deviceToken?: true
    /** Carries an `ETag` of its content, and is answered 304 if `If-None-Match` has it. */
    readonly conditional?: true
  }
  /** Problems of this operation, in addition to `commonProblems`. */
  readonly errors: readonly ProblemCode[]
}

/** Keeps the exact schema types for handler and client. */
export function defineOperation<const C extends Operation>(definition: C): C {
  return definition
}

type Out<S> = S extends z.ZodType ? z.output<S> : undefined
type In<S> = S extends z.ZodType ? z.input<S> : undefined

/** A handler's input: parsed, with defaults. */
export type ParamsOf<C extends Operation> = Out<C['params']>
export type QueryOf<C extends Operation> = Out<C['query']>
export type BodyOf<C extends Operation> = C['body'] extends OperationBody ? z.output<C['body']['schema']> : undefined
/** The response as sent. */
export type ResponseOf<C extends Operation> = Out<C['ok']['body']>

/** A client's input. */
export type ParamsIn<C extends Operation> = In<C['params']>
export type QueryIn<C extends Operation> = In<C['query']>
export type BodyIn<C extends Operation> = C['body'] extends OperationBody ? z.input<C['body']['schema']> : undefined
