import type { Alert, NodeAlert } from '#shared/alert/alert.ts'
import { evaluate, evaluateAt } from '#shared/evaluation/evaluate.ts'
import type { SeriesStep as Step } from '#shared/evaluation/evaluate.ts'
import {
  afterLateRules,
  afterLoss,
  beginsInDoubt,
  evaluateWithBackend,
  rejoinEpisode,
  takeOfficial,
  type EvaluationContext,
} from '#shared/evaluation/unknown-start.ts'
import { wholeNode, type Anchor, type Reading, type Series } from '#shared/alert/series.ts'
import { evaluateNodeWith, type NodeRecord } from '#shared/evaluation/node-series.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { HeldAlert } from '#shared/alert/held.ts'
import { heldAlertOf } from '#shared/evaluation/held-alert.ts'
import type { PendingAlert } from '#shared/alert/pending.ts'
import { pendingAlertOf } from '#shared/evaluation/pending-alert.ts'
import { quietBounds, quietNodeBounds } from '#shared/evaluation/quiet.ts'
import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import type { BatchWrite } from '../../store/batch-write.ts'
import type { TeamStore } from '../../store/groups/team-store.ts'
import { adoptOfficial, isAcknowledgedLater } from './official-episode.ts'
import { OpenAlerts, type FindStoredAlert } from './open-alerts.ts'
import { StagedSeries } from './staged-series.ts'
import type { SeriesEntry } from './staged-series.ts'

/** The part of a transaction that evaluation fills. */
export type EvaluationWrite = Pick<
  BatchWrite,
  'series' | 'setBack' | 'alerts' | 'events' | 'queuedNotifications' | 'firedAgain' | 'superseded'
>

export interface SeriesEvaluatorDeps {
  readonly series: BatchWrite['series']
  readonly openAlerts: readonly Alert[]
  readonly nameOf: (nodeId: string) => string
  readonly findStored: FindStoredAlert
  /** Absent without a backend. */
  readonly backend?: Pick<TeamStore, 'officialAlerts' | 'pendingAcknowledgements'>
}

/** How the records of one partition are evaluated. */
export interface RecordContext extends EvaluationContext {
  /** The record may be older than the backend's newest record of its alert. */
  readonly isInBacklog: boolean
}

/**
 * Evaluates records in log order and keeps the state of every series. Changes are staged until `commit`; `rollback`
 * discards them.
 */
export class SeriesEvaluator {
  readonly alerts: OpenAlerts
  readonly #series = new StagedSeries()
  readonly #backend: SeriesEvaluatorDeps['backend']
  /** The rules that the bounds of quiet series follow from. */
  #index: RuleIndex | undefined
  /** First `evaluateAt` of this run, or since the clock was set back; epoch ms. The stream is read to its end then. */
  #caughtUpSince: number | undefined

  constructor({ series, openAlerts, nameOf, findStored, backend }: SeriesEvaluatorDeps) {
    this.#series.restore(series, nameOf)
    this.alerts = new OpenAlerts(openAlerts, findStored)
    this.#backend = backend
  }

  /**
   * Evaluates the records of one partition in log order. Quiet series only move to their newest record; the state
   * machine is entered where a level is crossed, an alert is open, or the rule may change.
   */
  records({ topic, partition, columns }: SampleBatch, context: RecordContext): void {
    const series = this.#series
    this.#useIndex(context.index)
    series.useDirectory(columns.directory)
    series.columns.readFrom(topic, partition)
    const { count, node, layout } = columns
    for (let i = 0; i < count; i++) {
      const { node: nodeEntry, partName, part, ids, entries } = series.ofSample(node[i] as number, layout[i] as number)
      if (!series.columns.advanceNode(nodeEntry.id, part, columns, i)) {
        const position = { topic, partition, offset: columns.offset[i] as number }
        const times = { at: columns.at[i] as number, recordedAt: columns.recordedAt[i] as number }
        this.#nodeRecord(nodeEntry, { ...times, position, part: partName }, context)
      }
      let n = series.columns.advance(ids, columns, i, 0)
      while (n < ids.length) {
        const position = { topic, partition, offset: columns.offset[i] as number }
        const value = columns.values[(columns.first[i] as number) + n] as number
        const times = { at: columns.at[i] as number, recordedAt: columns.recordedAt[i] as number }
        this.#reading(entries[n] as SeriesEntry, { ...times, value, position, part: partName }, context)
        n = series.columns.advance(ids, columns, i, n + 1)
      }
    }
  }

  /**
   * Evaluates missing data and changed rules.
   * @param now epoch ms
   * @param isIncluded the nodes to evaluate; by default all
   * @returns whether any series changed
   */
  evaluateAt(now: number, index: RuleIndex, isIncluded?: (nodeId: string) => boolean): boolean {
    const caughtUpSince = (this.#caughtUpSince ??= now)
    const { columns } = this.#series
    this.#useIndex(index)
    let moved = false
    for (const entry of this.#series.all()) {
      if (columns.isQuietAt(entry.id, now, caughtUpSince)) continue
      if (isIncluded !== undefined && !isIncluded(entry.series.nodeId)) continue
      const state = this.#series.current(entry)
      const receivedAt = columns.receivedAt(entry.id) ?? caughtUpSince
      const { nodeId } = entry.series
      const node = entry.series.metric === wholeNode ? undefined : this.#series.clockOf(nodeId)
      const intervalMs = (): number => this.#series.intervalOf(nodeId)
      const step = evaluateAt(state, entry.series, index, { now, receivedAt, node, intervalMs })
      if (step[0] === state) continue
      moved = true
      this.#stage(entry, step)
    }
    return moved
  }

  /** Discards arrival times, as after a start: the clock that gave them was set back. */
  clearArrivalTimes(): void {
    this.#caughtUpSince = undefined
    this.#series.columns.clearArrivalTimes()
  }

  /**
   * Continues the official episode in its series, if the series may have joined it mid-episode, and takes over what only
   * the backend knows of it.
   * @param index the rules that are known; how the series ends its episode follows from its own
   * @returns whether this console evaluates the episode now
   */
  adopt(official: NodeAlert, index: RuleIndex): boolean {
    const entry = this.#series.find(official.nodeId, official.metric)
    if (entry === undefined) return false
    const state = this.#series.current(entry)
    const next = takeOfficial(state, official, index)
    if (next) this.#series.stage(entry, next)
    return isIn(entry.next, official.id)
  }

  /** Continues an official episode that this console ended by levels that had already ended. */
  rejoin(official: NodeAlert, index: RuleIndex): void {
    const entry = this.#series.find(official.nodeId, official.metric)
    const joined = entry && rejoinEpisode(this.#series.current(entry), official, index)
    if (joined) this.#series.stage(entry, joined)
  }

  /** Whether the alert's series is in this episode. */
  isEvaluated({ id, nodeId, metric }: NodeAlert): boolean {
    const entry = this.#series.find(nodeId, metric)
    return entry !== undefined && isIn(entry.next, id)
  }

  /**
   * Rule versions arrived late: the series that they apply to are in doubt, and in the backend's episodes.
   * @returns these series, with their official alerts
   */
  rulesArrived(
    before: RuleIndex,
    after: RuleIndex,
  ): ReadonlyArray<{ series: Series; officials: readonly NodeAlert[] }> {
    return [...this.#series.all()].flatMap((entry) => {
      const { nodeId, metric } = entry.series
      if (metric === wholeNode) return []
      const inDoubt = afterLateRules(this.#series.current(entry), entry.series, { before, after })
      if (inDoubt === undefined) return []
      this.#series.stage(entry, this.#adoptedOf(inDoubt, entry, after) ?? inDoubt)
      return [{ series: entry.series, officials: this.#backend?.officialAlerts(nodeId, metric) ?? [] }]
    })
  }

  /** Whether only the backend knows if the alert is flapping. */
  isFlappingUnknown({ nodeId, metric }: NodeAlert): boolean {
    return this.#series.find(nodeId, metric)?.next.startUnknown === true
  }

  /** The alert is withdrawn, so its series is in no episode. A value that breaches may have started earlier. */
  endEpisode({ id, nodeId, metric }: NodeAlert): void {
    const entry = this.#series.find(nodeId, metric)
    if (entry === undefined || !isIn(entry.next, id)) return
    const state = this.#series.current(entry)
    const isValue = state.episode.phase !== 'ok' && state.episode.alertId === id
    const ended = isValue
      ? ({ episode: { phase: 'ok' }, startUnknown: true } as const)
      : { noData: { phase: 'ok' } as const }
    this.#series.stage(entry, { ...state, ...ended })
  }

  /**
   * Records of this partition were lost: an episode of its series may begin or end in the gap.
   * @returns whether any series changed
   */
  recordsLost(topic: string, partition: number): boolean {
    let moved = false
    for (const entry of this.#series.all()) {
      const state = this.#series.current(entry)
      const position = state.last?.position
      if (position?.topic !== topic || position.partition !== partition || entry.series.metric === wholeNode) continue
      const next = afterLoss(state, this.#backend !== undefined)
      if (next === state) continue
      moved = true
      this.#series.stage(entry, next)
    }
    return moved
  }

  nodeIds(): readonly string[] {
    return this.#series.nodeIds()
  }

  /** The newest records of a node's series. */
  newestOf(nodeId: string): Anchor[] {
    return this.#series.newestOf(nodeId)
  }

  /** A forgotten node starts again without any state. Call it after the commit. */
  drop(nodeId: string): void {
    this.#series.drop(nodeId)
  }

  /** Ends all episodes: another team's rules take effect. A value that breaches now may have started earlier. */
  forgetEpisodes(): void {
    for (const entry of this.#series.all()) {
      const ended = { rule: null, episode: { phase: 'ok' }, noData: { phase: 'ok' } } as const
      const start = entry.series.metric === wholeNode ? {} : ({ startUnknown: true } as const)
      this.#series.stage(entry, { ...this.#series.current(entry), ...ended, ...start })
    }
  }

  /**
   * The pending episodes. Call it between two transactions.
   * @param now epoch ms
   */
  pending(now: number, index: RuleIndex, valueOf: (series: Series) => number): PendingAlert[] {
    const { columns } = this.#series
    const found: PendingAlert[] = []
    for (const entry of this.#series.all()) {
      if (entry.state.episode.phase !== 'pending') continue
      const newest = { value: valueOf(entry.series), receivedAt: columns.receivedAt(entry.id) }
      const pending = pendingAlertOf(this.#series.current(entry), entry.series, index, now, newest)
      if (pending && !Number.isNaN(pending.value)) found.push(pending)
    }
    return found
  }

  /** The alerts that a hold keeps open, or that are flapping. Call it between two transactions. */
  held(index: RuleIndex): HeldAlert[] {
    const found: HeldAlert[] = []
    for (const entry of this.#series.all()) {
      const { episode } = entry.state
      if (episode.phase !== 'firing' || (episode.hold ?? episode.flapping) === undefined) continue
      const held = heldAlertOf(this.#series.current(entry), index, this.#series.columns.receivedAt(entry.id))
      if (held) found.push(held)
    }
    return found
  }

  staged(): EvaluationWrite {
    return { series: this.#series.staged(), setBack: this.#series.setBack(), ...this.alerts.staged() }
  }

  /** `receivedAt`: arrival time of the records, epoch ms; absent if no record came. */
  commit(receivedAt?: number): void {
    this.#series.commit(receivedAt)
    this.alerts.commit()
  }

  rollback(): void {
    this.#series.rollback()
    this.alerts.rollback()
  }

  /** One record of a node that is offline, or begins, or pauses. */
  #nodeRecord(entry: SeriesEntry, record: NodeRecord, { index }: RecordContext): void {
    const state = this.#series.current(entry)
    const parts = this.#series.partsOf(entry.series.nodeId)
    const step = evaluateNodeWith(parts, state, entry.series, record)
    if (step[0] === state) return
    this.#stage(entry, step)
    this.#series.stageParts(entry.series.nodeId, parts, record.position.offset)
    const bounds = quietNodeBounds(entry.next, entry.series, index)
    if (bounds) this.#series.columns.settle(entry.id, bounds)
  }

  /** One value whose series is not quiet. */
  #reading(entry: SeriesEntry, reading: Reading, context: RecordContext): void {
    const state = this.#series.current(entry)
    if (this.#backend === undefined) {
      this.#stage(entry, evaluate(state, entry.series, context.index, reading))
    } else {
      this.#stageWithBackend(entry, evaluateWithBackend(state, entry.series, context, reading), context)
    }
    if (entry.next === state) return
    const bounds = quietBounds(entry.next, entry.series, context.index)
    if (bounds) this.#series.columns.settle(entry.id, bounds)
  }

  #useIndex(index: RuleIndex): void {
    if (index === this.#index) return
    this.#index = index
    this.#series.columns.unsettleAll()
  }

  #stage(entry: SeriesEntry, [next, transitions]: Step, context?: RecordContext): void {
    this.#series.stage(entry, next)
    for (const transition of transitions) {
      const isLate = context?.isInBacklog === true && isAcknowledgedLater(transition, this.alerts, this.#backend)
      this.alerts.stage(transition, isLate)
    }
  }

  /** Stages a step. If a doubt or, in doubt, an episode begins, adopts the backend's episode if it published one. */
  #stageWithBackend(entry: SeriesEntry, step: Step, context: RecordContext): void {
    const [next, transitions] = step
    const before = entry.next
    const adopted = beginsInDoubt(before, next) ? this.#adoptedOf(next, entry, context.index) : undefined
    if (adopted === undefined) {
      this.#stage(entry, step, context)
      this.#followKnown(entry, transitions, context.index)
      return
    }
    const own = next.episode.phase === 'ok' ? undefined : next.episode.alertId
    this.#stage(entry, [adopted, transitions.filter(({ alertId }) => alertId !== own)], context)
  }

  #adoptedOf(next: SeriesState, { series }: SeriesEntry, index: RuleIndex): SeriesState | undefined {
    const officials = this.#backend?.officialAlerts(series.nodeId, series.metric) ?? []
    return adoptOfficial(next, officials, { index, alerts: this.alerts })
  }

  /** An alert opens whose record of the backend was here first. */
  #followKnown(entry: SeriesEntry, transitions: readonly Transition[], index: RuleIndex): void {
    const opened = transitions.findLast(({ kind, alertKind }) => kind === 'opened' && alertKind === 'value')
    if (opened === undefined) return
    const { nodeId, metric } = entry.series
    const official = this.#backend?.officialAlerts(nodeId, metric).find(({ id }) => id === opened.alertId)
    if (official) this.adopt(official, index)
  }
}

function isIn({ episode, noData }: SeriesState, alertId: string): boolean {
  const isValue = episode.phase === 'firing' && episode.alertId === alertId
  return isValue || (noData.phase === 'firing' && noData.alertId === alertId)
}
