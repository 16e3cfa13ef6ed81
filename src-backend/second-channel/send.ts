import { createHmac } from 'node:crypto'
import type { WebhookMessage } from '#shared/notification/webhook-message.ts'
import { webhookRequest } from './formats/webhook-request.ts'
import { type Attempt, isTemporary, retryAfterMs } from './retry.ts'
import type { WebhookTarget } from './target.ts'

const sendWithinMs = 10_000
/** Characters of the answer that are kept, bytes that are read of it. */
const answerLength = 500
const answerBytes = 4_096

export interface SendDeps {
  readonly target: WebhookTarget
  readonly version: string
  /** Epoch ms. */
  readonly now: () => number
  /** Aborted when the replica stops. */
  readonly stopSignal?: AbortSignal
}

/** One attempt. It never throws, and its sentences repeat neither the address nor a credential. */
export async function sendMessage(message: WebhookMessage, deps: SendDeps): Promise<Attempt> {
  const { target, now, stopSignal } = deps
  const { url, body } = webhookRequest(message, target)
  const withinSignal = AbortSignal.timeout(sendWithinMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: headersOf(message.id, body, deps),
      body,
      redirect: 'manual',
      signal: stopSignal ? AbortSignal.any([withinSignal, stopSignal]) : withinSignal,
    })
    const answer = await answerOf(response)
    return attemptOf(response, answer, now())
  } catch (cause) {
    return { kind: 'failed', status: undefined, answer: '', problem: failureText(cause, url) }
  }
}

/** The same key in each attempt; a new signature, because its time is part of it. */
function headersOf(id: string, body: string, { target, version, now }: SendDeps): Record<string, string> {
  const { authorization, secret } = target
  const timestamp = String(Math.floor(now() / 1000))
  return {
    'Content-Type': 'application/json',
    'User-Agent': `ReMo/${version}`,
    'Idempotency-Key': id,
    ...(authorization === undefined ? {} : { Authorization: authorization }),
    ...(secret === undefined
      ? {}
      : { 'X-ReMo-Timestamp': timestamp, 'X-ReMo-Signature': signatureOf(secret, timestamp, body) }),
  }
}

/** HMAC-SHA-256 over timestamp, dot and body: a recorded request is worthless after the receiver's time window. */
function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}

/** The beginning of the body. The connection is not kept for the rest of a long one. */
async function answerOf({ body }: Response): Promise<string> {
  if (!body) return ''
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    parts.push(part as Uint8Array)
    bytes += (part as Uint8Array).byteLength
    if (bytes >= answerBytes) break
  }
  return Buffer.concat(parts).toString('utf8').replaceAll('\0', '').trim().slice(0, answerLength)
}

function attemptOf({ ok, status, headers }: Response, answer: string, now: number): Attempt {
  if (ok) return { kind: 'delivered', status, answer }
  if (isTemporary(status)) {
    const waitMs = retryAfterMs(headers.get('retry-after'), now)
    return { kind: 'failed', status, answer, problem: `The receiver answered ${status}.`, retryAfterMs: waitMs }
  }
  return { kind: 'given-up', status, answer, problem: refusalText(status) }
}

function refusalText(status: number): string {
  const advice = 'Check NOTIFY_WEBHOOK_URL and NOTIFY_WEBHOOK_FORMAT.'
  if (status >= 300 && status < 400) {
    return `The receiver answered ${status}, and redirects are not followed. Set NOTIFY_WEBHOOK_URL to the final address.`
  }
  if (status === 401 || status === 403)
    return `The receiver answered ${status}. Check the credentials in NOTIFY_WEBHOOK_URL.`
  return `The receiver answered ${status}. ${advice}`
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  UND_ERR_SOCKET: 'closed the connection',
  EHOSTUNREACH: 'is unreachable',
  ENETUNREACH: 'is unreachable',
  ENOTFOUND: 'has no address: its name cannot be resolved',
  EAI_AGAIN: 'has no address: its name cannot be resolved',
  UND_ERR_CONNECT_TIMEOUT: 'did not answer within 10 s',
}

/** The host is no secret; the path can be one. */
function failureText(cause: unknown, { host }: URL): string {
  const { name } = Object(cause) as { readonly name?: string }
  if (name === 'TimeoutError') return `${host} did not answer within 10 s.`
  if (name === 'AbortError') return 'This replica stopped during the attempt.'
  const { code = '' } = Object((cause as Error).cause) as { readonly code?: string }
  const reason =
    reasons[code] ?? (isCertificateCode(code) ? `has a certificate that is not trusted (${code})` : undefined)
  return reason === undefined ? `${host} cannot be reached${code && ` (${code})`}.` : `${host} ${reason}.`
}

function isCertificateCode(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|TLS/.test(code)
}
