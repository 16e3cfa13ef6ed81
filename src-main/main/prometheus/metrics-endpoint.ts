import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { Express, Request } from 'express'
import type { Exposition } from './exposition.ts'

/** Creates the content of `/metrics`, for the `Accept` header of the scraper. */
export type Scrape = (accept: string) => Promise<Exposition>

/**
 * Serves only `GET /metrics`. The `Host` header must name this computer. With DNS rebinding, a browser page resolves
 * its own name to 127.0.0.1; its requests carry that name and are refused.
 */
function metricsApp(scrape: Scrape, onError: (cause: unknown) => void): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use((request, response, next) => {
    if (!namesThisComputer(request))
      response.status(403).type('text').send('The Host header must be localhost or 127.0.0.1 with the port.\n')
    else if (request.method !== 'GET')
      response.status(405).set('allow', 'GET').type('text').send('Only GET is supported.\n')
    else next()
  })
  app.get('/metrics', async (request, response) => {
    try {
      const { type, text } = await scrape(request.get('accept') ?? '')
      response.set({ 'content-type': type, 'cache-control': 'no-store' }).end(text)
    } catch (cause) {
      onError(cause)
      response.status(503).type('text').send('Metrics are temporarily unavailable.\n')
    }
  })
  app.use((_request, response) => {
    response.status(404).type('text').send('Metrics are at /metrics.\n')
  })
  return app
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
export function serveMetrics(
  port: number,
  scrape: Scrape,
  onError: (cause: unknown) => void,
): Promise<MetricsEndpoint> {
  return new Promise((resolve, reject) => {
    const server: Server = metricsApp(scrape, onError).listen(port, '127.0.0.1', (error) => {
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
