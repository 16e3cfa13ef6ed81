import type { Operation } from '#shared/rest/operation.ts'
import type { ApiCall } from '../http/route.ts'

/** The parts of a request that sign-in and sign-out use. */
export type AuthCall = Pick<ApiCall<Operation>, 'pool' | 'tx' | 'now' | 'requestId' | 'ip'>

/** Also has the token of a device that signed in before. */
export type SignInCall = AuthCall & Pick<ApiCall<Operation>, 'deviceToken'>
