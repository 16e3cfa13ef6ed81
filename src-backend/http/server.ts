import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { apiError, problemOf } from './problem.ts'

export interface HttpServer {
  readonly port: number
  /** Stops accepting requests, waits for running ones, and cuts the rest after `withinMs`. */
  close(withinMs: number): Promise<void>
}

/** Limits for a client. Its response may take longer, for example an export. */
export interface Timeouts {
  readonly headersMs: number
  /** Headers and body. */
  readonly requestMs: number
  /** How often limits are checked. Node's default of 30 s would add to them. */
  readonly checkEveryMs: number
  /** Longest time without data on a connection. Only streams and responses at the end of a full queue take longer. */
  readonly stalledMs: number
}

const defaultTimeouts: Timeouts = { headersMs: 10_000, requestMs: 30_000, checkEveryMs: 1_000, stalledMs: 60_000 }

/** @param port 0: any free one */
export async function startHttpServer(
  app: RequestListener,
  port: number,
  { headersMs, requestMs, checkEveryMs, stalledMs }: Timeouts = defaultTimeouts,
): Promise<HttpServer> {
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkEveryMs,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16_384,
      requireHostHeader: false, // the app checks it and answers with problem+json
    },
    app,
  )
  server.timeout = stalledMs
  server.on('checkExpectation', app) // unknown expectations are ignored
  server.on('clientError', refuse)
  // without a listener, Node closes the connection without a response
  server.on('connect', (_request, socket) => refuse({ code: 'CONNECT' }, socket))
  server.listen(port)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: (withinMs) => close(server, withinMs) }
}

/** Answers input that never became a request: too slow, too large, or not HTTP. */
function refuse(error: { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const isMethod = error.code === 'CONNECT'
  const [status, reason] = refusals[error.code ?? ''] ?? ['400 Bad Request', 'The request is not valid HTTP.']
  const body = JSON.stringify(problemOf(apiError(isMethod ? 'method_not_allowed' : 'invalid_request', reason), 'none'))
  const headers = [
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(isMethod ? [`Allow: ${usedMethods}`] : []),
    'Connection: close',
  ]
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
}

/** Of any path: the target of CONNECT is none. */
const usedMethods = 'HEAD, GET, POST, PUT, PATCH, DELETE'

const refusals: Readonly<Record<string, readonly [string, string]>> = {
  CONNECT: ['405 Method Not Allowed', `CONNECT is not supported. Use ${usedMethods}.`],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The request headers must be at most 16 KB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
}

async function close(server: Server, withinMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), withinMs)
  await closed
  clearTimeout(cut)
}
