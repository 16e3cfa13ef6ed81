import type { Role } from '#shared/session/role.ts'

/** The roles as one chooses among them: each says what it is for. */
export const roleOptions: ReadonlyArray<{ readonly value: Role; readonly label: string }> = [
  { value: 'viewer', label: 'Viewer: looks' },
  { value: 'operator', label: 'Operator: acknowledges too' },
  { value: 'admin', label: 'Admin: thresholds and users too' },
]
