import { isDeepStrictEqual } from 'node:util'
import { expiryOf, isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { NodeAlert, AlertEvent } from '#shared/alert/alert.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { TeamTopicKind } from '#shared/team/team-topics.ts'
import {
  adoptAlert,
  isContradicted,
  isResolutionContradicted,
  isSameEpisode,
  mergeOfficialAlert,
  withdrawnAlert,
} from '#shared/team/merge-alert.ts'
import type { AlertRecord, RuleRecord } from '#shared/team/team-records.ts'
import type { Deferral, TeamWrite } from '../../store/batch-write.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { DeferredRecord } from '../../store/tables/deferred-record-table.ts'
import type { OfficialAlert } from '../../store/tables/official-alert-table.ts'
import type { CacheRetention } from '../cache-retention.ts'
import type { PartitionPositions } from '../ingest/partition-positions.ts'
import type { TopicMappings } from '../ingest/topic-mappings.ts'
import { type ForgottenNode, forgottenNodeKey } from '#shared/team/forgotten-node.ts'
import type { TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import { mappingKey, mappingTopicIn } from '#shared/metric/mapping/mapping-key.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { newEvents, notifiedTransitions } from './merged-events.ts'
import { silenceIn, silenceKey } from '#shared/silence/silence-key.ts'
import type { ConsoleRules } from './console-rules.ts'
import type { ForgottenNodes } from './forgotten-nodes.ts'
import type { Silences } from './silences.ts'
import type { SeriesEvaluator } from './series-evaluator.ts'

export interface InboxDeps {
  readonly store: ConsoleStore
  readonly evaluator: SeriesEvaluator
  readonly rules: ConsoleRules
  readonly forgotten: ForgottenNodes
  readonly silences: Silences
  readonly mappings: TopicMappings
  readonly partitions: Pick<PartitionPositions, 'isInBacklog'>
  readonly retention: CacheRetention
  /** Epoch ms. */
  readonly now: () => number
}

/** What a batch changes, in addition to the changes staged in the evaluator. */
export interface InboxChanges {
  readonly write: TeamWrite
  readonly withdrawn: readonly NodeAlert[]
}

/** Merges the records of one batch, one by one. */
export class InboxBatch {
  readonly rules: Rule[] = []
  readonly #deps: InboxDeps
  readonly #officialAlerts = new Map<string, OfficialAlert>()
  readonly #deletedAlertIds = new Set<string>()
  readonly #withdrawals = new Map<string, string | undefined>()
  readonly #withdrawn: NodeAlert[] = []
  readonly #confirmedAlertIds: string[] = []
  readonly #cancelledNotifications: string[] = []
  readonly #deferrals: Deferral[] = []

  constructor(deps: InboxDeps) {
    this.#deps = deps
  }

  changes(): InboxChanges {
    const withdrawals = [...this.#withdrawals].map(([alertId, replacedBy]) => ({
      alertId,
      ...(replacedBy === undefined ? {} : { replacedBy }),
    }))
    const write = {
      rules: this.rules,
      officialAlerts: [...this.#officialAlerts.values()],
      deletedAlertIds: [...this.#deletedAlertIds],
      withdrawals,
      confirmedAlertIds: this.#confirmedAlertIds,
      cancelledNotifications: this.#cancelledNotifications,
      deferrals: this.#deferrals,
    }
    return { write, withdrawn: this.#withdrawn }
  }

  rule({ rule, earlier }: RuleRecord): void {
    this.rules.push(...earlier, rule)
    this.#settleDeferred('rules', rule.id, rule.version)
  }

  /** Keeps the record for the upgrade, unless a newer version of what it is about is known. */
  defer(record: DeferredRecord): void {
    const { about, key, version } = record
    const known = about === 'rules' ? this.#ruleVersionOf(key) : this.#knownVersionOf(key)
    if (version === null || version > known) this.#deferrals.push({ kind: 'keep', record })
  }

  /** A person forgot the node. Its alerts end here at once; the backend's records of them follow. */
  forget(node: ForgottenNode): void {
    const { evaluator, forgotten } = this.#deps
    this.#settleDeferred('alerts', forgottenNodeKey(node.nodeId), null)
    if (forgotten.stage(node, evaluator.newestOf(node.nodeId))) evaluator.alerts.stageForgotten(node)
  }

  silence(silence: Silence): void {
    this.#settleDeferred('alerts', silenceKey(silence.id), silence.version)
    this.#deps.silences.stage(silence)
  }

  /** The backend deleted the silence after its retention. */
  deleteSilence(id: string): void {
    this.#settleDeferred('alerts', silenceKey(id), null)
    this.#deps.silences.stageDelete(id)
  }

  mapping(mapping: TopicMapping): void {
    this.#settleDeferred('alerts', mappingKey(mapping.topic), mapping.version)
    this.#deps.mappings.stage(mapping)
  }

  /** The backend deleted its record of the topic. */
  deleteMapping(topic: string): void {
    this.#settleDeferred('alerts', mappingKey(topic), null)
    this.#deps.mappings.stageDelete(topic)
  }

  alert(record: AlertRecord): void {
    const { evaluator, store, rules, retention, now } = this.#deps
    const { version } = record
    const { id } = record.alert
    this.#settleDeferred('alerts', id, version)
    if (version <= this.#versionOf(id)) return
    const official = this.#withoutExpired(record.alert)
    const isEvaluatedHere = evaluator.adopt(official, rules.index)
    const replaced = this.#provisionalMatches(official)
    const own = evaluator.alerts.find(id)
    const local = own ?? (replaced[0] && adoptAlert(replaced[0], official))
    if (!local && official.phase === 'resolved' && official.openedAt < retention.oldest(now())) return
    this.#deletedAlertIds.delete(id)
    this.#officialAlerts.set(id, knownOfficial(record))
    const ids = [id, ...replaced.map((alert) => alert.id)]
    const pending = ids.flatMap((alertId) => store.team.pendingAcknowledgements(alertId, version))
    const isAckPending = pending.some((ack) => isDeepStrictEqual(ack, local?.acknowledgement))
    const merged = mergeOfficialAlert(
      local,
      { version, alert: official },
      {
        isEvaluatedHere,
        isAckPending,
        isInBacklog: this.#isAckNewer(official, own ?? replaced[0]),
        isContradicted: this.#isResolutionContradicted(local, official),
        isFlappingUnknown: evaluator.isFlappingUnknown(official),
        takenBack: ids.flatMap((alertId) => store.team.takenBack(alertId, version)),
        pendingNotes: ids.flatMap((alertId) => store.team.pendingNotes(alertId, version)),
      },
    )
    for (const alert of replaced) this.#withdraw(alert, id)
    if (!isDeepStrictEqual(merged, own)) evaluator.alerts.stageAlert(merged, newEvents(own, merged, now()))
    this.#queueOrCancelNotification(local, merged)
    if (official.phase === 'resolved' || record.alert.acknowledgement) this.#confirmedAlertIds.push(id)
  }

  /** The backend deleted the alert after its retention. An alert that is evaluated here stays while it fires. */
  delete(alertId: string): void {
    const local = this.#deps.evaluator.alerts.find(alertId)
    this.#officialAlerts.delete(alertId)
    this.#deletedAlertIds.add(alertId)
    this.#settleDeferred('alerts', alertId, null)
    if (local && (local.phase === 'resolved' || !this.#deps.evaluator.isEvaluated(local))) this.#withdraw(local)
  }

  withdrawAll(): void {
    for (const alert of this.#deps.evaluator.alerts.open()) {
      if (!this.#withdrawals.has(alert.id)) this.#withdraw(alert)
    }
  }

  /**
   * The next version of a rule arrived late. Withdraws alerts that opened under a version that had already ended: they
   * exist on this console only. Their series begin anew; the backend may have an episode of them. Alerts that were
   * cleared by levels that had already ended fire again, if they do at the backend.
   */
  settleContradicted(): void {
    const { rules, store, evaluator } = this.#deps
    const fresh = rules.unknownTeamVersions(this.rules)
    if (fresh.length === 0) return
    const index = rules.indexWithTeam(this.rules)
    const from = fresh.reduce((first, rule) => Math.min(first, rule.effectiveFrom), Infinity)
    const inDoubt = evaluator.rulesArrived(rules.index, index)
    for (const alert of store.team.alertsOpenedSince(from)) {
      if (this.#versionOf(alert.id) !== 0) continue
      const doubt = inDoubt.find(({ series }) => alert.nodeId === series.nodeId && alert.metric === series.metric)
      // The backend may have another alert in its place.
      const provisional = { ...alert, provisional: true }
      const own = doubt?.officials.find((official) => isSameEpisode(provisional, official))
      if (own === undefined && !isContradicted(alert, index, rules.index)) {
        if (doubt && alert.kind === 'value') evaluator.alerts.stageAlert(provisional, [])
        continue
      }
      this.#withdraw(alert, own?.id)
      evaluator.endEpisode(alert)
    }
    for (const official of store.team.firingOfficials()) this.#fireAgain(official, index)
  }

  #fireAgain(official: NodeAlert, index: RuleIndex): void {
    const { evaluator, store } = this.#deps
    const { id } = official
    const local = evaluator.alerts.find(id)
    if (local === undefined || this.#officialAlerts.has(id) || !isResolutionContradicted(local, index, official)) return
    const version = this.#versionOf(id)
    const takenBack = store.team.takenBack(id, version)
    const pendingNotes = store.team.pendingNotes(id, version)
    const context = {
      pendingNotes,
      isEvaluatedHere: false,
      isAckPending: false,
      isInBacklog: false,
      isContradicted: true,
      takenBack,
    }
    evaluator.alerts.stageAlert(mergeOfficialAlert(local, { version, alert: official }, context), [])
    evaluator.alerts.fireAgain(id)
    evaluator.rejoin(official, index)
  }

  /** Provisional alerts of this console that are the same episode as the official one. */
  #provisionalMatches(official: NodeAlert): NodeAlert[] {
    const provisional = this.#deps.store.team.provisionalAlerts()
    return provisional.filter((alert) => !this.#withdrawals.has(alert.id) && isSameEpisode(alert, official))
  }

  /**
   * The record without an acknowledgement whose end is in the timeline here: the backend may keep it. The end of one that
   * is new here follows within a second.
   */
  #withoutExpired(official: NodeAlert): NodeAlert {
    const expiry = expiryOf(official, this.#deps.now())
    if (!expiry) return official
    const isKnown = ({ kind, at }: AlertEvent): boolean => kind === 'expired' && at === expiry.event.at
    return this.#deps.store.alerts.timeline(official.id).some(isKnown) ? expiry.alert : official
  }

  /**
   * Whether the official acknowledgement is newer than the severity that fires here. Only in a backlog: live, the order
   * of arrival decides, and the clock of the node does not matter.
   */
  #isAckNewer({ acknowledgement: ack }: NodeAlert, local: NodeAlert | undefined): boolean {
    if (!this.#deps.partitions.isInBacklog || ack === undefined || local === undefined) return false
    return ack.at >= this.#severitySince(local)
  }

  /** Event time at which the alert reached its severity, epoch ms. */
  #severitySince({ id, severity, openedAt }: NodeAlert): number {
    let since = openedAt
    let before: AlertEvent['severity']
    for (const event of this.#deps.store.alerts.timeline(id)) {
      if (event.severity === undefined || event.kind === 'notified') continue
      if (event.severity === severity && before !== severity) since = event.at
      before = event.severity
    }
    return since
  }

  #isResolutionContradicted(local: NodeAlert | undefined, official: NodeAlert): boolean {
    if (local?.phase !== 'resolved') return false
    return isResolutionContradicted(local, this.#deps.rules.indexWithTeam(this.rules), official)
  }

  /** Of a key of the topic of alerts. */
  #knownVersionOf(key: string): number {
    const { silences, mappings } = this.#deps
    const silenceId = silenceIn(key)
    if (silenceId !== undefined) return silences.versionOf(silenceId)
    const topic = mappingTopicIn(key)
    return topic === undefined ? this.#versionOf(key) : mappings.versionOf(topic)
  }

  #versionOf(alertId: string): number {
    if (this.#deletedAlertIds.has(alertId)) return 0
    return this.#officialAlerts.get(alertId)?.version ?? this.#deps.store.team.officialVersion(alertId) ?? 0
  }

  #ruleVersionOf(id: string): number {
    const known = this.#deps.rules.teamVersion(id)
    return this.rules.reduce((newest, rule) => (rule.id === id ? Math.max(newest, rule.version) : newest), known)
  }

  #settleDeferred(about: TeamTopicKind, key: string, version: number | null): void {
    this.#deferrals.push({ kind: 'settle', about, key, version })
  }

  #withdraw(alert: NodeAlert, replacedBy?: string): void {
    this.#withdrawals.set(alert.id, replacedBy)
    this.#withdrawn.push(withdrawnAlert(alert))
    this.#deps.evaluator.alerts.remove(alert.id)
  }

  /**
   * Queues or cancels the notification of a merged alert.
   *
   * | merged alert   | local alert      | notification                                       |
   * |----------------|------------------|----------------------------------------------------|
   * | resolved       | firing           | `resolved`, if the value cleared or data returned  |
   * | resolved       | any other        | unchanged                                          |
   * | firing         | resolved         | see `fireAgain`                                    |
   * | acknowledged   | any              | cancel                                             |
   * | firing         | none             | `opened`, if it opened in the last 24 h            |
   * | critical       | warning          | `escalated`; supersede the local acknowledgement   |
   * | firing         | its ack is over  | `expired`                                          |
   * | flapping       | not flapping     | `flapping`                                         |
   * | firing         | flapping         | `settled`                                          |
   * | anything else  | anything else    | unchanged                                          |
   */
  #queueOrCancelNotification(local: NodeAlert | undefined, merged: NodeAlert): void {
    const { evaluator, now } = this.#deps
    const { id: alertId, phase } = merged
    if (phase === 'resolved') {
      if (local?.phase === 'firing') evaluator.alerts.queueResolved(merged)
      return
    }
    if (local?.phase === 'resolved') evaluator.alerts.fireAgain(alertId)
    if (isAcknowledged(merged, now())) {
      this.#cancelledNotifications.push(alertId)
      return
    }
    for (const transition of notifiedTransitions(local, merged, now())) {
      evaluator.alerts.queueNotification({ alertId, transition })
      if (transition === 'escalated' && local?.acknowledgement) evaluator.alerts.supersedeAcknowledgement(alertId)
    }
  }
}

function knownOfficial({ alert, version }: AlertRecord): OfficialAlert {
  const { id, nodeId, metric, phase, acknowledgement } = alert
  const firing = phase === 'firing' ? alert : undefined
  return { id, version, nodeId, metric, isAcknowledged: acknowledgement !== undefined, firing }
}
