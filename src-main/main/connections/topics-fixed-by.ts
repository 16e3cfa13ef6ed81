import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'

/** Why the topics of this connection cannot be changed in the window: one sentence; `undefined` if they can. */
export function topicsFixedBy({ origin, fixed }: Pick<ConnectionInUse, 'origin' | 'fixed'>): string | undefined {
  if (origin === 'demo') return 'The demo reads simulated servers.'
  if (fixed.topics === undefined) return undefined
  return `${fixed.topics} sets the topics. Change or remove it, and restart ReMo.`
}
