import type { Log } from '#shared/log.ts'
import { problems } from '#shared/rest/problems.ts'
import type { ErrorRequestHandler, Response } from 'express'
import { apiError, type ApiError } from './fail.ts'
import { apiErrorOf, problemOf } from './problem.ts'

/** The last handler: whatever was thrown becomes problem+json. What nobody expected is logged and told without detail. */
export function problemHandler(log: Log): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- Express tells error handlers by their four parameters
  return (error: unknown, req, res, _next) => {
    const known = apiErrorOf(error)
    const failure =
      known ?? apiError('internal', 'The request failed. The backend log has the cause under this request ID.')
    respondWithProblem(log, {
      failure,
      cause: error,
      method: req.method,
      path: req.path,
      requestId: String(res.locals['requestId']),
    })
    if (res.headersSent)
      res.destroy() // a stream that broke off: its reader sees that it is not whole
    else sendProblem(res, failure)
  }
}

function sendProblem(res: Response, failure: ApiError): void {
  const body = problemOf(failure, String(res.locals['requestId']))
  // without it a cache may keep a 404 or 405 by itself (RFC 9111, 4.2.2)
  res.set('Cache-Control', 'no-store')
  const { retryAfterSeconds } = failure.extra
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  if (body.status === 401) res.set('WWW-Authenticate', 'Bearer realm="remo"')
  // a body that was not read must not be taken for the next request
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

function respondWithProblem(log: Log, { failure, cause, ...request }: LoggedProblem): void {
  const { code } = failure
  const { status } = problems[code]
  if (code === 'internal') log.error('request failed', { ...request, cause })
  else if (status === 503) log.warn('request failed: unavailable', { ...request, code, cause: String(cause) })
  else if (status === 401 || status === 403 || status === 429) log.info('request refused', { ...request, code })
  else log.debug('request refused', { ...request, code, detail: failure.message })
}
