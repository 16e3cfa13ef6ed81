import { withStaleLines } from '#shared/alert/stale-lines.ts'
import { type Alert, type AlertEvent, isNodeAlert, type NotifiedAs } from '#shared/alert/alert.ts'
import type {
  NotificationKey,
  QueuedNotification,
  ShownNotification,
} from '#shared/notification/queued-notification.ts'
import type { ShownReport } from '../../threads/data-calls.ts'
import type { BatchWrite } from '../batch-write.ts'
import type { AlertTable } from '../tables/alert-table.ts'
import type { MetaTable } from '../tables/meta-table.ts'
import type { NotificationTable } from '../tables/notification-table.ts'
import type { ShownReportTable } from '../tables/shown-report-table.ts'
import type { UnseenTable } from '../tables/unseen-table.ts'
import type { Transactions } from '../transactions.ts'

/** Single value: since when no alert was dropped, event time. */
export const historyFromKey = 'history.from'

export interface AlertTables {
  readonly alerts: AlertTable
  readonly notifications: NotificationTable
  readonly unseen: UnseenTable
  readonly shownReports: ShownReportTable
}

/** Whether the notifications were shown, and when (epoch ms). `shown` false: dropped without being shown. */
export interface SettledNotification {
  readonly shown: boolean
  readonly at: number
  readonly as?: NotifiedAs | undefined
  /** There is a backend, which learns what was shown. */
  readonly isReported?: boolean
}

/** Alerts, their timelines and their notifications. */
export class AlertStore {
  readonly #alerts: AlertTable
  readonly #notifications: NotificationTable
  readonly #shownReports: ShownReportTable
  readonly #meta: MetaTable
  readonly #transactions: Transactions

  constructor(
    { alerts, notifications, shownReports, meta }: Omit<AlertTables, 'unseen'> & { readonly meta: MetaTable },
    transactions: Transactions,
  ) {
    this.#alerts = alerts
    this.#notifications = notifications
    this.#shownReports = shownReports
    this.#meta = meta
    this.#transactions = transactions
  }

  /** Newest first. */
  firing(): Alert[] {
    return this.#alerts.firing()
  }

  /** The firing ones, or the newest 500 resolved ones; newest first. */
  list({ open }: { readonly open: boolean }): Alert[] {
    return open ? this.#alerts.firing() : this.#alerts.resolved()
  }

  get(id: string): Alert | undefined {
    return this.#alerts.get(id)
  }

  /** Oldest event first, with the times in which the alert was stale. */
  timeline(id: string): AlertEvent[] {
    const [alert, events] = [this.#alerts.get(id), this.#alerts.timeline(id)]
    return alert && isNodeAlert(alert) ? withStaleLines(events, alert, this.#alerts.offlineDuring(alert)) : events
  }

  /** The firing alerts whose timelines say that they are silenced, each with the id of its silence. */
  silenced(): ReadonlyMap<string, string> {
    return this.#alerts.silenced()
  }

  /** A person's action on an alert. On disk when it returns, even through a power cut. */
  save(alert: Alert, event: AlertEvent): void {
    this.#transactions.durably(() => {
      this.#alerts.save(alert)
      this.#alerts.addEvent(event)
    })
  }

  /** Notifications not shown yet, of all alerts or of those with these ids. Oldest alert first. */
  queuedNotifications(ids?: ReadonlySet<string>): QueuedNotification[] {
    return this.#notifications.queued(ids)
  }

  /** Of each firing alert the newest notification that was shown. */
  shownNotifications(): ShownNotification[] {
    return this.#notifications.shown()
  }

  /**
   * Takes notifications off the queue. Those that were shown become part of the alert's timeline.
   * @returns what the backend has to learn, also after a restart: see `shownReports`
   */
  settleNotifications(items: readonly NotificationKey[], how: SettledNotification): ShownReport[] {
    const { shown, at, as, isReported = false } = how
    const reports: ShownReport[] = []
    this.#transactions.run(() => {
      const settled = items.filter((item) => this.#notifications.settle(item, shown))
      if (!shown) return
      for (const { alertId, transition } of settled) {
        const line = { alertId, kind: 'notified', at, ...this.#shownSeverity(alertId) } as const
        this.#alerts.addEvent(as === undefined ? line : { ...line, as })
        // A toast waits in a window that may be closed: for the backend nobody has seen it.
        if (isReported && transition !== 'resolved' && as !== 'toast') reports.push(...this.#reportOf(alertId, at))
      }
      for (const report of reports) this.#shownReports.add(report)
    })
    return reports
  }

  /** The severity that the popup had: one whose escalation is still queued was shown as a warning. */
  #shownSeverity(alertId: string): Pick<AlertEvent, 'severity'> {
    const alert = this.#alerts.get(alertId)
    if (!alert) return {}
    const escalates =
      alert.severity === 'critical' && this.#notifications.isQueued({ alertId, transition: 'escalated' })
    return { severity: escalates ? 'warning' : alert.severity }
  }

  #reportOf(alertId: string, at: number): ShownReport[] {
    const alert = this.#alerts.get(alertId)
    // The backend knows nothing of what a console says about itself.
    if (!alert || !isNodeAlert(alert)) return []
    const { severity } = this.#shownSeverity(alertId)
    return [{ alertId, severity: severity === 'critical' ? 'critical' : 'warning', at }]
  }

  /** What was shown and is not reported to the backend yet, oldest first. */
  shownReports(limit: number): ShownReport[] {
    return this.#shownReports.oldest(limit)
  }

  /** The backend has accepted these reports. */
  reported(reports: readonly ShownReport[]): void {
    this.#transactions.run(() => this.#shownReports.accepted(reports))
  }

  /** Reminders of these alerts were shown, at this time (epoch ms). Those that are withdrawn by now have no timeline. */
  addReminders(alertIds: readonly string[], at: number): void {
    this.#transactions.run(() => {
      for (const alertId of alertIds) {
        if (this.#alerts.get(alertId)) this.#alerts.addEvent({ alertId, kind: 'notified', at, as: 'reminder' })
      }
    })
  }

  /** Once, after the migration that introduced the history. */
  fillHistory(): void {
    this.#transactions.run(() => this.#alerts.fillHistory())
  }

  /** Within a transaction. */
  write({ alerts, events, queuedNotifications, firedAgain, team }: BatchWrite): void {
    for (const alert of alerts) this.#alerts.save(alert)
    for (const event of events) this.#alerts.addEvent(event)
    for (const alertId of firedAgain) this.#notifications.fireAgain(alertId)
    for (const notification of queuedNotifications) this.#notifications.queue(notification)
    for (const alertId of team?.cancelledNotifications ?? []) this.#notifications.cancel(alertId)
  }

  /** Within a transaction. `at`: epoch ms. */
  dropBefore(at: number): void {
    if (this.#alerts.dropBefore(at)) this.#meta.set(historyFromKey, String(at))
    this.#notifications.dropOrphans()
    this.#shownReports.dropBefore(at)
  }
}
