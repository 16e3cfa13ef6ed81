import { isPermitted } from '#shared/session/operator-session.ts'
import type { Permission, OperatorSession } from '#shared/session/operator-session.ts'
import { CallError } from '../../../threads/call-error.ts'

const refusals: Readonly<Record<Permission, string>> = {
  acknowledge: 'Your role is view-only. Ask an operator or administrator to acknowledge.',
  silence: 'Your role is view-only. Ask an operator or administrator to silence.',
  'edit-mappings': 'Your role is view-only. Ask an operator or administrator to map fields.',
  'edit-rules': 'Your role cannot change thresholds. Ask an administrator.',
  'forget-nodes': 'Your role cannot forget nodes. Ask an administrator.',
  'manage-users': 'Your role cannot manage users. Ask an administrator.',
  'test-second-channel': 'Your role cannot test the second channel. Ask an administrator.',
  'read-history': 'Your role cannot view history.',
}

type SignedIn = Extract<OperatorSession, { kind: 'signed-in' }>

/**
 * The signed-in user, if they have the permission. The window does not offer forbidden actions; this is the check.
 * Only for consoles with a backend: without one, every local action is allowed.
 * @throws CallError `signed-out` or `forbidden`
 */
export function requirePermission(session: OperatorSession, permission: Permission): SignedIn {
  if (session.kind !== 'signed-in') throw new CallError('signed-out', 'You are signed out. Sign in and try again.')
  if (!isPermitted(session, permission)) throw new CallError('forbidden', refusals[permission])
  return session
}
