import type { Role } from '#shared/session/role.ts'

/** The roles as one chooses among them: each says what it is for. */
export const roleOptions: ReadonlyArray<{ readonly value: Role; readonly label: string }> = [
  { value: 'viewer', label: 'Viewer: can view' },
  { value: 'operator', label: 'Operator: can also acknowledge' },
  { value: 'admin', label: 'Admin: can also manage thresholds and users' },
]
