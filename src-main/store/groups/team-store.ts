import type { Database } from 'better-sqlite3'
import {
  type Acknowledgement,
  type Alert,
  type AlertEvent,
  type AlertNote,
  isNodeAlert,
  type NodeAlert,
} from '#shared/alert/alert.ts'
import { noteEvent } from '#shared/alert/note.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { isNoteChange, type OperatorAction } from '#shared/team/operator-action.ts'
import type { TeamWrite, StartOver } from '../batch-write.ts'
import type { RowReader } from '../row-reader.ts'
import { OperatorActionTable, type SilenceAction } from '../tables/operator-action-table.ts'
import {
  type DeferredCount,
  type DeferredNeed,
  type DeferredRecord,
  DeferredRecordTable,
} from '../tables/deferred-record-table.ts'
import { type OfficialAlert, OfficialAlertTable } from '../tables/official-alert-table.ts'
import { PartitionStartTable } from '../tables/partition-start-table.ts'
import { TeamRuleTable } from '../tables/team-rule-table.ts'
import type { Transactions } from '../transactions.ts'
import type { AlertTables } from './alert-store.ts'

const otherBackend = 'The backend has another database now, so this was not sent. Repeat it if it is still needed.'
const becameCritical =
  'The alert became critical before this acknowledgement was sent. Review it and acknowledge again.'

export interface TeamStoreDeps {
  readonly db: Database
  readonly rows: RowReader
  readonly tables: AlertTables
  readonly transactions: Transactions
}

/** An alert after what a person did, with the line of its timeline. `action`: with a backend. */
export interface SavedAct {
  readonly alert: Alert
  readonly event: AlertEvent
  readonly action?: OperatorAction
}

/** State of a backend: its rules, the versions of its alerts, and the queue of actions for it. */
export class TeamStore {
  readonly #tables: AlertTables
  readonly #transactions: Transactions
  readonly #rules: TeamRuleTable
  readonly #officials: OfficialAlertTable
  readonly #partitionStarts: PartitionStartTable
  readonly #actions: OperatorActionTable
  readonly #deferred: DeferredRecordTable
  /** Alerts with actions of this console: whether the backend's newest record of this run has an acknowledgement. */
  readonly #isAcknowledged = new Map<string, boolean>()
  /** Alerts that fire by the backend's newest record of this run. */
  readonly #firing = new Map<string, NodeAlert>()

  constructor({ db, rows, tables, transactions }: TeamStoreDeps) {
    this.#tables = tables
    this.#transactions = transactions
    this.#rules = new TeamRuleTable(db, rows)
    this.#officials = new OfficialAlertTable(db, rows)
    this.#partitionStarts = new PartitionStartTable(db)
    this.#actions = new OperatorActionTable(db, rows)
    this.#deferred = new DeferredRecordTable(db)
  }

  /** Every version that the backend has published; by id, oldest version first. */
  rules(): Rule[] {
    return this.#rules.all()
  }

  /** The alert's version in the last record from the backend; `undefined` when there was none. */
  officialVersion(alertId: string): number | undefined {
    return this.#officials.version(alertId)
  }

  /** Alerts of one series that the backend has published, newest first. */
  officialAlerts(nodeId: string, metric: string): NodeAlert[] {
    return this.#officials.ofSeries(nodeId, metric)
  }

  /** Alerts that fire by the backend's newest record of this run, as they are there. */
  firingOfficials(): readonly NodeAlert[] {
    return [...this.#firing.values()]
  }

  /** Ids of all alerts that the backend has published and not deleted. */
  officialIds(): string[] {
    return this.#officials.ids()
  }

  provisionalAlerts(): NodeAlert[] {
    return this.#tables.alerts.provisional().filter(isNodeAlert)
  }

  /** `at`: event time, epoch ms. */
  alertsOpenedSince(at: number): NodeAlert[] {
    return this.#tables.alerts.openedSince(at).filter(isNodeAlert)
  }

  /** Records that need a newer ReMo, in the order in which their keys were first deferred. */
  deferredRecords(): DeferredRecord[] {
    return this.#deferred.all()
  }

  deferredCounts(): DeferredCount[] {
    return this.#deferred.counts()
  }

  /** What the deferred records need, by key. */
  deferredNeeds(): DeferredNeed[] {
    return this.#deferred.needs()
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

  /**
   * Acknowledgements given here, until the backend refuses them or publishes its record of the alert.
   * @param version of the backend's record that is read now
   */
  pendingAcknowledgements(alertId: string, version?: number): Acknowledgement[] {
    const actions = this.#actions.ofAlert(alertId, version).filter(({ state }) => state !== 'refused')
    return actions.flatMap(({ change }) => (change.kind === 'acknowledge' ? [change.acknowledgement] : []))
  }

  /** Acknowledgements that were taken back here, until the backend's record of the alert shows it. */
  takenBack(alertId: string, version?: number): Acknowledgement[] {
    const actions = this.#actions.ofAlert(alertId, version).filter(({ state }) => state !== 'refused')
    return actions.flatMap(({ change }) => (change.kind === 'unacknowledge' ? [change.acknowledgement] : []))
  }

  /** Notes that were written here, until the backend's record of the alert has them. */
  pendingNotes(alertId: string, version?: number): AlertNote[] {
    const actions = this.#actions.ofAlert(alertId, version).filter(({ state }) => state !== 'refused')
    return actions.flatMap(({ change }) => (isNoteChange(change) ? [change.note] : []))
  }

  /** Whether the backend's newest record of the alert, read in this run after an action here, has none. */
  isKnownUnacknowledged(alertId: string): boolean {
    return this.#isAcknowledged.get(alertId) === false
  }

  /** Changes of silences, oldest first, also those whose result no record of the backend shows yet. */
  silenceActions(): SilenceAction[] {
    return this.#actions.ofSilences()
  }

  /** Within a transaction: this record of a silence shows the result of the changes that were sent until then. */
  confirmSilence(id: string, version: number): void {
    this.#actions.deleteSentUntil(id, version + 1)
  }

  addAction(action: OperatorAction): void {
    this.#transactions.durably(() => this.#actions.add(action))
  }

  saveAction(action: OperatorAction): void {
    this.#transactions.durably(() => this.#actions.save(action, 0))
  }

  /**
   * The backend accepted the action. `keep`: store it, unlisted, until the backend's record of the alert arrives.
   * @param version of the alert in the backend's answer; 1 if it is unknown
   */
  finishAction(action: OperatorAction, keep: boolean, version = 1): void {
    this.#transactions.durably(() => (keep ? this.#actions.save(action, version) : this.#actions.remove(action.id)))
  }

  /** What a person did to alerts, with the actions that send it to the backend: one durable write. */
  saveActs(acts: readonly SavedAct[]): void {
    const { alerts, unseen } = this.#tables
    this.#transactions.durably(() => {
      for (const { alert, event, action } of acts) {
        if (event.kind === 'acknowledged') unseen.remove(alert.id)
        alerts.save(alert)
        alerts.addEvent(event)
        if (action) this.#actions.add(action)
      }
    })
  }

  /** The backend refused the action: `alert` is the alert without its effect. */
  saveRefused(alert: Alert, action: OperatorAction): void {
    const { alerts } = this.#tables
    const { change } = action
    this.#transactions.durably(() => {
      alerts.save(alert)
      // Nobody else sees a note that was refused.
      if (isNoteChange(change)) alerts.removeEvent(noteEvent(alert.id, change.note))
      this.#actions.save(action, 0)
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
    for (const official of officialAlerts) this.#saveOfficial(official)
    for (const alertId of deletedAlertIds) this.#forgetOfficial(alertId)
    for (const { alertId, replacedBy } of withdrawals) this.#withdraw(alertId, replacedBy)
    for (const alertId of confirmedAlertIds) this.#actions.deleteSent(alertId)
    for (const deferral of deferrals) {
      if (deferral.kind === 'keep') this.#deferred.keep(deferral.record)
      else this.#deferred.settle(deferral.about, deferral.key, deferral.version)
    }
  }

  /** Within a transaction: waiting acknowledgements of these alerts become conflicts and are not sent. */
  supersedeAcknowledgements(alertIds: readonly string[]): void {
    if (alertIds.length === 0) return
    const superseded = this.actions().filter(
      ({ state, change }) => state === 'waiting' && change.kind === 'acknowledge' && alertIds.includes(change.alertId),
    )
    for (const action of superseded) this.#actions.save({ ...action, state: 'conflict', problem: becameCritical }, 0)
  }

  /** Within a transaction: first record read from a partition. A start that is known stays. */
  addPartitionStart(position: RecordPosition): void {
    this.#partitionStarts.add(position)
  }

  /** Within a transaction: after a gap, reading starts at `position`. */
  resetPartitionStart(position: RecordPosition): void {
    this.#partitionStarts.reset(position)
  }

  /** Within a transaction: another log of the backend, whose versions start from 1 again. */
  clear(what: 'rules' | 'alerts'): void {
    this.#deferred.clear(what)
    if (what === 'rules') this.#rules.clear()
    else this.#officials.clear()
    if (what === 'alerts') this.#firing.clear()
  }

  #forgetOfficial(alertId: string): void {
    this.#officials.forget(alertId)
    this.#firing.delete(alertId)
  }

  #saveOfficial(official: OfficialAlert): void {
    const { id, version, isAcknowledged, firing } = official
    this.#officials.save(official)
    if (firing) this.#firing.set(id, firing)
    else this.#firing.delete(id)
    if (this.#actions.ofAlert(id).length > 0) this.#isAcknowledged.set(id, isAcknowledged)
    else this.#isAcknowledged.delete(id)
    this.#actions.deleteSentUntil(id, version)
  }

  #startOver({ about }: StartOver): void {
    this.clear(about)
    if (about === 'rules') return
    this.#isAcknowledged.clear()
    this.#tables.shownReports.clear()
    this.#actions.forgetVersions()
    for (const action of this.actions()) {
      if (action.state === 'waiting') this.#actions.save({ ...action, state: 'refused', problem: otherBackend }, 0)
    }
  }

  /** Within a transaction, after alerts were dropped. */
  dropOrphans(): void {
    this.#officials.dropOrphans()
    this.#actions.dropSent()
  }

  #withdraw(alertId: string, replacedBy: string | undefined): void {
    const { alerts, notifications, unseen, shownReports } = this.#tables
    if (replacedBy !== undefined) {
      unseen.reassign(alertId, replacedBy)
      alerts.reassign(alertId, replacedBy)
      notifications.reassign(alertId, replacedBy)
      this.#actions.reassign(alertId, replacedBy)
      shownReports.addAgain(replacedBy)
    }
    alerts.remove(alertId)
    notifications.remove(alertId)
    unseen.remove(alertId)
    shownReports.remove(alertId)
  }
}
