import { z } from 'zod'
import { Role } from './role.ts'

/** Whether the backend is reachable. `since`: epoch ms; `detail`: one sentence if it is not. */
const BackendLink = z.strictObject({ reachable: z.boolean(), since: z.number(), detail: z.string().optional() })
export type BackendLink = z.infer<typeof BackendLink>

/** The operator of this console, and its backend. */
export const OperatorSession = z.discriminatedUnion('kind', [
  /** No backend is configured: thresholds and acknowledgements belong to this console alone. */
  z.strictObject({ kind: z.literal('standalone') }),
  z.strictObject({
    kind: z.literal('signed-out'),
    backendUrl: z.string(),
    link: BackendLink,
    /** `never`: no one has signed in here yet. `keychain`: it does not answer, so the session cannot continue yet. */
    reason: z.enum(['never', 'signed-out', 'expired', 'disabled', 'keychain']),
  }),
  z.strictObject({
    kind: z.literal('signed-in'),
    backendUrl: z.string(),
    link: BackendLink,
    user: z.strictObject({ username: z.string(), role: Role }),
    /** Set if the keychain does not work: the session ends with this run. */
    notKept: z.string().optional(),
  }),
])
export type OperatorSession = z.infer<typeof OperatorSession>

export type Permission =
  | 'acknowledge'
  | 'silence'
  | 'edit-mappings'
  | 'edit-rules'
  | 'forget-nodes'
  | 'manage-users'
  | 'test-second-channel'
  | 'read-history'

/** What only a backend has. */
const ofBackend: ReadonlySet<Permission> = new Set(['manage-users', 'test-second-channel', 'read-history'])

/** What is not for administrators alone. */
const ofOperators: ReadonlySet<Permission> = new Set(['acknowledge', 'silence', 'edit-mappings'])

/** Whether the window offers this action to the operator. */
export function isPermitted(session: OperatorSession, permission: Permission): boolean {
  if (session.kind === 'standalone') return !ofBackend.has(permission)
  if (session.kind === 'signed-out') return false
  const { role } = session.user
  if (permission === 'read-history') return true
  return ofOperators.has(permission) ? role !== 'viewer' : role === 'admin'
}
