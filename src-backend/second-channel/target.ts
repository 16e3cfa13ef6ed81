import { createHash } from 'node:crypto'
import type { WebhookFormat } from '#shared/rest/second-channel.ts'

/** Where messages go, and in which form. */
export interface WebhookTarget {
  /** Without credentials. */
  readonly url: URL
  readonly format: WebhookFormat
  /** Of `Authorization`; from the credentials in the address. */
  readonly authorization: string | undefined
  /** Key of the signature; absent: messages are not signed. */
  readonly secret: string | undefined
}

/** `fetch` refuses an address with credentials, and an error message must not repeat them. */
export function webhookTarget(
  address: string,
  { format, secret }: Pick<WebhookTarget, 'format' | 'secret'>,
): WebhookTarget {
  const url = new URL(address)
  const [user, password] = [url.username, url.password].map(decodeURIComponent)
  url.username = ''
  url.password = ''
  url.hash = ''
  const credentials = Buffer.from(`${user}:${password}`).toString('base64')
  const authorization = user === '' && password === '' ? undefined : `Basic ${credentials}`
  return { url, format, authorization, secret }
}

/** Changes with the configuration. Not reversible: the address can be a secret. */
export function targetHash({ url, format, authorization = '', secret = '' }: WebhookTarget): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([url.href, format, authorization, secret]))
    .digest()
}

const ntfyTopic = /^[-_A-Za-z0-9]{1,64}$/

/** The topic of an address of ntfy, and the address that takes messages for any topic. `undefined`: it has no topic. */
export function ntfyAddress(url: URL): { readonly topic: string; readonly publishUrl: URL } | undefined {
  const parts = url.pathname.replace(/\/$/, '').split('/')
  const topic = parts.pop() ?? ''
  if (!ntfyTopic.test(topic)) return undefined
  const publishUrl = new URL(url)
  publishUrl.pathname = `${parts.join('/')}/`
  return { topic, publishUrl }
}

/** What is wrong with an address; `undefined`: nothing. Never repeats it. */
export function addressProblem(address: string, format: WebhookFormat): string | undefined {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    return 'expected https://host/path, or http'
  }
  const { username, password } = new URL(address)
  if (!isDecodable(username) || !isDecodable(password)) return 'expected credentials with valid % escapes'
  if (format !== 'ntfy' || ntfyAddress(new URL(address))) return undefined
  return 'expected https://host/topic for ntfy: letters, digits, - and _, at most 64'
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined
  } catch {
    return false
  }
}
