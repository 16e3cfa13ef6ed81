import type { Database, Statement } from 'better-sqlite3'
import type { Acknowledgement, Alert, AlertEvent } from '#shared/alert/alert.ts'
import { alertCodec } from '#shared/codec/domain-codecs.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { TeamWrite, StartOver } from '../batch-write.ts'
import type { RowReader } from '../row-reader.ts'
import { OperatorActionTable } from '../tables/operator-action-table.ts'
import type { AlertTable } from '../tables/alert-table.ts'
import { type DeferredCount, type DeferredRecord, DeferredRecordTable } from '../tables/deferred-record-table.ts'
import type { NotificationTable } from '../tables/notification-table.ts'
import { OfficialAlertTable, PartitionStartTable, TeamRuleTable } from '../tables/team-rule-table.ts'

const otherBackend = 'The backend has another database now, so this was not sent. Repeat it if it is still needed.'
const becameCritical =
  'The alert became critical before this acknowledgement was sent. Review it and acknowledge again.'

export interface TeamStoreDeps {
  readonly db: Database
  readonly rows: RowReader
  readonly alerts: AlertTable
  readonly notifications: NotificationTable
  /** One transaction that the disk has confirmed when it returns. */
  readonly durably: (work: () => void) => void
}

/** What is shared with a backend: its rules, what it told of alerts, and what it has still to hear of. */
export class TeamStore {
  readonly #deps: TeamStoreDeps
  readonly #rules: TeamRuleTable
  readonly #officials: OfficialAlertTable
  readonly #partitionStarts: PartitionStartTable
  readonly #actions: OperatorActionTable
  readonly #deferred: DeferredRecordTable
  readonly #provisional: Statement<[], string>
  readonly #openedSince: Statement<[number], string>

  constructor(deps: TeamStoreDeps) {
    const { db, rows } = deps
    this.#deps = deps
    this.#rules = new TeamRuleTable(db, rows)
    this.#officials = new OfficialAlertTable(db, rows)
    this.#partitionStarts = new PartitionStartTable(db)
    this.#actions = new OperatorActionTable(db, rows)
    this.#deferred = new DeferredRecordTable(db)
    this.#provisional = db
      .prepare<[], string>(`SELECT data FROM alert WHERE json_extract(data, '$.provisional')`)
      .pluck()
    this.#openedSince = db
      .prepare<[number], string>(`SELECT data FROM alert WHERE phase IN ('firing', 'resolved') AND opened_at >= ?`)
      .pluck()
  }

  /** All versions that the backend shares; by id, oldest version first. */
  rules(): Rule[] {
    return this.#rules.all()
  }

  /** Version of the alert that the backend told last; `undefined` when it never did. */
  officialVersion(alertId: string): number | undefined {
    return this.#officials.version(alertId)
  }

  /** Alerts of one series that the backend has told of, newest first. */
  officialAlerts(nodeId: string, metric: string): Alert[] {
    return this.#officials.ofSeries(nodeId, metric)
  }

  /** Every alert that the backend has published, and not withdrawn. */
  officialIds(): string[] {
    return this.#officials.ids()
  }

  provisionalAlerts(): Alert[] {
    return this.#deps.rows.all('alert', alertCodec, this.#provisional.all())
  }

  /** `at`: event time, epoch ms. */
  alertsOpenedSince(at: number): Alert[] {
    return this.#deps.rows.all('alert', alertCodec, this.#openedSince.all(at))
  }

  /** Records that need a newer version; in the order in which their keys were first deferred. */
  deferredRecords(): DeferredRecord[] {
    return this.#deferred.all()
  }

  deferredCounts(): DeferredCount[] {
    return this.#deferred.counts()
  }

  partitionStarts(): RecordPosition[] {
    return this.#partitionStarts.all()
  }

  /** Oldest first. */
  actions(): OperatorAction[] {
    return this.#actions.all()
  }

  action(id: string): OperatorAction | undefined {
    return this.#actions.get(id)
  }

  /** Acknowledgements given here that the backend has not refused, nor answered by its own record of the alert. */
  pendingAcknowledgements(alertId: string): Acknowledgement[] {
    const actions = this.#actions.ofAlert(alertId).filter(({ state }) => state !== 'refused')
    return actions.flatMap(({ change }) => (change.kind === 'acknowledge' ? [change.acknowledgement] : []))
  }

  addAction(action: OperatorAction): void {
    this.#deps.durably(() => this.#actions.add(action))
  }

  saveAction(action: OperatorAction): void {
    this.#deps.durably(() => this.#actions.save(action, false))
  }

  /** The backend has it. `keep`: until its own record of the alert is read. */
  finishAction(action: OperatorAction, keep: boolean): void {
    this.#deps.durably(() => (keep ? this.#actions.save(action, true) : this.#actions.remove(action.id)))
  }

  /** An acknowledgement and the action that tells of it. */
  saveAcknowledged(alert: Alert, event: AlertEvent, action: OperatorAction): void {
    const { durably, alerts } = this.#deps
    durably(() => {
      alerts.save(alert)
      alerts.addEvent(event)
      this.#actions.add(action)
    })
  }

  /** The backend will not take the acknowledgement: the alert stands without it. */
  saveRefused(alert: Alert, action: OperatorAction): void {
    const { durably, alerts } = this.#deps
    durably(() => {
      alerts.save(alert)
      this.#actions.save(action, false)
    })
  }

  /** Within a transaction, before the alerts of the batch. */
  write({
    rules,
    officialAlerts,
    deletedAlertIds,
    withdrawals,
    confirmedAlertIds,
    deferrals,
    startOver,
  }: TeamWrite): void {
    if (startOver) this.#startOver(startOver)
    for (const rule of rules) this.#rules.save(rule)
    for (const official of officialAlerts) this.#officials.save(official)
    for (const alertId of deletedAlertIds) this.#officials.forget(alertId)
    for (const { alertId, replacedBy } of withdrawals) this.#withdraw(alertId, replacedBy)
    for (const alertId of confirmedAlertIds) this.#actions.deleteSent(alertId)
    for (const deferral of deferrals) {
      if (deferral.kind === 'keep') this.#deferred.keep(deferral.record)
      else this.#deferred.settle(deferral.about, deferral.key, deferral.version)
    }
  }

  /** Within a transaction: what was acknowledged of these alerts is not what fires now, so the backend is not told. */
  supersedeAcknowledgements(alertIds: readonly string[]): void {
    if (alertIds.length === 0) return
    const superseded = this.actions().filter(
      ({ state, change }) => state === 'waiting' && change.kind === 'acknowledge' && alertIds.includes(change.alertId),
    )
    for (const action of superseded)
      this.#actions.save({ ...action, state: 'conflict', problem: becameCritical }, false)
  }

  /** Within a transaction: a partition was read for the first time. */
  begin(position: RecordPosition): void {
    this.#partitionStarts.add(position)
  }

  /** Within a transaction: reading begins anew after a gap. */
  resetPartitionStart(position: RecordPosition): void {
    this.#partitionStarts.reset(position)
  }

  /** Within a transaction: the log of the backend is another one, whose versions count anew. */
  clear(what: 'rules' | 'alerts'): void {
    this.#deferred.clear(what)
    if (what === 'rules') this.#rules.clear()
    else this.#officials.clear()
  }

  #startOver({ about }: StartOver): void {
    this.clear(about)
    if (about === 'rules') return
    for (const action of this.actions()) {
      if (action.state === 'waiting') this.#actions.save({ ...action, state: 'refused', problem: otherBackend }, false)
    }
  }

  /** Within a transaction, after alerts were dropped. */
  dropOrphans(): void {
    this.#officials.dropOrphans()
    this.#actions.dropSent()
  }

  #withdraw(alertId: string, replacedBy: string | undefined): void {
    const { alerts, notifications } = this.#deps
    if (replacedBy !== undefined) {
      alerts.reassign(alertId, replacedBy)
      notifications.reassign(alertId, replacedBy)
      this.#actions.reassign(alertId, replacedBy)
    }
    alerts.remove(alertId)
    notifications.remove(alertId)
  }
}
