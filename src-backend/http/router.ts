import { type Express, type RequestHandler } from 'express'
import { fail } from './fail.ts'
import { handle, type HandleDeps } from './handle.ts'
import type { Route } from './route.ts'

/** Told of every answer of a route, for the figures. */
export type Observed = (route: string, status: number, seconds: number) => void

/** Mounts all routes; any other method on a path that exists is 405, any other path 404. */
export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  deps: HandleDeps & { readonly observe: Observed },
): void {
  for (const [path, ofPath] of Map.groupBy(routes, ({ contract }) => contract.path)) {
    const mounted = app.route(path)
    for (const route of ofPath) {
      const answer = handle(deps, route)
      mounted[route.contract.method](measure(path, deps.observe), (req, res) => answer(req, res))
    }
    const methods = ofPath.map(({ contract }) => contract.method.toUpperCase())
    mounted.all(refuseMethod(methods.includes('GET') ? ['HEAD', ...methods] : methods))
  }
  app.use(async (req) => {
    await deps.throttle(req.ip ?? '') // who searches for what is not there counts as well
    throw fail('not_found', `There is nothing at ${req.path.slice(0, 200)}.`)
  })
}

export function refuseMethod(methods: readonly string[]): RequestHandler {
  const allow = methods.join(', ')
  return (req, res) => {
    res.set('Allow', allow)
    throw fail('method_not_allowed', `${req.method} is not known here; ${allow} are.`)
  }
}

function measure(path: string, observe: Observed): RequestHandler {
  return (_req, res, next) => {
    const begin = performance.now()
    res.once('close', () => observe(path, res.statusCode, (performance.now() - begin) / 1000))
    next()
  }
}
