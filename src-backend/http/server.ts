import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { apiError, problemOf } from './problem.ts'

export interface HttpServer {
  readonly port: number
  /** Takes no new requests, lets those that run end, and cuts what is still there after `withinMs`. */
  close(withinMs: number): Promise<void>
}

/** How long a client may take. Its answer may take longer: exports do. */
export interface Timeouts {
  readonly headersMs: number
  /** Headers and body. */
  readonly requestMs: number
  /** How often it is looked at who is late. Node's own is 30 s, which would add to the limits. */
  readonly checkEveryMs: number
  /** Nothing goes over a connection for so long: no answer takes longer but a stream, or one at the end of a full line. */
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
      requireHostHeader: false, // the app does, and says so in its own form
    },
    app,
  )
  server.timeout = stalledMs
  server.on('checkExpectation', app) // one that is not known is passed over
  server.on('clientError', refuse)
  server.listen(port)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: (withinMs) => close(server, withinMs) }
}

/** What never became a request: too slow, too large, or not HTTP. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, reason] = refusals[error.code ?? ''] ?? ['400 Bad Request', 'The request is not valid HTTP.']
  const body = JSON.stringify(problemOf(apiError('invalid_request', reason), 'none'))
  const headers = `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`)
}

const refusals: Readonly<Record<string, readonly [string, string]>> = {
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
