import type { Role } from '#shared/session/role.ts'
import { demoAccount } from '../../scripts/stack/demo.ts'

/** One user per role, by role; the administrator is the demo's. */
export const teamUsers: Readonly<Record<Role, { readonly username: string; readonly password: string }>> = {
  admin: demoAccount,
  operator: { username: 'olga', password: 'on call all night' },
  viewer: { username: 'victor', password: 'looks but never acts' },
}
