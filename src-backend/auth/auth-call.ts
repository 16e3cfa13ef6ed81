import type { Operation } from '#shared/rest/operation.ts'
import type { ApiCall } from '../http/route.ts'

/** What signing in and out looks at of a request. */
export type AuthCall = Pick<ApiCall<Operation>, 'pool' | 'tx' | 'now' | 'requestId' | 'ip'>
