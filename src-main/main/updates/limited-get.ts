import type { Fetch } from '../backend/rest/rest-client.ts'
import { unreachableSentence } from '../backend/rest/unreachable-sentence.ts'
import { UpdateFailure } from './update-failure.ts'

/** Of every request to a feed: it follows no redirect, sends nothing about this computer, and keeps nothing. */
export const feedRequest = {
  redirect: 'error',
  cache: 'no-store',
  credentials: 'omit',
  headers: { accept: '*/*' },
} as const

export interface GetLimits {
  /** For the whole answer, ms. */
  readonly limitMs: number
  readonly mostBytes: number
}

/**
 * The exact bytes of a small file of the feed.
 * @throws UpdateFailure if it does not arrive in time, is too large, or is not there
 */
export async function limitedGet(fetch: Fetch, url: URL, { limitMs, mostBytes }: GetLimits): Promise<Uint8Array> {
  const name = url.pathname.split('/').at(-1) ?? ''
  const signal = AbortSignal.timeout(limitMs)
  try {
    const response = await fetch(url.href, { ...feedRequest, signal })
    if (!response.ok) throw new UpdateFailure(statusSentence(name, response.status))
    const parts: Uint8Array[] = []
    let received = 0
    for await (const part of bytesOf(response)) {
      received += part.byteLength
      if (received > mostBytes) {
        throw new UpdateFailure(
          `${name} of the feed is larger than ${Math.round(mostBytes / 1024)} KB. It was not read.`,
        )
      }
      parts.push(part)
    }
    return Buffer.concat(parts)
  } catch (cause) {
    if (cause instanceof UpdateFailure) throw cause
    // An answer that breaks off because of the limit looks like a lost connection.
    const why = unreachableSentence(signal.aborted ? signal.reason : cause, limitMs)
    throw new UpdateFailure(`The feed at ${url.host} cannot be read. ${why}`, { cause })
  }
}

/** What a status says about a file of the feed. */
export function statusSentence(name: string, status: number): string {
  if (status === 404) return `The feed has no ${name}.`
  return `The feed does not give ${name}: it answers with status ${status}.`
}

/** The body of a response, part by part. Leaving the loop ends the request. */
export async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  if (!reader) return
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
