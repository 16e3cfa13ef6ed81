import { type Alert, isNodeAlert } from '#shared/alert/alert.ts'
import type { PendingAlert } from '#shared/alert/pending.ts'
import type { AlertGroup } from './alert-groups.ts'

/**
 * A row of the list. A pending alert has the id of the alert that it becomes, so its row stays when it fires. `group` and
 * `pending-group` are headings.
 */
export type AlertRow =
  | { readonly kind: 'alert'; readonly id: string; readonly alert: Alert }
  | { readonly kind: 'pending'; readonly id: string; readonly pending: PendingAlert }
  | { readonly kind: 'group'; readonly id: string; readonly group: AlertGroup; readonly isOpen: boolean }
  | { readonly kind: 'pending-group'; readonly id: string; readonly count: number; readonly isOpen: boolean }

export const alertRow = (alert: Alert): AlertRow => ({ kind: 'alert', id: alert.id, alert })
export const pendingRow = (pending: PendingAlert): AlertRow => ({ kind: 'pending', id: pending.alertId, pending })

/** The node of a row; `undefined` for a heading, and for an alert of this console about itself. */
export function nodeOfRow(row: AlertRow): string | undefined {
  if (row.kind === 'alert') return isNodeAlert(row.alert) ? row.alert.nodeId : undefined
  return row.kind === 'pending' ? row.pending.nodeId : undefined
}
