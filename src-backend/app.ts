import { randomUUID } from 'node:crypto'
import type { Log } from '#shared/log.ts'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { answerProblem } from './http/answer-problem.ts'
import { allowOrigins } from './http/cors.ts'
import { docs } from './http/docs.ts'
import { fail } from './http/fail.ts'
import type { HandleDeps } from './http/handle.ts'
import { openApi } from './http/openapi.ts'
import type { Route } from './http/route.ts'
import { mountRoutes, type Observed } from './http/router.ts'

export interface AppDeps extends HandleDeps {
  readonly routes: readonly Route[]
  readonly version: string
  readonly corsOrigins: readonly string[]
  readonly trustProxy: number
  readonly apiDocs: boolean
  readonly observe: Observed
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
  app.use(helmet())
  app.use(refuseTrace)
  if (deps.corsOrigins.length > 0) app.use(allowOrigins(deps.corsOrigins))
  if (deps.apiDocs)
    app.use(
      docs(
        openApi(
          deps.routes.map(({ contract }) => contract),
          deps.version,
        ),
      ),
    )
  mountRoutes(app, deps.routes, deps)
  app.use(answerProblem(deps.log))
  return app
}

/** One id for a request, its answer and its lines in the log. */
const identify: RequestHandler = (_req, res, next) => {
  const requestId = randomUUID()
  res.locals['requestId'] = requestId
  res.set('X-Request-Id', requestId)
  next()
}

const refuseTrace: RequestHandler = (req, _res, next) => {
  if (req.method === 'TRACE') throw fail('method_not_allowed', 'TRACE is not known here.')
  next()
}
