import { createServer, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The exact bytes. */
  readonly body: string
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Closes the connection instead of answering. */
  readonly cut?: true
}

export interface WebhookReceiver {
  readonly port: number
  /** `http://127.0.0.1:…` */
  readonly origin: string
  readonly received: ReceivedRequest[]
  /** How it answers from now on. */
  answer(answer: Answer | (() => Answer | Promise<Answer>)): void
  close(): Promise<void>
}

/** A real HTTP server that keeps what it receives. @param port 0: any free one */
export async function webhookReceiver(port = 0): Promise<WebhookReceiver> {
  let answer: Answer | (() => Answer | Promise<Answer>) = { status: 200, body: 'ok' }
  const received: ReceivedRequest[] = []
  const server = createServer((req, res) => {
    const parts: Buffer[] = []
    req.on('data', (part: Buffer) => parts.push(part))
    req.on('end', () => {
      const { method = '', url: path = '', headers } = req
      received.push({ method, path, headers, body: Buffer.concat(parts).toString() })
      void Promise.resolve(typeof answer === 'function' ? answer() : answer).then((given) => {
        if (given.cut) req.socket.destroy()
        else res.writeHead(given.status, given.headers).end(given.body ?? '')
      })
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: bound } = server.address() as AddressInfo
  return {
    port: bound,
    origin: `http://127.0.0.1:${bound}`,
    received,
    answer: (next) => {
      answer = next
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
