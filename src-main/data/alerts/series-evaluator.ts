import { isDeepStrictEqual } from 'node:util'
import type { Acknowledgement, Alert } from '#shared/alert/alert.ts'
import { evaluate, evaluateAt } from '#shared/evaluation/evaluate.ts'
import type { SeriesStep as Step } from '#shared/evaluation/evaluate.ts'
import {
  adoptEpisode,
  evaluateWithBackend,
  evaluateAtWithBackend,
  type EvaluationContext,
} from '#shared/evaluation/unknown-start.ts'
import type { Transition } from '#shared/alert/transition.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { RecordPosition, Sample } from '#shared/metric/sample.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import type { BatchWrite } from '../../store/batch-write.ts'
import { OpenAlerts, type FindStoredAlert } from './open-alerts.ts'
import { StagedSeries } from './staged-series.ts'
import type { SeriesEntry } from './staged-series.ts'

/** The part of a transaction that evaluation fills. */
export type EvaluationWrite = Pick<BatchWrite, 'series' | 'alerts' | 'events' | 'queuedNotifications' | 'superseded'>

export interface SeriesEvaluatorDeps {
  readonly series: BatchWrite['series']
  readonly openAlerts: readonly Alert[]
  readonly nameOf: (nodeId: string) => string
  readonly publishStored: FindStoredAlert
  /** Absent where there is no backend. */
  readonly backend?: BackendAlerts
}

/** What this console knows of the backend. */
interface BackendAlerts {
  /** Alerts of a series that the backend has told of, newest first. */
  officialAlerts(nodeId: string, metric: string): readonly Alert[]
  /** Acknowledgements given here that the backend has not answered. */
  pendingAcknowledgements(alertId: string): readonly Acknowledgement[]
}

interface RecordContext extends EvaluationContext {
  /** The record may be older than what the backend has told of its alert. */
  readonly isInBacklog: boolean
}

/**
 * Judges records in the order of the log and keeps what judging remembers. Everything is staged until `commit`;
 * after `rollback` it is as if the records had never been seen.
 */
export class SeriesEvaluator {
  readonly alerts: OpenAlerts
  readonly #series = new StagedSeries()
  readonly #backend: BackendAlerts | undefined
  /** When the clock was first asked, in this run or since it was set back: the stream is read to its end then. Epoch ms. */
  #caughtUpSince: number | undefined

  constructor({ series, openAlerts, nameOf, publishStored, backend }: SeriesEvaluatorDeps) {
    this.#series.restore(series, nameOf)
    this.alerts = new OpenAlerts(openAlerts, publishStored)
    this.#backend = backend
  }

  record(sample: Sample, position: RecordPosition, context: RecordContext): void {
    const entries = this.#series.entriesForSample(sample)
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as SeriesEntry
      const reading = { at: sample.at, value: sample.values[i] as number, position }
      if (this.#backend === undefined) {
        this.#stage(entry, evaluate(entry.next, entry.series, context.index, reading))
      } else {
        this.#stageWithBackend(entry, evaluateWithBackend(entry.next, entry.series, context, reading), context)
      }
    }
  }

  /** What only time tells (silence, changed rules); whether anything came of it. `now`: epoch ms. */
  evaluateAt(now: number, index: RuleIndex): boolean {
    const caughtUpSince = (this.#caughtUpSince ??= now)
    const evaluateSeries = this.#backend === undefined ? evaluateAt : evaluateAtWithBackend
    let moved = false
    for (const entry of this.#series.all()) {
      const step = evaluateSeries(entry.next, entry.series, index, now, entry.receivedAt ?? caughtUpSince)
      if (step[0] === entry.next) continue
      moved = true
      this.#stageWithBackend(entry, step)
    }
    return moved
  }

  /** When what was heard is not known any more, as after a start: the clock that said so was set back. */
  clearArrivalTimes(): void {
    this.#caughtUpSince = undefined
    for (const entry of this.#series.all()) delete entry.receivedAt
  }

  /** A series that may be in the middle of the official episode goes on in it. Whether it is judged here from now on. */
  adopt(official: Alert): boolean {
    const entry = this.#series.find(official.nodeId, official.metric)
    if (entry === undefined) return false
    const adopted = adoptEpisode(entry.next, official)
    if (adopted) this.#series.stage(entry, adopted)
    return isIn(entry.next, official.id)
  }

  /** Whether the series of the alert is in this very episode. */
  isEvaluated({ id, nodeId, metric }: Alert): boolean {
    const entry = this.#series.find(nodeId, metric)
    return entry !== undefined && isIn(entry.next, id)
  }

  /** Event time of the newest record of the series that was read, epoch ms. */
  newestAt(nodeId: string, metric: string): number {
    return this.#series.find(nodeId, metric)?.next.last?.at ?? -Infinity
  }

  /** Records of this partition were lost: what its series show next may have begun in the gap. Whether there are any. */
  markStartsUnknown(topic: string, partition: number): boolean {
    if (this.#backend === undefined) return false
    let moved = false
    for (const entry of this.#series.all()) {
      const { last, startUnknown } = entry.next
      const isOfPartition = last?.position.topic === topic && last.position.partition === partition
      if (!isOfPartition || startUnknown) continue
      moved = true
      this.#series.stage(entry, { ...entry.next, startUnknown: true })
    }
    return moved
  }

  /** No series is in an episode: another team's rules begin. One that breaches already may have begun before. */
  forgetEpisodes(): void {
    for (const entry of this.#series.all()) {
      const ended = { rule: null, episode: { phase: 'ok' }, noData: { phase: 'ok' }, startUnknown: true } as const
      this.#series.stage(entry, { ...entry.next, ...ended })
    }
  }

  staged(): EvaluationWrite {
    return { series: this.#series.staged(), ...this.alerts.staged() }
  }

  /** `receivedAt`: when the records came in, epoch ms; none did where only the clock moved something. */
  commit(receivedAt?: number): void {
    this.#series.commit(receivedAt)
    this.alerts.commit()
  }

  rollback(): void {
    this.#series.rollback()
    this.alerts.rollback()
  }

  #stage(entry: SeriesEntry, [next, transitions]: Step, context?: RecordContext): void {
    this.#series.stage(entry, next)
    for (const transition of transitions) {
      this.alerts.stage(transition, context?.isInBacklog === true && this.#isAcknowledgedLater(transition))
    }
  }

  /**
   * Whether somebody has acknowledged what came of this escalation, as the backend told before the record of it was read
   * here. Only in a backlog: else the order of arrival says it, whatever the clock of the node does.
   */
  #isAcknowledgedLater({ kind, alertId, at }: Transition): boolean {
    if (this.#backend === undefined || kind !== 'escalated') return false
    const ack = this.alerts.find(alertId)?.acknowledgement
    if (ack === undefined || ack.at < at) return false
    return !this.#backend.pendingAcknowledgements(alertId).some((own) => isDeepStrictEqual(own, ack))
  }

  /** Where the beginning of an episode may be unknown from here on, the backend may have told of it already. */
  #stageWithBackend(entry: SeriesEntry, step: Step, context?: RecordContext): void {
    const [next, transitions] = step
    const before = entry.next
    const isUnknownSince =
      next.startUnknown !== undefined && (before.startUnknown === undefined || next.rule !== before.rule)
    const adopted = isUnknownSince ? this.#adoptedOf(next, entry) : undefined
    if (adopted === undefined) {
      this.#stage(entry, step, context)
      return
    }
    const own = next.episode.phase === 'ok' ? undefined : next.episode.alertId
    this.#stage(entry, [adopted, transitions.filter(({ alertId }) => alertId !== own)], context)
  }

  #adoptedOf(next: SeriesState, { series: { nodeId, metric } }: SeriesEntry): SeriesState | undefined {
    for (const official of this.#backend?.officialAlerts(nodeId, metric) ?? []) {
      const adopted = adoptEpisode(next, official)
      if (adopted) return adopted
    }
    return undefined
  }
}

function isIn({ episode, noData }: SeriesState, alertId: string): boolean {
  const isValue = episode.phase === 'firing' && episode.alertId === alertId
  return isValue || (noData.phase === 'firing' && noData.alertId === alertId)
}
