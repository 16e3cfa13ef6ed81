import type { Express, RequestHandler } from 'express'
import { handle, type HandleDeps } from './handle.ts'
import { apiError } from './problem.ts'
import type { ApiRoute } from './route.ts'

/** Mounts all routes. Another method on an existing path is answered with 405, another path with 404. */
export function mountRoutes(app: Express, routes: readonly ApiRoute[], deps: HandleDeps): void {
  for (const [path, ofPath] of Map.groupBy(routes, ({ operation }) => operation.path)) {
    const mounted = app.route(path)
    for (const route of ofPath) {
      const handleRequest = handle(deps, route)
      mounted[route.operation.method]((req, res) => handleRequest(req, res))
    }
    const methods = ofPath.map(({ operation }) => operation.method.toUpperCase())
    mounted.all(refuseMethod(methods.includes('GET') ? ['HEAD', ...methods] : methods))
  }
  app.use((req) => {
    throw apiError('not_found', `No route matches ${req.path.slice(0, 200)}.`)
  })
}

export function refuseMethod(methods: readonly string[]): RequestHandler {
  const allow = methods.join(', ')
  return (req, res) => {
    res.set('Allow', allow)
    throw apiError('method_not_allowed', `${req.method} is not supported. Use ${allow}.`)
  }
}
