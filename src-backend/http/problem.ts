import type { ErrorRequestHandler, Response } from 'express'
import type { Log } from '#shared/log.ts'
import { type Problem, type ProblemCode, problems } from '#shared/rest/problems.ts'
import { databaseProblem } from '../db/database-error.ts'

type Extra = Partial<Pick<Problem, 'issues' | 'version'>> & { readonly retryAfterSeconds?: number }

/**
 * A response with an error status, thrown anywhere below a handler. `message` is the `detail`: one sentence for a
 * person.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ProblemCode
  readonly extra: Extra

  constructor(code: ProblemCode, detail: string, extra: Extra = {}) {
    super(detail)
    this.code = code
    this.extra = extra
  }
}

/** `throw apiError('node_not_found', 'There is no node web-7.')` */
export function apiError(code: ProblemCode, detail: string, extra: Extra = {}): ApiError {
  return new ApiError(code, detail, extra)
}

/** Error fields of Express, its body parsers and multer. */
interface LibraryError {
  readonly code?: unknown
  readonly type?: unknown
  readonly status?: unknown
}

/** The problem of an error; `undefined` for an unexpected error. */
function apiErrorOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error
  if (error instanceof URIError) return notWellFormed()
  const given = Object(error) as LibraryError
  return ofRequest(given) ?? ofDatabase(error)
}

/** Errors of Express and its body parsers. */
function ofRequest({ code, type, status }: LibraryError): ApiError | undefined {
  if (typeof type === 'string') return bodyProblems[type as keyof typeof bodyProblems]?.()
  if (typeof code === 'string' && code.startsWith('LIMIT_'))
    return apiError('payload_too_large', 'The form is too large.')
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  return status === 400 ? notWellFormed() : apiError('invalid_request', 'A request header is not valid.')
}

function notWellFormed(): ApiError {
  return apiError('invalid_request', 'The URL is malformed.')
}

function ofDatabase(error: unknown): ApiError | undefined {
  switch (databaseProblem(error)) {
    case 'invalid-value':
      return apiError('invalid_request', 'A text or number in the request cannot be stored.')
    case 'unavailable':
      return apiError('unavailable', 'The database does not answer. Try again later.', { retryAfterSeconds: 5 })
    case undefined:
      return undefined
  }
}

export function problemOf(failure: ApiError, requestId: string): Problem {
  const { status, title } = problems[failure.code]
  const { issues, version } = failure.extra
  return {
    type: `urn:remo:problem:${failure.code}`,
    title,
    status,
    code: failure.code,
    detail: failure.message,
    requestId,
    ...(issues === undefined ? {} : { issues }),
    ...(version === undefined ? {} : { version }),
  }
}

/** Error types of body-parser. */
const bodyProblems = {
  'entity.too.large': () => apiError('payload_too_large', 'The request body must be at most 100 KB.'),
  'entity.parse.failed': () => apiError('malformed_body', 'The body is not JSON.'),
  'entity.verify.failed': () => apiError('malformed_body', 'The body is not JSON.'),
  'encoding.unsupported': () => apiError('unsupported_media_type', 'This content encoding is not supported.'),
  'charset.unsupported': () => apiError('unsupported_media_type', 'The request body must be UTF-8.'),
  'request.size.invalid': () => apiError('malformed_body', 'The request body does not match Content-Length.'),
  'request.aborted': () => apiError('malformed_body', 'The request body is incomplete.'),
  'parameters.too.many': () => apiError('payload_too_large', 'The form has too many fields.'),
} satisfies Record<string, () => ApiError>

/**
 * The last handler: turns every error into problem+json. Unexpected errors are logged, and the client gets no detail.
 */
export function problemHandler(log: Log): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- Express recognizes error handlers by their four parameters
  return (error: unknown, req, res, _next) => {
    const known = apiErrorOf(error)
    const failure =
      known ?? apiError('internal', 'The request failed. The backend log has the cause under this request ID.')
    logProblem(log, {
      failure,
      cause: error,
      method: req.method,
      path: req.path,
      requestId: String(res.locals['requestId']),
    })
    if (res.headersSent)
      res.destroy() // a stream broke off: its reader sees that it is incomplete
    else sendProblem(res, failure)
  }
}

function sendProblem(res: Response, failure: ApiError): void {
  const body = problemOf(failure, String(res.locals['requestId']))
  // otherwise a cache may store a 404 or 405 (RFC 9111, 4.2.2)
  res.set('Cache-Control', 'no-store')
  const { retryAfterSeconds } = failure.extra
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  if (body.status === 401) res.set('WWW-Authenticate', 'Bearer realm="remo"')
  // the unread body must not be parsed as the next request
  if (body.status === 413) res.set('Connection', 'close')
  res.status(body.status).type('application/problem+json').send(JSON.stringify(body))
}

interface LoggedProblem {
  readonly failure: ApiError
  readonly cause: unknown
  readonly method: string
  readonly path: string
  readonly requestId: string
}

function logProblem(log: Log, { failure, cause, ...request }: LoggedProblem): void {
  const { code } = failure
  const { status } = problems[code]
  if (code === 'internal') log.error('request failed', { ...request, cause })
  else if (status === 503) log.warn('request failed: unavailable', { ...request, code, cause: String(cause) })
  else if (status === 401 || status === 403 || status === 429) log.info('request refused', { ...request, code })
  else log.debug('request refused', { ...request, code, detail: failure.message })
}
