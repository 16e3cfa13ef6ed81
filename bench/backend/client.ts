import { once } from 'node:events'
import { Agent, get, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Tokens } from '#shared/rest/auth.ts'

/** One connection that stays open: what is measured is the answer, not the handshake. */
const agent = new Agent({ keepAlive: true, maxSockets: 100 })

/** An answer whose body is still to be read. */
export async function answerTo(url: string, headers: OutgoingHttpHeaders = {}): Promise<IncomingMessage> {
  const [answer] = (await once(get(url, { agent, headers }), 'response')) as [IncomingMessage]
  return answer
}

export interface Answered {
  readonly status: number
  readonly text: string
  readonly headers: IncomingMessage['headers']
}

export async function ask(url: string, headers: OutgoingHttpHeaders = {}): Promise<Answered> {
  return readWhole(await answerTo(url, headers))
}

export async function post(url: string, body: unknown, headers: OutgoingHttpHeaders = {}): Promise<Answered> {
  const sent = request(url, { agent, method: 'POST', headers: { 'Content-Type': 'application/json', ...headers } })
  sent.end(JSON.stringify(body))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return readWhole(answer)
}

/** Headers of the administrator of a demo. */
export async function signInWhenReady(url: string): Promise<OutgoingHttpHeaders> {
  while ((await ask(`${url}/ready`)).status !== 200) await delay(50)
  const { status, text } = await post(`${url}/api/auth/login`, { username: 'admin', password: 'admin123' })
  if (status !== 200) throw new Error(`nobody can sign in: ${text}`)
  return { Authorization: `Bearer ${(JSON.parse(text) as Tokens).access_token}` }
}

async function readWhole(answer: IncomingMessage): Promise<Answered> {
  answer.setEncoding('utf8')
  let text = ''
  for await (const piece of answer) text += piece as string
  return { status: answer.statusCode ?? 0, text, headers: answer.headers }
}
