import type { BackendLink } from '#shared/session/session.ts'

export const fineEveryMs = 15_000
export const awayEveryMs = 5_000
const longestAwayMs = 30_000

/** What one request told about the way to the backend. */
export type Sign = { readonly answered: true } | { readonly answered: false; readonly detail: string }

/** The link after a sign, as the same object when nothing changed. `now`: epoch ms. */
export function nextLink(link: BackendLink, sign: Sign, now: number): BackendLink {
  if (sign.answered) return link.reachable ? link : { reachable: true, since: now }
  if (link.reachable) return { reachable: false, since: now, detail: sign.detail }
  return link.detail === sign.detail ? link : { ...link, detail: sign.detail }
}

/**
 * How long until the backend is asked again whether it is there. While away longer and longer, and never for all
 * consoles at the same moment: they all lost it at the same moment. `chance`: 0 to 1.
 */
export function probeDelayMs(failures: number, chance: number): number {
  if (failures === 0) return fineEveryMs
  const delay = awayEveryMs * 1.5 ** (failures - 1) * (0.8 + 0.4 * chance)
  return Math.min(Math.round(delay), longestAwayMs)
}
