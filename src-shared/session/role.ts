import { z } from 'zod'

/** `viewer` reads; `operator` also acknowledges, silences and maps fields; `admin` also changes thresholds and users. */
export const Role = z.enum(['viewer', 'operator', 'admin'])
export type Role = z.infer<typeof Role>

/** Required access: `public` without signing in, or at least this role. */
export type Access = 'public' | Role

const rank: Record<Role, number> = { viewer: 1, operator: 2, admin: 3 }

export function mayAccess(role: Role | undefined, access: Access): boolean {
  return access === 'public' || (role !== undefined && rank[role] >= rank[access])
}
