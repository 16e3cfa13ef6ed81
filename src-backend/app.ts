import { randomUUID } from 'node:crypto'
import type { Log } from '#shared/log.ts'
import { healthOperation, readyOperation } from '#shared/rest/system.ts'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { apiDocs } from './http/api-docs.ts'
import type { HandleDeps } from './http/handle.ts'
import { allowOrigins, observeRequests, type OnResponse } from './http/middleware.ts'
import { openApi } from './http/openapi.ts'
import { apiError, problemHandler } from './http/problem.ts'
import type { ApiRoute } from './http/route.ts'
import { mountRoutes } from './http/router.ts'

export interface AppDeps extends HandleDeps {
  readonly routes: readonly ApiRoute[]
  readonly version: string
  readonly corsOrigins: readonly string[]
  readonly trustProxy: number
  readonly apiDocs: boolean
  /** @throws ApiError `too_many_requests` */
  readonly throttle: (ip: string) => Promise<void>
  /** Why this replica serves nobody any more; one sentence. */
  readonly refusal?: () => string | undefined
  readonly observe: OnResponse
  readonly log: Log
}

/** The whole HTTP side. Opens nothing: what it needs is given. */
export function createApp(deps: AppDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag') // ours are versions
  app.set('query parser', false) // the contract of each route reads its query
  app.set('trust proxy', deps.trustProxy)
  app.use(identify)
  app.use(observeRequests(deps.observe))
  app.use(helmet())
  // before the limit: a page of another origin may read that it is refused
  if (deps.corsOrigins.length > 0) app.use(allowOrigins(deps.corsOrigins))
  app.use(limit(deps.throttle))
  app.use(requireHost)
  app.use(refuseTrace)
  if (deps.apiDocs) {
    const operations = deps.routes.map(({ operation }) => operation)
    app.use(apiDocs(openApi(operations, deps.version)))
  }
  app.use(refuseWork(deps.refusal))
  mountRoutes(app, deps.routes, deps)
  app.use(problemHandler(deps.log))
  return app
}

/** One id for a request, its answer and its lines in the log. */
const identify: RequestHandler = (_req, res, next) => {
  const requestId = randomUUID()
  res.locals['requestId'] = requestId
  res.set('X-Request-Id', requestId)
  next()
}

/** Whatever is asked for: who searches for what is not there counts as well. */
function limit(throttle: AppDeps['throttle']): RequestHandler {
  return async (req, _res, next) => {
    await throttle(req.ip ?? '')
    next()
  }
}

/** What only asks how this replica does is answered all the same. */
function refuseWork(refusal: AppDeps['refusal']): RequestHandler {
  return (req, _res, next) => {
    const reason = refusal?.()
    if (reason !== undefined && req.path !== healthOperation.path && req.path !== readyOperation.path) {
      throw apiError('unavailable', reason, { retryAfterSeconds: 5 })
    }
    next()
  }
}

/** RFC 9112, 3.2: HTTP/1.1 names one host. Several would be read differently by a proxy in front. */
const requireHost: RequestHandler = ({ httpVersion, headersDistinct }, _res, next) => {
  const hosts = headersDistinct['host']?.length ?? 0
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1'))
    throw apiError('invalid_request', 'Expected one Host header.')
  next()
}

const refuseTrace: RequestHandler = (req, _res, next) => {
  if (req.method === 'TRACE') throw apiError('method_not_allowed', 'TRACE is not supported.')
  next()
}
