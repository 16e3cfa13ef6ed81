import { changePassword, login, logout, me, refresh, register, setUp } from '#shared/rest/auth.ts'
import { apiError } from '../http/fail.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { toUser } from './accounts.ts'
import { register as registerViewer, type RegistrationDeps, setUpFirstAdmin } from './registration.ts'
import { findAccount } from './repo.ts'
import { endSession, refreshSession } from './sessions/sessions.ts'
import { changeOwnPassword, signIn, type SignInDeps } from './sign-in.ts'

export const authRoutes = (deps: SignInDeps & RegistrationDeps): ApiRoute[] => [
  apiRoute(login, async (call) => ({ body: await signIn(deps, call, call.body) })),
  apiRoute(register, async (call) => ({ body: await registerViewer(deps, call, call.body) })),
  apiRoute(setUp, async (call) => ({ body: await setUpFirstAdmin(deps, call, call.body) })),
  apiRoute(refresh, async (call) => ({ body: await refreshSession(deps, call, call.body.refresh_token) })),
  apiRoute(logout, async (call) => {
    await endSession(deps, call, call.body.refresh_token)
    return { body: { message: 'Signed out.' } }
  }),
  apiRoute(me, async ({ pool, actor }) => {
    const account = await findAccount(pool, actor.accountId)
    if (account === undefined) throw apiError('session_ended', 'This account no longer exists.')
    return { body: toUser(account) }
  }),
  apiRoute(changePassword, async (call) => ({
    body: await changeOwnPassword(deps, call, { current: call.body.current_password, chosen: call.body.new_password }),
  })),
]
