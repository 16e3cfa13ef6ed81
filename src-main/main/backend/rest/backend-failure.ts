import type { ErrorCode } from '#shared/ipc/contract.ts'
import { CallError } from '../../../threads/call-error.ts'
import type { BackendFailure } from './rest-client.ts'

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'bad-request',
  401: 'signed-out',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  429: 'unavailable',
  503: 'unavailable',
}

/** No backend, or one without its database. */
export function isUnreachable(failure: BackendFailure): boolean {
  return failure.kind === 'unreachable' || (failure.kind === 'problem' && failure.problem.status === 503)
}

/** Whether the same request can succeed later. */
export function isTransientFailure(failure: BackendFailure): boolean {
  return isUnreachable(failure) || (failure.kind === 'problem' && [429, 500].includes(failure.problem.status))
}

/** The failure as a sentence for the operator. */
export function backendFailureSentence(failure: BackendFailure): string {
  if (failure.kind === 'signed-out') return 'You are signed out. Sign in and try again.'
  if (failure.kind === 'unreachable') return `The backend is unavailable. ${failure.detail}`
  const { problem, retryAfterSeconds } = failure
  if (problem.code === 'too_many_requests' && retryAfterSeconds !== undefined)
    return `Too many attempts. Try again in ${retryAfterSeconds} s.`
  const [issue] = problem.issues ?? []
  return issue && problem.code === 'invalid_request'
    ? `${fieldOf(issue.path)}: ${issue.message.replace(/\.$/, '')}.`
    : problem.detail
}

export function callErrorOf(failure: BackendFailure): CallError {
  if (failure.kind === 'signed-out') return new CallError('signed-out', backendFailureSentence(failure))
  if (failure.kind === 'unreachable') return new CallError('unavailable', backendFailureSentence(failure))
  const { code, status } = failure.problem
  // A wrong password has the status of an expired session, but expires none.
  const kind = code === 'invalid_credentials' ? 'bad-request' : (codes[status] ?? 'failed')
  return new CallError(kind, backendFailureSentence(failure))
}

/** `body.username` → `username` */
function fieldOf(path: string): string {
  return path.replace(/^(body|query|params)\./, '')
}
