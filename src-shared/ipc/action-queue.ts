import { z } from 'zod'
import { isAlertChange, OperatorAction } from '../team/operator-action.ts'

/** Most actions of a kind that the page gets. A long outage may leave thousands. */
const listedActions = 500

/** The operator actions that the backend has not confirmed, as the page gets them. */
export const ActionQueue = z.strictObject({
  /** Oldest first. The oldest ones of each kind: not accepted, waiting for alerts, and all others that wait. */
  actions: z.array(OperatorAction),
  /** How many more there are. */
  unlisted: z.strictObject({ waiting: z.number(), notAccepted: z.number() }),
})
export type ActionQueue = z.infer<typeof ActionQueue>

/** @param all oldest first */
export function actionQueueOf(all: readonly OperatorAction[]): ActionQueue {
  const listed = { notAccepted: 0, alerts: 0, others: 0 }
  const unlisted = { waiting: 0, notAccepted: 0 }
  const actions = all.filter(({ state, change }) => {
    const kind = state !== 'waiting' ? 'notAccepted' : isAlertChange(change) ? 'alerts' : 'others'
    if (listed[kind] < listedActions) return ++listed[kind] > 0
    unlisted[kind === 'notAccepted' ? kind : 'waiting']++
    return false
  })
  return { actions, unlisted }
}
