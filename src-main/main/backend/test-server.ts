import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Problem, ProblemCode } from '#shared/rest/problems.ts'
import { problems } from '#shared/rest/problems.ts'

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: unknown
}
export interface SentResponse {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}
/** `never`: the request gets no response. */
export type Answer = (request: ReceivedRequest) => SentResponse | 'never'

export interface TestServer {
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
  response: Answer
  close(): Promise<void>
  /** On the same port as before. */
  open(): Promise<void>
}

/** A real HTTP server with scripted responses. It records the requests. */
export async function startTestServer(response: Answer): Promise<TestServer> {
  const requests: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://test')
      const text = Buffer.concat(chunks).toString()
      const received: ReceivedRequest = {
        method: (request.method ?? '').toLowerCase(),
        path: pathname,
        query: Object.fromEntries(searchParams),
        headers: request.headers as ReceivedRequest['headers'],
        body: text === '' ? undefined : JSON.parse(text),
      }
      requests.push(received)
      const sent = testServer.response(received)
      if (sent === 'never') return
      response.writeHead(sent.status, { 'content-type': 'application/json', ...sent.headers })
      response.end(typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body ?? {}))
    })
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const testServer: TestServer = {
    url: `http://127.0.0.1:${port}`,
    requests,
    response,
    open: () => listen(port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return testServer
}

export function aProblem(code: ProblemCode, more: Partial<Problem> = {}): SentResponse {
  const { status, title } = problems[code]
  const body: Problem = { type: `#${code}`, title, status, code, detail: title, requestId: 'r1', ...more }
  return { status, body }
}

export const healthy: SentResponse = {
  status: 200,
  body: { status: 'healthy', timestamp: '2026-11-24T10:15:30.123Z', postgres: 'up', kafka: 'up', version: '0.1.0' },
}
