import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { Express, Request } from 'express'
import { catchingUpText } from '#shared/health/health-text.ts'
import type { Health } from '#shared/health/health.ts'
import type { Exposition } from './exposition.ts'

/** Creates the content of `/metrics`, for the `Accept` header of the scraper. */
export type Scrape = (accept: string) => Promise<Exposition>

/** What the endpoint serves besides the metrics. */
export interface EndpointFacts {
  readonly scrape: Scrape
  readonly health: () => Health
  /** Content of `/version`. */
  readonly versions: Readonly<Record<string, string>>
  /** A scrape failed. */
  readonly onError: (cause: unknown) => void
}

/**
 * Serves `GET /metrics`, and what scripts and supervisors ask: `/healthz`, `/readyz`, `/version`. The `Host` header must
 * name this computer. With DNS rebinding, a browser page resolves its own name to 127.0.0.1; its requests carry that
 * name and are refused.
 */
function metricsApp(facts: EndpointFacts): Express {
  const { scrape, versions, onError } = facts
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use((request, response, next) => {
    response.set('cache-control', 'no-store')
    if (!namesThisComputer(request))
      response.status(403).type('text').send('The Host header must be localhost or 127.0.0.1 with the port.\n')
    else if (request.method !== 'GET')
      response.status(405).set('allow', 'GET').type('text').send('Only GET is supported.\n')
    else next()
  })
  app.get('/metrics', async (request, response) => {
    try {
      const { type, text } = await scrape(request.get('accept') ?? '')
      response.set('content-type', type).end(text)
    } catch (cause) {
      onError(cause)
      response.status(503).type('text').send('Metrics are temporarily unavailable.\n')
    }
  })
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'healthy', monitoring: facts.health().kind, ...versions })
  })
  app.get('/readyz', (_request, response) => {
    const health = facts.health()
    const reason = notReadyReason(health)
    if (reason === undefined) response.json({ status: 'ready', monitoring: health.kind })
    else response.status(503).json({ status: 'unavailable', monitoring: health.kind, reason })
  })
  app.get('/version', (_request, response) => {
    response.json(versions)
  })
  app.use((_request, response) => {
    response.status(404).type('text').send('Metrics are at /metrics.\n')
  })
  return app
}

/** Ready is what `remo_console_live` calls live: this console sees the nodes, so its alerts can be relied on. */
function notReadyReason(health: Health): string | undefined {
  switch (health.kind) {
    case 'live':
      return undefined
    case 'blind':
      return health.detail
    case 'catching-up':
      return catchingUpText(health).replace(/[\u00a0\u202f]/g, ' ') // the spaces of the window are no use to a script
    case 'empty':
      return `Connected, but no metrics yet on topics that match ${health.pattern}.`
  }
}

function namesThisComputer(request: Request): boolean {
  const port = request.socket.localPort
  const host = request.get('host')
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`
}

export interface MetricsEndpoint {
  readonly port: number
  readonly stop: () => Promise<void>
}

/** Serves on 127.0.0.1 only. Rejects if it cannot: with `EADDRINUSE` if another program uses the port. */
export function serveMetrics(port: number, facts: EndpointFacts): Promise<MetricsEndpoint> {
  return new Promise((resolve, reject) => {
    const server: Server = metricsApp(facts).listen(port, '127.0.0.1', (error) => {
      if (error) reject(error)
      else resolve({ port: (server.address() as AddressInfo).port, stop: () => stop(server) })
    })
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
