import type { ProblemCode } from '#shared/rest/problems.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import type { PendingSignOut } from './pending-sign-outs.ts'

export type SignedInUser = Extract<OperatorSession, { kind: 'signed-in' }>['user']
/** A keychain that does not answer ends no session. */
export type SignedOutReason = Exclude<Extract<OperatorSession, { kind: 'signed-out' }>['reason'], 'keychain'>

/** The signed-in user, independent of whether the backend is reachable. */
export type SignInState =
  | { readonly kind: 'signed-out'; readonly reason: SignedOutReason }
  | { readonly kind: 'signed-in'; readonly user: SignedInUser }
  /** The keychain does not answer: it may have the token of this user, so nothing that needs a session works. */
  | { readonly kind: 'locked'; readonly user: SignedInUser }

export type SignInEvent =
  | { readonly kind: 'signed-in'; readonly user: SignedInUser }
  /** The backend returned the user. The role may have changed. */
  | { readonly kind: 'identified'; readonly user: SignedInUser }
  /** The backend refused to renew the session. */
  | { readonly kind: 'refused'; readonly code: ProblemCode }
  /** The keychain does not answer. */
  | { readonly kind: 'unanswered' }
  /** The keychain had the token of the last session. */
  | { readonly kind: 'restored' }
  /** The keychain has no token of the last session. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'signed-out' }

/** State of the last run: the user, or why they were signed out. */
export interface SavedSession {
  readonly backendUrl?: string | undefined
  readonly user?: SignedInUser | undefined
  readonly ended?: SignedOutReason | undefined
  readonly pendingSignOut?: PendingSignOut | undefined
}

/** The state of the last run, with its role, until the backend responds. Signed out if `url` is another backend. */
export function initialSignInState({ backendUrl, user, ended }: SavedSession, url: string): SignInState {
  if (backendUrl !== url) return { kind: 'signed-out', reason: 'never' }
  return user ? { kind: 'signed-in', user } : { kind: 'signed-out', reason: ended ?? 'never' }
}

export function nextSignInState(state: SignInState, event: SignInEvent): SignInState {
  if (event.kind === 'signed-in') return { kind: 'signed-in', user: event.user }
  if (state.kind === 'signed-out') return state
  if (event.kind === 'unanswered') return { kind: 'locked', user: state.user }
  if (event.kind === 'restored') return { kind: 'signed-in', user: state.user }
  if (event.kind === 'identified') return { kind: 'signed-in', user: event.user }
  return { kind: 'signed-out', reason: reasonOf(event) }
}

function reasonOf(event: Extract<SignInEvent, { kind: 'refused' | 'lost' | 'signed-out' }>): SignedOutReason {
  if (event.kind === 'signed-out') return 'signed-out'
  return event.kind === 'refused' && event.code === 'account_disabled' ? 'disabled' : 'expired'
}
