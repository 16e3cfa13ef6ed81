import type { Pool } from 'pg'
import { anAlert } from '#shared/alert/alert-builders.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { writeAlerts } from '../../src-backend/alerts/repo.ts'

/** Stores a critical alert, or a newer version of it. */
export async function openAlert(pool: Pool, change: Partial<NodeAlert> = {}): Promise<NodeAlert> {
  const alert = anAlert(change)
  const { rows } = await pool.query<{ version: number }>('select version from alert where id = $1', [alert.id])
  await writeAlerts(pool, [{ version: (rows[0]?.version ?? 0) + 1, alert }])
  return alert
}
