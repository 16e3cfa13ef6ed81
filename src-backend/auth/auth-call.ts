import type { Contract } from '#shared/rest/contract.ts'
import type { Call } from '../http/route.ts'

/** What signing in and out looks at of a request. */
export type AuthCall = Pick<Call<Contract>, 'pool' | 'tx' | 'now' | 'requestId' | 'ip'>
