import type { OperatorSession } from './operator-session.ts'

/**
 * Since when the backend is missed: unreachable, although somebody works with it. `null`: it answers, none is configured,
 * or nobody is signed in by choice. Epoch ms.
 */
export function backendAwaySince(session: OperatorSession | undefined): number | null {
  if (session === undefined || session.kind === 'standalone') return null
  if (session.kind === 'signed-out' && (session.reason === 'never' || session.reason === 'signed-out')) return null
  return session.link.reachable ? null : session.link.since
}
