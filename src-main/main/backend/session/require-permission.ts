import { isPermitted } from '#shared/session/operator-session.ts'
import type { Permission, OperatorSession } from '#shared/session/operator-session.ts'
import { CallError } from '../../../threads/call-error.ts'

const refusals: Readonly<Record<Permission, string>> = {
  acknowledge: 'Your role is view-only. Ask an operator or administrator to acknowledge.',
  'edit-rules': 'Your role cannot change thresholds. Ask an administrator.',
  'manage-users': 'Your role cannot manage users. Ask an administrator.',
  'read-history': 'Your role cannot view history.',
}

type SignedIn = Extract<OperatorSession, { kind: 'signed-in' }>

/**
 * The one who works here, where he may do that; else this throws. The window does not offer it; here it is made sure
 * of. Only with a backend: who works alone may do what is done alone.
 */
export function requirePermission(session: OperatorSession, permission: Permission): SignedIn {
  if (session.kind !== 'signed-in') throw new CallError('signed-out', 'You are signed out. Sign in and try again.')
  if (!isPermitted(session, permission)) throw new CallError('forbidden', refusals[permission])
  return session
}
