import { isDeepStrictEqual } from 'node:util'
import { isAcknowledged, withAcknowledgement } from '#shared/alert/acknowledgement.ts'
import type { Acknowledgement, Alert, AlertEvent } from '#shared/alert/alert.ts'
import { notifyWithinMs } from '#shared/evaluation/no-data.ts'
import {
  adoptAlert,
  isContradicted,
  isSameEpisode,
  mergeOfficialAlert,
  withdrawnAlert,
} from '#shared/team/merge-alert.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { AlertRecord, RuleRecord } from '#shared/team/team-records.ts'
import type { TeamTopicKind } from '#shared/sync/team-topics.ts'
import type { Deferral, TeamWrite } from '../../store/batch-write.ts'
import type { DeferredRecord } from '../../store/tables/deferred-record-table.ts'
import type { OfficialAlert } from '../../store/tables/team-rule-table.ts'
import type { SeriesEvaluator } from './series-evaluator.ts'
import { retentionMs } from '../cache-maintenance.ts'
import type { PartitionPositions } from '../ingest/partition-positions.ts'
import type { TeamChange } from '../ingest/read-team-batch.ts'
import type { ConsoleRules } from './console-rules.ts'

/** What the store knows of the backend. */
export interface InboxStore {
  officialVersion(alertId: string): number | undefined
  officialIds(): string[]
  actions(): OperatorAction[]
  provisionalAlerts(): Alert[]
  alertsOpenedSince(at: number): Alert[]
  pendingAcknowledgements(alertId: string): Acknowledgement[]
}

export interface BackendInboxDeps {
  readonly store: InboxStore
  readonly evaluation: SeriesEvaluator
  readonly rules: ConsoleRules
  readonly partitions: Pick<PartitionPositions, 'isInBacklog'>
  readonly now: () => number
}

/** What comes of the backend's news beside what was staged in the evaluation. */
export interface InboxChanges {
  readonly write: TeamWrite
  readonly withdrawn: readonly Alert[]
}

/** Takes in what the backend says of rules and alerts. Everything is staged; the caller commits or rolls back. */
export class BackendInbox {
  readonly #deps: BackendInboxDeps

  constructor(deps: BackendInboxDeps) {
    this.#deps = deps
  }

  merge(changes: readonly TeamChange[]): InboxChanges {
    const batch = new InboxBatch(this.#deps)
    for (const item of changes) {
      if (item.kind === 'rule') batch.rule(item.record)
      else if (item.kind === 'alert') batch.alert(item.record)
      else if (item.kind === 'forgotten') batch.forget(item.alertId)
      else batch.defer(item.record)
    }
    batch.withdrawContradicted()
    return batch.changes()
  }

  /**
   * Another database: its alerts leave, except those that fire here by the console's own evaluation. `isOtherTeam`: those
   * leave as well, because they fire by the thresholds of the team before.
   */
  leaveAlerts(isOtherTeam: boolean): InboxChanges {
    const { store, evaluation } = this.#deps
    const batch = new InboxBatch(this.#deps)
    if (isOtherTeam) evaluation.forgetEpisodes()
    for (const alertId of store.officialIds()) batch.forget(alertId)
    if (isOtherTeam) batch.withdrawAll()
    for (const { state, change } of store.actions()) {
      if (state !== 'waiting' || change.kind !== 'acknowledge') continue
      const alert = evaluation.alerts.find(change.alertId)
      const isThis = isDeepStrictEqual(alert?.acknowledgement, change.acknowledgement)
      if (alert && isThis) evaluation.alerts.stageAlert(withAcknowledgement(alert, undefined), [])
    }
    return batch.changes()
  }
}

/** One batch of news, taken in record by record. */
class InboxBatch {
  readonly rules: Rule[] = []
  readonly #deps: BackendInboxDeps
  readonly #officials = new Map<string, OfficialAlert>()
  readonly #forgotten = new Set<string>()
  readonly #withdrawals = new Map<string, string | undefined>()
  readonly #withdrawn: Alert[] = []
  readonly #heard: string[] = []
  readonly #cancelledNotifications: string[] = []
  readonly #deferrals: Deferral[] = []

  constructor(deps: BackendInboxDeps) {
    this.#deps = deps
  }

  changes(): InboxChanges {
    const withdrawals = [...this.#withdrawals].map(([alertId, replacedBy]) => ({
      alertId,
      ...(replacedBy === undefined ? {} : { heir: replacedBy }),
    }))
    const write = {
      rules: this.rules,
      officialAlerts: [...this.#officials.values()],
      deletedAlertIds: [...this.#forgotten],
      withdrawals,
      confirmedAlertIds: this.#heard,
      cancelledNotifications: this.#cancelledNotifications,
      deferrals: this.#deferrals,
    }
    return { write, withdrawn: this.#withdrawn }
  }

  rule({ rule, earlier }: RuleRecord): void {
    this.rules.push(...earlier, rule)
    this.#settleDeferred('rules', rule.id, rule.version)
  }

  /** Kept for after the upgrade, unless something newer of the same rule or alert is known. */
  defer(record: DeferredRecord): void {
    const { about, key, version } = record
    const known = about === 'rules' ? this.#ruleVersionOf(key) : this.#versionOf(key)
    if (version === null || version > known) this.#deferrals.push({ kind: 'keep', record })
  }

  alert(record: AlertRecord): void {
    const { evaluation, store, now } = this.#deps
    const { alert: official, version } = record
    const { id, nodeId, metric } = official
    this.#settleDeferred('alerts', id, version)
    if (version <= this.#versionOf(id)) return
    const isEvaluatedHere = evaluation.adopt(official)
    const met = this.#provisionalMatches(official)
    const own = evaluation.alerts.find(id)
    const local = own ?? (met[0] && adoptAlert(met[0], official))
    if (!local && official.phase === 'resolved' && official.openedAt < now() - retentionMs) return
    this.#forgotten.delete(id)
    this.#officials.set(id, { id, version, nodeId, metric })
    const pending = [id, ...met.map((alert) => alert.id)].flatMap((alertId) => store.pendingAcknowledgements(alertId))
    const isAckPending = pending.some((ack) => isDeepStrictEqual(ack, local?.acknowledgement))
    const merged = mergeOfficialAlert(local, record, {
      isEvaluatedHere,
      isAckPending,
      isInBacklog: this.#isInBacklog(official),
    })
    for (const alert of met) this.#withdraw(alert, id)
    if (!isDeepStrictEqual(merged, own)) evaluation.alerts.stageAlert(merged, newEvents(own, merged))
    this.#queueOrCancelNotification(local, merged)
    if (official.phase === 'resolved' || official.acknowledgement) this.#heard.push(id)
  }

  /** The backend keeps an alert no longer than its own retention; one that is judged here stays as long as it fires. */
  forget(alertId: string): void {
    const local = this.#deps.evaluation.alerts.find(alertId)
    this.#officials.delete(alertId)
    this.#forgotten.add(alertId)
    this.#settleDeferred('alerts', alertId, null)
    if (local && (local.phase === 'resolved' || !this.#deps.evaluation.isEvaluated(local))) this.#withdraw(local)
  }

  withdrawAll(): void {
    for (const alert of this.#deps.evaluation.alerts.open()) {
      if (!this.#withdrawals.has(alert.id)) this.#withdraw(alert)
    }
  }

  /** A version that came late: what was opened meanwhile by the one before it was never an alert to anybody else. */
  withdrawContradicted(): void {
    const { rules, store } = this.#deps
    const fresh = rules.unknownTeamVersions(this.rules)
    if (fresh.length === 0) return
    const index = rules.indexWithTeam(this.rules)
    const from = fresh.reduce((first, rule) => Math.min(first, rule.effectiveFrom), Infinity)
    for (const alert of store.alertsOpenedSince(from)) {
      if (this.#versionOf(alert.id) === 0 && isContradicted(alert, index)) this.#withdraw(alert)
    }
  }

  /** Provisional alerts of this console that are the official one. */
  #provisionalMatches(official: Alert): Alert[] {
    const provisional = this.#deps.store.provisionalAlerts()
    return provisional.filter((alert) => !this.#withdrawals.has(alert.id) && isSameEpisode(alert, official))
  }

  /** Whether the alert was acknowledged after all that this console has read of its series. */
  #isInBacklog({ nodeId, metric, acknowledgement: ack }: Alert): boolean {
    const { evaluation, partitions } = this.#deps
    return partitions.isInBacklog && ack !== undefined && ack.at >= evaluation.newestAt(nodeId, metric)
  }

  #versionOf(alertId: string): number {
    if (this.#forgotten.has(alertId)) return 0
    return this.#officials.get(alertId)?.version ?? this.#deps.store.officialVersion(alertId) ?? 0
  }

  #ruleVersionOf(id: string): number {
    const known = this.#deps.rules.sharedVersion(id)
    return this.rules.reduce((newest, rule) => (rule.id === id ? Math.max(newest, rule.version) : newest), known)
  }

  #settleDeferred(about: TeamTopicKind, key: string, version: number | null): void {
    this.#deferrals.push({ kind: 'settle', about, key, version })
  }

  #withdraw(alert: Alert, replacedBy?: string): void {
    this.#withdrawals.set(alert.id, replacedBy)
    this.#withdrawn.push(withdrawnAlert(alert))
    this.#deps.evaluation.alerts.remove(alert.id)
  }

  /** The operator is told of what he could not hear of here, and not of what a colleague has taken on. */
  #queueOrCancelNotification(local: Alert | undefined, merged: Alert): void {
    const { evaluation, now } = this.#deps
    const { id: alertId, phase, openedAt } = merged
    if (phase === 'resolved') return
    if (isAcknowledged(merged, now())) {
      this.#cancelledNotifications.push(alertId)
    } else if (!local) {
      if (now() - openedAt <= notifyWithinMs) evaluation.alerts.queueNotification({ alertId, transition: 'opened' })
    } else if (local.severity === 'warning' && merged.severity === 'critical') {
      evaluation.alerts.queueNotification({ alertId, transition: 'escalated' })
      if (local.acknowledgement) evaluation.alerts.supersedeAcknowledgement(alertId)
    }
  }
}

/** What the timeline does not tell yet. */
function newEvents(own: Alert | undefined, { id: alertId, ...merged }: Alert): AlertEvent[] {
  const events: AlertEvent[] = []
  const { severity, openedAt, value, resolvedAt, acknowledgement: ack } = merged
  if (!own) {
    events.push({ alertId, kind: 'opened', at: openedAt, severity, ...(value === null ? {} : { value }) })
  }
  if (ack && !isDeepStrictEqual(ack, own?.acknowledgement)) {
    events.push({ alertId, kind: 'acknowledged', at: ack.at, by: ack.by, comment: ack.comment })
  }
  if (resolvedAt !== undefined && own?.phase !== 'resolved') {
    const last = merged.resolvedValue === undefined ? {} : { value: merged.resolvedValue }
    events.push({ alertId, kind: 'resolved', at: resolvedAt, ...last })
  }
  return events
}
