import { z } from 'zod'

/** Problems of a request: code → status and title of the response (RFC 9457). Documented in docs/errors.md. */
export const problems = {
  invalid_request: { status: 400, title: 'The request is not valid.' },
  malformed_body: { status: 400, title: 'The request body cannot be read.' },
  weak_password: { status: 400, title: 'The password is too weak.' },
  unauthenticated: { status: 401, title: 'Sign in first.' },
  invalid_credentials: { status: 401, title: 'Wrong username or password.' },
  session_ended: { status: 401, title: 'This session has ended. Sign in again.' },
  account_disabled: { status: 403, title: 'This account is disabled.' },
  forbidden: { status: 403, title: 'Your role does not allow this.' },
  registration_closed: { status: 403, title: 'Registration is closed. Ask an administrator for an account.' },
  setup_refused: { status: 403, title: 'The setup token is wrong or already used.' },
  not_found: { status: 404, title: 'No route matches this path.' },
  node_not_found: { status: 404, title: 'Node not found.' },
  threshold_not_found: { status: 404, title: 'Threshold not found.' },
  rule_not_found: { status: 404, title: 'Rule not found.' },
  alert_not_found: { status: 404, title: 'Alert not found.' },
  silence_not_found: { status: 404, title: 'Silence not found.' },
  mapping_not_found: { status: 404, title: 'This topic has no mapping.' },
  user_not_found: { status: 404, title: 'User not found.' },
  method_not_allowed: { status: 405, title: 'This path does not support that method.' },
  version_conflict: { status: 409, title: 'It has changed since you read it.' },
  rule_exists: { status: 409, title: 'A rule for this metric and scope already exists.' },
  patterns_overlap: { status: 409, title: 'Two patterns match the same node.' },
  rules_managed: { status: 409, title: 'The rules are managed from a file.' },
  silence_exists: { status: 409, title: 'Another silence has this id.' },
  silence_ended: { status: 409, title: 'This silence has ended.' },
  mapping_fixed: { status: 409, title: 'The mapping of this topic is in a file of the backend.' },
  too_many_mappings: { status: 409, title: 'There are too many mappings.' },
  second_channel_off: { status: 409, title: 'No second channel is configured.' },
  user_exists: { status: 409, title: 'This username or email address is taken.' },
  last_admin: { status: 409, title: 'At least one administrator must remain.' },
  idempotency_mismatch: { status: 409, title: 'This idempotency key was already used for another request.' },
  payload_too_large: { status: 413, title: 'The request body is too large.' },
  unsupported_media_type: { status: 415, title: 'This content type is not supported.' },
  too_many_requests: { status: 429, title: 'Too many requests.' },
  internal: { status: 500, title: 'The backend failed to process the request.' },
  unavailable: { status: 503, title: 'The backend is temporarily unavailable.' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** Problems of any operation. Contracts name only their own. */
export const commonProblems = [
  'invalid_request',
  'method_not_allowed',
  'too_many_requests',
  'internal',
  'unavailable',
] as const satisfies readonly ProblemCode[]

/** Problems of any operation with a body, for the `errors` of its contract. */
export const bodyProblems = [
  'malformed_body',
  'payload_too_large',
  'unsupported_media_type',
] as const satisfies readonly ProblemCode[]

/** The body of every error response: `application/problem+json`. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
  /** One sentence for a person. */
  detail: z.string(),
  requestId: z.string(),
  /** Each invalid field: its place (`body.username`, `query.limit`) and the reason. */
  issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  /** With `version_conflict`: the current version. */
  version: z.int().optional(),
})
export type Problem = z.infer<typeof Problem>
