import type { ProblemCode } from '#shared/rest/problems.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import type { PendingSignOut } from './pending-sign-outs.ts'

export type SignedInUser = Extract<OperatorSession, { kind: 'signed-in' }>['user']
export type SignedOutReason = Extract<OperatorSession, { kind: 'signed-out' }>['reason']

/** Who works here, apart from whether the backend answers just now. */
export type SignInState =
  | { readonly kind: 'signed-out'; readonly reason: SignedOutReason }
  | { readonly kind: 'signed-in'; readonly user: SignedInUser }

export type SignInEvent =
  | { readonly kind: 'signed-in'; readonly user: SignedInUser }
  /** The backend said who this is: the role may be another one now. */
  | { readonly kind: 'identified'; readonly user: SignedInUser }
  /** The backend refused to go on with this session. */
  | { readonly kind: 'refused'; readonly code: ProblemCode }
  /** The secret of the last session is gone. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'signed-out' }

/** What the last run remembers: the user of its session, or how that ended. */
export interface SavedSession {
  readonly backendUrl?: string | undefined
  readonly user?: SignedInUser | undefined
  readonly ended?: SignedOutReason | undefined
  readonly pendingSignOut?: PendingSignOut | undefined
}

/** A session goes on as the last run left it, with the last known role, until the backend has been asked. */
export function initialSignInState({ backendUrl, user, ended }: SavedSession, url: string): SignInState {
  if (backendUrl !== url) return { kind: 'signed-out', reason: 'never' }
  return user ? { kind: 'signed-in', user } : { kind: 'signed-out', reason: ended ?? 'never' }
}

export function nextSignInState(state: SignInState, event: SignInEvent): SignInState {
  if (event.kind === 'signed-in') return { kind: 'signed-in', user: event.user }
  if (state.kind === 'signed-out') return state
  if (event.kind === 'identified') return { kind: 'signed-in', user: event.user }
  return { kind: 'signed-out', reason: reasonOf(event) }
}

function reasonOf(event: Exclude<SignInEvent, { user: SignedInUser }>): SignedOutReason {
  if (event.kind === 'signed-out') return 'signed-out'
  return event.kind === 'refused' && event.code === 'account_disabled' ? 'disabled' : 'expired'
}
