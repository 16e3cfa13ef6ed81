import {
  changePasswordOperation,
  deviceTokenHeader,
  loginOperation,
  logoutOperation,
  meOperation,
  refreshOperation,
  registerOperation,
  setUpOperation,
  signInInfoOperation,
} from '#shared/rest/auth.ts'
import { apiError } from '../http/problem.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'
import { toUser } from './accounts/accounts.ts'
import type { DemoSignIns } from './accounts/demo-sign-in.ts'
import { register as registerViewer, type RegistrationDeps, setUpFirstAdmin } from './accounts/registration.ts'
import { findAccount } from './accounts/repo.ts'
import { endSession, refreshSession } from './sessions/sessions.ts'
import { changeOwnPassword, signIn, type SignedIn, type SignInDeps } from './sign-in/sign-in.ts'

export const authRoutes = (deps: SignInDeps & RegistrationDeps & { demoSignIns: DemoSignIns }): ApiRoute[] => [
  apiRoute(signInInfoOperation, async ({ pool }) => ({ body: { demo: await deps.demoSignIns.read(pool) } })),
  apiRoute(loginOperation, async (call) => answerOf(await signIn(deps, call, call.body))),
  apiRoute(registerOperation, async (call) => ({ body: await registerViewer(deps, call, call.body) })),
  apiRoute(setUpOperation, async (call) => ({ body: await setUpFirstAdmin(deps, call, call.body) })),
  apiRoute(refreshOperation, async (call) => ({ body: await refreshSession(deps, call, call.body.refresh_token) })),
  apiRoute(logoutOperation, async (call) => {
    await endSession(deps, call, call.body.refresh_token)
    return { body: { message: 'Signed out.' } }
  }),
  apiRoute(meOperation, async ({ pool, actor }) => {
    const account = await findAccount(pool, actor.accountId)
    if (account === undefined) throw apiError('session_ended', 'This account no longer exists.')
    return { body: toUser(account) }
  }),
  apiRoute(changePasswordOperation, async (call) => {
    const { current_password: current, new_password: chosen } = call.body
    return answerOf(await changeOwnPassword(deps, call, { current, chosen }))
  }),
]

/** In a header: consoles of 0.1.0 accept no other keys in the body. */
function answerOf({ tokens, deviceToken }: SignedIn) {
  return { body: tokens, headers: { [deviceTokenHeader]: deviceToken } }
}
