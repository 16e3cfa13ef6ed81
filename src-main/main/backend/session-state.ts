import type { ProblemCode } from '#shared/rest/problems.ts'
import type { Session } from '#shared/session/session.ts'
import type { PendingSignOut } from './late-sign-outs.ts'

export type User = Extract<Session, { kind: 'signed-in' }>['user']
export type EndReason = Extract<Session, { kind: 'signed-out' }>['reason']

/** Who works here, apart from whether the backend answers just now. */
export type SessionState =
  { readonly kind: 'signed-out'; readonly reason: EndReason } | { readonly kind: 'signed-in'; readonly user: User }

export type SessionEvent =
  | { readonly kind: 'signed-in'; readonly user: User }
  /** The backend said who this is: the role may be another one now. */
  | { readonly kind: 'recognised'; readonly user: User }
  /** The backend refused to go on with this session. */
  | { readonly kind: 'refused'; readonly code: ProblemCode }
  /** The secret of the last session is gone. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'signed-out' }

/** What the last run remembers: the user of its session, or how that ended. */
export interface SavedSession {
  readonly backendUrl?: string | undefined
  readonly user?: User | undefined
  readonly ended?: EndReason | undefined
  readonly untold?: PendingSignOut | undefined
}

/** A session goes on as the last run left it, with the last known role, until the backend has been asked. */
export function firstState({ backendUrl, user, ended }: SavedSession, url: string): SessionState {
  if (backendUrl !== url) return { kind: 'signed-out', reason: 'never' }
  return user ? { kind: 'signed-in', user } : { kind: 'signed-out', reason: ended ?? 'never' }
}

export function nextState(state: SessionState, event: SessionEvent): SessionState {
  if (event.kind === 'signed-in') return { kind: 'signed-in', user: event.user }
  if (state.kind === 'signed-out') return state
  if (event.kind === 'recognised') return { kind: 'signed-in', user: event.user }
  return { kind: 'signed-out', reason: reasonOf(event) }
}

function reasonOf(event: Exclude<SessionEvent, { user: User }>): EndReason {
  if (event.kind === 'signed-out') return 'signed-out'
  return event.kind === 'refused' && event.code === 'account_disabled' ? 'disabled' : 'expired'
}
