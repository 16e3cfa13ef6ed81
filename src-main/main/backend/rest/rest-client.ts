import type { z } from 'zod'
import { tolerant } from '#shared/codec/tolerant.ts'
import { deviceTokenHeader } from '#shared/rest/auth.ts'
import type { ResponseOf, Operation } from '#shared/rest/operation.ts'
import { Problem } from '#shared/rest/problems.ts'
import { restRequest } from './rest-request.ts'
import type { OperationInput } from './rest-request.ts'
import { unreachableSentence } from './unreachable-sentence.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** `unreachable`: no response of a backend. `signed-out`: not sent, because no user is signed in. */
export type BackendFailure =
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'problem'; readonly problem: Problem; readonly retryAfterSeconds?: number }
  | { readonly kind: 'signed-out' }

export type BackendResult<C extends Operation> =
  | {
      readonly ok: true
      readonly body: ResponseOf<C>
      /** Cursor of the next page. */
      readonly next?: string
      /** For the next sign-in of this user. */
      readonly deviceToken?: string
    }
  | { readonly ok: false; readonly failure: BackendFailure }

/** Calls the API: as the bare client, or as the operator session's user. */
export type CallBackend = <C extends Operation>(contract: C, input: OperationInput<C>) => Promise<BackendResult<C>>

/** HTTP status of the response. */
export type ResponseSeen = number | 'unreachable'

export interface RestClientDeps {
  readonly url: string
  readonly fetch: Fetch
  /** Called after every request. */
  readonly onResponse: (contract: Operation, answer: ResponseSeen) => void
}

export interface CallOptions {
  /** Access token of the user. */
  readonly token?: string
  readonly limitMs?: number
}

const defaultLimitMs = 10_000

/** The API of one backend, typed by its contracts. Never throws: failures are results. */
export class RestClient {
  readonly #deps: RestClientDeps

  constructor(deps: RestClientDeps) {
    this.#deps = deps
  }

  async call<C extends Operation>(
    contract: C,
    input: OperationInput<C>,
    { token, limitMs = defaultLimitMs }: CallOptions = {},
  ): Promise<BackendResult<C>> {
    const { url, init } = restRequest(this.#deps.url, contract, input)
    const headers = token === undefined ? init.headers : { ...init.headers, authorization: `Bearer ${token}` }
    try {
      const response = await this.#deps.fetch(url, { ...init, headers, signal: AbortSignal.timeout(limitMs) })
      const text = await response.text()
      return this.#resultOf(contract, response, text)
    } catch (cause) {
      return this.#unreachable(contract, unreachableSentence(cause, limitMs))
    }
  }

  #resultOf<C extends Operation>(contract: C, response: Response, text: string): BackendResult<C> {
    const { status, headers } = response
    const body = parsed(text)
    if (status === contract.ok.status) {
      const answer = answerSchema(contract)?.safeParse(body)
      if (answer?.success === false)
        return this.#unreachable(contract, 'This version of ReMo does not understand its response.')
      this.#deps.onResponse(contract, status)
      return { ok: true, body: answer?.data as ResponseOf<C>, ...fromHeaders(headers) }
    }
    const problem = TolerantProblem.safeParse(body)
    // A proxy in between sends its own error pages.
    if (!problem.success)
      return this.#unreachable(contract, `The server at that URL is not a ReMo backend (status ${status}).`)
    this.#deps.onResponse(contract, status)
    const retryAfter = Number(headers.get('retry-after') ?? NaN)
    const wait = Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}
    return { ok: false, failure: { kind: 'problem', problem: problem.data, ...wait } }
  }

  #unreachable(contract: Operation, detail: string): { readonly ok: false; readonly failure: BackendFailure } {
    this.#deps.onResponse(contract, 'unreachable')
    return { ok: false, failure: { kind: 'unreachable', detail } }
  }
}

const TolerantProblem = tolerant(Problem, 'drop')
const answerSchemas = new WeakMap<z.ZodType, z.ZodType>()

/** A backend of a newer version sends additional fields. */
function answerSchema({ ok: { body } }: Operation): z.ZodType | undefined {
  if (body === undefined) return undefined
  const known = answerSchemas.get(body) ?? tolerant(body, 'drop')
  answerSchemas.set(body, known)
  return known
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON: the schema rejects it like any wrong body
  }
}

function fromHeaders(headers: Headers): { readonly next?: string; readonly deviceToken?: string } {
  const next = nextCursor(headers.get('link'))
  const deviceToken = headers.get(deviceTokenHeader)
  return { ...(next === undefined ? {} : { next }), ...(deviceToken === null ? {} : { deviceToken }) }
}

/** `</api/users?cursor=abc>; rel="next"` → `abc` */
function nextCursor(link: string | null): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="next"/.exec(link ?? '')?.[1]
  return target === undefined ? undefined : (new URL(target, 'http://backend').searchParams.get('cursor') ?? undefined)
}
