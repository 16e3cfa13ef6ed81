import type { OperatorSession } from '#shared/session/operator-session.ts'
import type { Bridge } from '../bridge/bridge.ts'

const isUnreachable = (session: OperatorSession): boolean => session.kind !== 'standalone' && !session.link.reachable

/** What ended a session without the operator's doing. */
const endings: Readonly<Partial<Record<Extract<OperatorSession, { kind: 'signed-out' }>['reason'], string>>> = {
  expired: 'Your session has ended.',
  disabled: 'Your account is disabled.',
  keychain: 'The keychain does not answer, so you are signed out.',
}

/**
 * Announces changes of the backend's state, the end of a session, and actions that were not accepted.
 * @returns stops listening
 */
export function announceSession(bridge: Bridge, say: (sentence: string) => void): () => void {
  let unreachable = false
  let ended = false
  const known = new Set<string>()
  const stops = [
    bridge.on('session.changed', (session) => {
      if (isUnreachable(session) !== unreachable) {
        unreachable = !unreachable
        say(
          unreachable ? 'The backend is unreachable. Metrics and alerts continue.' : 'The backend is reachable again.',
        )
      }
      const end = session.kind === 'signed-out' ? endings[session.reason] : undefined
      if (end !== undefined && !ended) say(end)
      ended = end !== undefined
    }),
    bridge.on('actions.changed', ({ actions }) => {
      const fresh = actions.filter(({ id, state }) => state !== 'waiting' && !known.has(id))
      for (const { id } of fresh) known.add(id)
      const [first] = fresh
      if (first)
        say(
          fresh.length === 1
            ? (first.problem ?? 'The backend did not accept one change.')
            : `The backend did not accept ${fresh.length} changes.`,
        )
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
