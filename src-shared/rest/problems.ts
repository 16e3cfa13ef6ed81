import { z } from 'zod'

/** What can go wrong with a request: code → status and title of the answer (RFC 9457). Documented in docs/errors.md. */
export const problems = {
  invalid_request: { status: 400, title: 'The request does not fit what is expected.' },
  malformed_body: { status: 400, title: 'The body cannot be read.' },
  weak_password: { status: 400, title: 'The password is too weak.' },
  unauthenticated: { status: 401, title: 'Sign in first.' },
  invalid_credentials: { status: 401, title: 'User name or password is wrong.' },
  session_ended: { status: 401, title: 'This session has ended. Sign in again.' },
  account_disabled: { status: 403, title: 'This account is disabled.' },
  forbidden: { status: 403, title: 'Your role does not allow this.' },
  registration_closed: { status: 403, title: 'Accounts are made by an administrator here.' },
  setup_refused: { status: 403, title: 'The set-up token is wrong, or set-up is done already.' },
  not_found: { status: 404, title: 'There is nothing at this address.' },
  node_not_found: { status: 404, title: 'There is no such node.' },
  threshold_not_found: { status: 404, title: 'There is no such threshold.' },
  rule_not_found: { status: 404, title: 'There is no such rule.' },
  alert_not_found: { status: 404, title: 'There is no such alert.' },
  user_not_found: { status: 404, title: 'There is no such user.' },
  method_not_allowed: { status: 405, title: 'This address does not know that method.' },
  version_conflict: { status: 409, title: 'It was changed meanwhile.' },
  rule_exists: { status: 409, title: 'There is a rule for this metric and scope already.' },
  user_exists: { status: 409, title: 'This user name or address is taken.' },
  last_admin: { status: 409, title: 'At least one administrator must remain.' },
  idempotency_mismatch: { status: 409, title: 'This idempotency key was used for another request.' },
  payload_too_large: { status: 413, title: 'The body is too large.' },
  unsupported_media_type: { status: 415, title: 'This kind of body is not understood here.' },
  too_many_requests: { status: 429, title: 'Too many requests.' },
  internal: { status: 500, title: 'Something went wrong here.' },
  unavailable: { status: 503, title: 'Not available at the moment.' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** What any operation may answer, so that contracts name only what is theirs. */
export const commonProblems = [
  'invalid_request',
  'method_not_allowed',
  'too_many_requests',
  'internal',
  'unavailable',
] as const satisfies readonly ProblemCode[]

/** What any operation with a body may answer, for the `errors` of its contract. */
export const bodyErrors = [
  'malformed_body',
  'payload_too_large',
  'unsupported_media_type',
] as const satisfies readonly ProblemCode[]

/** The body of every answer that is not ok: `application/problem+json`. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
  /** One sentence for a person. */
  detail: z.string(),
  requestId: z.string(),
  /** What exactly does not fit: where (`body.username`, `query.limit`) and why. */
  issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  /** With `version_conflict`: the version that is in force. */
  version: z.int().optional(),
})
export type Problem = z.infer<typeof Problem>
