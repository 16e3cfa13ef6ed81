import { z } from 'zod'
import { readFeedKey } from './feed-signature.ts'

const addressSentence = 'expected the address of a folder that begins with https://'

/** Address of the folder with manifest, signature and packages; empty: none. */
export const FeedAddress = z
  .string('expected text')
  .trim()
  .max(2048)
  .refine((text) => text === '' || feedUrl(text) !== undefined, {
    error: ({ input }) =>
      /^http:/i.test(String(input).trim())
        ? 'http is not accepted, because anybody on the way could hold updates back: use https'
        : addressSentence,
  })

/** The public key of the organisation that signs the feed; empty: none. */
export const FeedKey = z
  .string('expected text')
  .trim()
  .max(4096)
  .refine((text) => text === '' || readFeedKey(text) !== undefined, 'expected an Ed25519 public key as base64')

/** `none`: nobody is asked. `refused`: one sentence, and nobody is asked. `set`: the folder ends with a slash. */
export type UpdateFeed =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'set'; readonly url: string; readonly key: string }

/** What the two settings mean together. */
export function readFeed({ feed, key }: { readonly feed: string; readonly key: string }): UpdateFeed {
  if (feed.trim() === '') return { kind: 'none' }
  const url = feedUrl(feed)
  if (url === undefined) return { kind: 'refused', reason: `The feed is not used: ${addressSentence}.` }
  const spki = readFeedKey(key)
  if (spki === undefined) {
    const reason = 'The feed is not used: it has no public key, so nobody could tell who made an update. Set the key.'
    return { kind: 'refused', reason }
  }
  return { kind: 'set', url, key: spki }
}

/** A user or password in the address would be in settings.json and on screen, and a query would end up in the log. */
function feedUrl(text: string): string | undefined {
  const match = /^https:\/\/([^/?#@\s]+)((?:\/[^?#\s]*)?)$/i.exec(text.trim())
  if (!match) return undefined
  const [, host = '', path = ''] = match
  return `https://${host}${path.endsWith('/') ? path : `${path}/`}`
}
