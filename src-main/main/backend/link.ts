import type { BackendLink } from '#shared/session/operator-session.ts'

export const reachableProbeMs = 15_000
export const unreachableProbeMs = 5_000
const longestUnreachableProbeMs = 30_000

/** What one request told about the way to the backend. */
export type ProbeResult = { readonly isReachable: true } | { readonly isReachable: false; readonly detail: string }

/** The link after a sign, as the same object when nothing changed. `now`: epoch ms. */
export function nextLink(link: BackendLink, result: ProbeResult, now: number): BackendLink {
  if (result.isReachable) return link.reachable ? link : { reachable: true, since: now }
  if (link.reachable) return { reachable: false, since: now, detail: result.detail }
  return link.detail === result.detail ? link : { ...link, detail: result.detail }
}

/**
 * How long until the backend is asked again whether it is there. While away longer and longer, and never for all
 * consoles at the same moment: they all lost it at the same moment. `random`: 0 to 1.
 */
export function probeDelayMs(failures: number, random: number): number {
  if (failures === 0) return reachableProbeMs
  const delay = unreachableProbeMs * 1.5 ** (failures - 1) * (0.8 + 0.4 * random)
  return Math.min(Math.round(delay), longestUnreachableProbeMs)
}
