import type { Role } from '#shared/session/role.ts'
import { demoAccount } from '../../scripts/stack/demo.ts'

/** A user of each role, by the name of the role; the administrator is the one of the demo. */
export const teamUsers: Readonly<Record<Role, { readonly username: string; readonly password: string }>> = {
  admin: demoAccount,
  operator: { username: 'olga', password: 'on call all night' },
  viewer: { username: 'victor', password: 'looks but never acts' },
}
