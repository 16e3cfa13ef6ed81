import { once } from 'node:events'
import { Agent, get, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Tokens } from '#shared/rest/auth.ts'

/** One connection that stays open, so that the handshake is not measured. */
const agent = new Agent({ keepAlive: true, maxSockets: 100 })

/** A response whose body is not read yet. */
export async function openResponse(url: string, headers: OutgoingHttpHeaders = {}): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent, headers }), 'response')) as [IncomingMessage]
  return response
}

export interface TimedResponse {
  readonly status: number
  readonly text: string
  readonly headers: IncomingMessage['headers']
}

export async function getTimed(url: string, headers: OutgoingHttpHeaders = {}): Promise<TimedResponse> {
  return readWhole(await openResponse(url, headers))
}

export async function post(url: string, body: unknown, headers: OutgoingHttpHeaders = {}): Promise<TimedResponse> {
  const sent = request(url, { agent, method: 'POST', headers: { 'Content-Type': 'application/json', ...headers } })
  sent.end(JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return readWhole(response)
}

/** Headers of the administrator of a demo. */
export async function signInWhenReady(url: string): Promise<OutgoingHttpHeaders> {
  while ((await getTimed(`${url}/ready`)).status !== 200) await delay(50)
  const { status, text } = await post(`${url}/api/auth/login`, { username: 'admin', password: 'admin123' })
  if (status !== 200) throw new Error(`the sign-in failed: ${text}`)
  return { Authorization: `Bearer ${(JSON.parse(text) as Tokens).access_token}` }
}

async function readWhole(response: IncomingMessage): Promise<TimedResponse> {
  response.setEncoding('utf8')
  let text = ''
  for await (const piece of response) text += piece as string
  return { status: response.statusCode ?? 0, text, headers: response.headers }
}
