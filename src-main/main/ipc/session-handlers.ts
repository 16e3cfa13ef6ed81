import type { IpcHandlers } from '#shared/ipc/contract.ts'
import { CallError } from '../../threads/call-error.ts'
import type { BackendSession } from '../backend/session/backend-session.ts'
import type { IpcDeps } from './ipc-deps.ts'

type SessionCalls = Pick<
  IpcHandlers,
  'session.get' | 'session.signInInfo' | 'session.signIn' | 'session.signOut' | 'session.changePassword'
>

export function sessionHandlers({ session }: Pick<IpcDeps, 'session'>): SessionCalls {
  return {
    'session.get': () => Promise.resolve(session?.session ?? { kind: 'standalone' }),
    'session.signInInfo': async () => requireSession(session).signInInfo(),
    'session.signIn': async ({ username, password }) => requireSession(session).signIn(username, password),
    'session.signOut': async () => requireSession(session).signOut(),
    'session.changePassword': async ({ current_password, new_password }) => {
      await requireSession(session).changePassword(current_password, new_password)
      return {}
    },
  }
}

/** @throws CallError `unavailable` if no backend is configured */
export function requireSession(session: BackendSession | undefined): BackendSession {
  if (session) return session
  throw new CallError('unavailable', 'No backend is configured: set REMO_BACKEND_URL and start ReMo again.')
}
