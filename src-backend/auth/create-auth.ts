import type { Log } from '#shared/log.ts'
import type { Config } from '../config/config.ts'
import type { Pool } from '../db/db.ts'
import type { Actor, ApiRoute } from '../http/route.ts'
import { createAccessTokens } from './tokens/access-token.ts'
import { createDeviceTokens } from './tokens/device-token.ts'
import { createDemoSignIns } from './accounts/demo-sign-in.ts'
import { prepareAccounts } from './accounts/first-start.ts'
import { createPasswords, type Passwords } from './passwords/passwords.ts'
import { authRoutes } from './routes.ts'
import { authenticate } from './sessions/authenticate.ts'
import { createSignInThrottle } from './sign-in/sign-in-throttle.ts'

export interface AuthDeps {
  readonly pool: Pool
  readonly config: Pick<Config, 'jwtSecretKey' | 'demo' | 'registration' | 'passwordMinLength'>
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}

export interface Auth {
  /** @throws ApiError `unauthenticated` or `session_ended` */
  authenticate(authorizationHeader: string | undefined): Promise<Actor>
  readonly routes: readonly ApiRoute[]
  /** For the users resource, which creates accounts. */
  readonly passwords: Passwords
  /** Before listening: prepares the first account of a new database. */
  prepare(): Promise<void>
}

/** Accounts, sign-in and sessions. Opens nothing. */
export function createAuth({ pool, config, log, now }: AuthDeps): Auth {
  const accessTokens = createAccessTokens(config.jwtSecretKey)
  const passwords = createPasswords({ minLength: config.passwordMinLength })
  const deviceTokens = createDeviceTokens(config.jwtSecretKey)
  const throttle = createSignInThrottle(pool, now)
  const { registration, demo } = config
  const demoSignIns = createDemoSignIns({ demo, passwords })
  return {
    authenticate: (header) => authenticate({ pool, accessTokens, log, now }, header),
    routes: authRoutes({ demoSignIns, accessTokens, deviceTokens, passwords, throttle, registration, log }),
    passwords,
    prepare: () => prepareAccounts({ pool, passwords, demo, log, now }),
  }
}
