import { isPermitted, type OperatorSession } from '#shared/session/operator-session.ts'

type Reason = Extract<OperatorSession, { kind: 'signed-out' }>['reason']

/** Reason for signing in, above the fields. */
export const signInReason: Record<Reason, string> = {
  never: 'Sign in to acknowledge alerts and share thresholds with your team.',
  'signed-out': 'You are signed out. Monitoring continues.',
  expired: 'Your session has ended. Sign in again.',
  disabled: 'Your account is disabled. Ask an administrator to enable it.',
  keychain: 'The keychain of this computer does not answer. Unlock it to continue your session, or sign in again.',
}

/** Start of the banner of a signed-out console. */
export const signedOutBecause: Record<Reason, string> = {
  never: 'You are signed out.',
  'signed-out': 'You are signed out.',
  expired: 'Your session has ended.',
  disabled: 'Your account is disabled.',
  keychain: 'The keychain does not answer, so you are signed out.',
}

/** What an unreachable backend means for this operator, and how many changes are not sent. */
export function unreachableText(session: OperatorSession | undefined, waiting: number): string {
  if (!session || !isPermitted(session, 'acknowledge')) return 'Metrics and alerts continue.'
  const kept = isPermitted(session, 'edit-rules') ? 'acknowledgements and threshold changes' : 'acknowledgements'
  const queue = waiting > 0 ? ` (${waiting} waiting)` : ''
  return `Metrics and alerts continue. ReMo sends your ${kept} when the backend is back${queue}.`
}
