import type { Alert, NotifiedAs } from '../alert/alert.ts'

/**
 * What an operator is notified of. One alert can have several queued at once.
 *
 * | transition | queued if |
 * |---|---|
 * | `opened`, `escalated`, `flapping` | the alert did so |
 * | `expired`, `unsilenced` | the alert fires on, and its acknowledgement or its silence has ended |
 * | `settled` | it was flapping, is steady again and fires on, and a notification of it was shown or is still queued |
 * | `resolved` | its value cleared or its data returned, and a notification of it was shown or is still queued |
 *
 * All but `opened` and `resolved` can come again. `resolved` comes again only after the alert fired again under the same
 * id; then `opened` does, too. An alert that ended otherwise (its rule changed, its node was forgotten,
 * the backend withdrew it) has no `resolved`.
 */
export type NotifiedTransition = 'opened' | 'escalated' | 'flapping' | 'settled' | 'expired' | 'unsilenced' | 'resolved'

/** A transition to notify. It stays queued until a popup showed it or it was dropped. */
export interface QueuedNotification {
  readonly alert: Alert
  readonly transition: NotifiedTransition
  /** An earlier notification of this alert was shown on this console, as of the time of queueing. */
  readonly wasShown: boolean
}

export interface NotificationKey {
  readonly alertId: string
  readonly transition: NotifiedTransition
}

/** The newest notification of an alert that this console showed, and when (epoch ms). */
export interface ShownNotification {
  readonly alertId: string
  readonly at: number
  readonly as: NotifiedAs
}
