import { may, type Session } from '#shared/session/session.ts'

type Reason = Extract<Session, { kind: 'signed-out' }>['reason']

/** Above the fields of the sign-in page: why it is there. */
export const signInReason: Record<Reason, string> = {
  never: 'Sign in to acknowledge alerts and share thresholds with your team.',
  'signed-out': 'You are signed out. Monitoring continues.',
  expired: 'Your session has ended. Sign in again.',
  disabled: 'Your account is disabled. Ask an administrator to enable it.',
}

/** Begins the line that says that nothing can be changed. */
export const signedOutBecause: Record<Reason, string> = {
  never: 'Signed out',
  'signed-out': 'Signed out',
  expired: 'Your session has ended',
  disabled: 'Your account is disabled',
}

/** What an absent backend means to the one who looks: what is theirs to do is kept, and how much of it waits. */
export function unreachableText(session: Session | undefined, waiting: number): string {
  if (!session || !may(session, 'acknowledge')) return 'Metrics and alerts continue.'
  const kept = may(session, 'edit-rules') ? 'acknowledgements and threshold changes' : 'acknowledgements'
  const queue = waiting > 0 ? ` (${waiting} waiting)` : ''
  return `Metrics and alerts continue. ReMo sends your ${kept} when the backend is back${queue}.`
}
