import type { Problem } from '#shared/rest/problems.ts'
import { problems } from '#shared/rest/problems.ts'
import { databaseProblem } from '../db/database-error.ts'
import { apiError, ApiError } from './fail.ts'

/** What an error of a library may have. */
interface LibraryError {
  readonly code?: unknown
  readonly type?: unknown
  readonly status?: unknown
}

/** An error of any kind as a failure that may be told; `undefined` for one that nobody expected. */
export function apiErrorOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error
  if (error instanceof URIError) return notWellFormed()
  const given = Object(error) as LibraryError
  return ofRequest(given) ?? ofDatabase(error)
}

/** What Express and its parsers of bodies say. */
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

/** What body-parser says is wrong with a body, by its own names. */
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
