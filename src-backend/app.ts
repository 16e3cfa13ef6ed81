import { randomUUID } from 'node:crypto'
import type { Log } from '#shared/log.ts'
import {
  healthOperation,
  healthzOperation,
  readyOperation,
  readyzOperation,
  versionOperation,
} from '#shared/rest/system.ts'
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
  /** Why this replica refuses all requests, in one sentence. */
  readonly refusal?: () => string | undefined
  readonly observe: OnResponse
  readonly log: Log
}

/** The HTTP application. It opens nothing: pool, clock and log are passed in. */
export function createApp(deps: AppDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag') // ETags are versions here
  app.set('query parser', false) // each route's contract parses its query
  app.set('trust proxy', deps.trustProxy)
  app.use(identify)
  app.use(observeRequests(deps.observe))
  app.use(helmet())
  // before the limit, so that a page of another origin can read the refusal
  if (deps.corsOrigins.length > 0) app.use(allowOrigins(deps.corsOrigins))
  app.use(limit(deps.throttle))
  app.use(requireHost)
  if (deps.apiDocs) {
    const operations = deps.routes.map(({ operation }) => operation)
    app.use(apiDocs(openApi(operations, deps.version)))
  }
  app.use(refuseWork(deps.refusal))
  mountRoutes(app, deps.routes, deps)
  app.use(problemHandler(deps.log))
  return app
}

/** Gives each request an id, which its response and its log lines carry. */
const identify: RequestHandler = (_req, res, next) => {
  const requestId = randomUUID()
  res.locals['requestId'] = requestId
  res.set('X-Request-Id', requestId)
  next()
}

/**
 * Limits every request, also those that match no route: scans count too. Probes are exempt: they can come from the same
 * address as clients behind a proxy, and a refused probe would restart a replica.
 */
function limit(throttle: AppDeps['throttle']): RequestHandler {
  return async (req, _res, next) => {
    if (!answeredAlways.has(req.path)) await throttle(req.ip ?? '')
    next()
  }
}

const answeredAlways: ReadonlySet<string> = new Set(
  [healthOperation, healthzOperation, readyOperation, readyzOperation, versionOperation].map(({ path }) => path),
)

/** Health, readiness and version are answered all the same. */
function refuseWork(refusal: AppDeps['refusal']): RequestHandler {
  return (req, _res, next) => {
    const reason = refusal?.()
    if (reason !== undefined && !answeredAlways.has(req.path)) {
      throw apiError('unavailable', reason, { retryAfterSeconds: 5 })
    }
    next()
  }
}

/** RFC 9112, 3.2: an HTTP/1.1 request has exactly one Host header. A proxy in front could read several differently. */
const requireHost: RequestHandler = ({ httpVersion, headersDistinct }, _res, next) => {
  const hosts = headersDistinct['host']?.length ?? 0
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1'))
    throw apiError('invalid_request', 'Expected one Host header.')
  next()
}
