import type { Alert } from '#shared/alert/alert.ts'
import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import { withoutTooOld } from '#shared/metric/too-old.ts'
import type { QueuedNotification } from '#shared/notification/plan-notifications.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { teamTopicKind, type TeamTopicKind, type TeamTopics, teamTopics } from '#shared/team/team-topics.ts'
import { emptyBatch, emptyTeamWrite, type BatchWrite, type StartOver } from '../../store/batch-write.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import { recordsIn, type Gap, type RejectedRecord, type ReadPosition } from '#shared/metric/read-position.ts'
import type { DeferredRecord } from '../../store/tables/deferred-record-table.ts'
import type { EvaluationWrite, RecordContext, SeriesEvaluator } from '../alerts/series-evaluator.ts'
import type { PartitionPositions } from './partition-positions.ts'
import { databaseRuns, readDeferred, readRecords, type TeamRun } from './read-team-batch.ts'
import { retentionDays } from '../cache-maintenance.ts'
import type { ConsoleRules } from '../alerts/console-rules.ts'
import type { BackendInbox } from '../alerts/backend-inbox.ts'
import { decodeBatch, lastStored } from '../../../src-kafka/records/decode-batch.ts'
import type { RawBatch, UnreadableBatch } from '../../../src-kafka/stream.ts'
import type { RunCounters } from '../live/run-counters.ts'

/** Key of the name of the team that the cache belongs to. */
const teamKey = 'team.name'

/** The changes of one transaction, for publishing after the commit. */
export interface IngestResult {
  readonly samples: readonly SampleBatch[]
  readonly alerts: readonly Alert[]
  readonly queued: readonly QueuedNotification[]
  /** Rules changed by the backend. */
  readonly rules: readonly Rule[]
  /** Actions were reassigned to another alert, superseded or refused. */
  readonly hasActionChanges: boolean
}

export interface IngestPipelineDeps {
  readonly store: ConsoleStore
  readonly partitions: PartitionPositions
  readonly evaluator: SeriesEvaluator
  readonly counters: RunCounters
  readonly rules: ConsoleRules
  readonly inbox: BackendInbox
  readonly topics: TeamTopics
  readonly now: () => number
  /** Called after each transaction. */
  readonly publishStored: (stored: IngestResult) => void
}

interface DecodedMetrics {
  readonly samples: SampleBatch
  /** Records read, also those that are rejected. */
  readonly records: number
  readonly rejects: readonly RejectedRecord[]
  readonly next: ReadPosition
  /** Where reading begins, for a partition that was never read. */
  readonly start: RecordPosition | undefined
  readonly end: number
  readonly context: RecordContext
}

/** What changes in memory after a commit, apart from the write itself. */
interface Aftermath {
  /** End offset of each position's partition, if the fetch included it. */
  readonly ends?: readonly number[]
  /** Alerts to remove from every list. */
  readonly withdrawn?: readonly Alert[]
}

/**
 * Stores records: decode, evaluate, commit one transaction, publish. **Invariant**: memory changes only after the
 * commit. If the store throws, memory is unchanged and the caller can retry.
 */
export class IngestPipeline {
  readonly #deps: IngestPipelineDeps
  readonly #scanner = new SampleScanner()

  constructor(deps: IngestPipelineDeps) {
    this.#deps = deps
  }

  /**
   * Stores what a fetch brought. Batches of the backend's topics come first, each in its own transaction: their rules
   * decide about the metrics. All metrics are one transaction.
   */
  batches(list: readonly RawBatch[]): void {
    const metrics: RawBatch[] = []
    for (const raw of list) {
      const about = teamTopicKind(this.#deps.topics, raw.topic)
      if (about) this.#ofBackend(raw, about)
      else metrics.push(raw)
    }
    if (metrics.length > 0) this.#ofMetrics(metrics)
  }

  /** Skips a batch that cannot be decompressed. It counts as one rejected record. */
  unreadable({ position, reason, resumeFrom }: UnreadableBatch): void {
    const { partitions, now, counters } = this.#deps
    const stored = partitions.position(position.topic, position.partition)
    if (stored && position.offset < stored.next) return
    const row: RejectedRecord = { position, at: now(), reject: { code: 'bad-codec', reason }, head: new Uint8Array(0) }
    this.#guarded(() => this.#commit({ ...emptyBatch, rejects: [row], positions: [resumeFrom] }))
    counters.messages(position.topic, 1)
  }

  /** After an upgrade: applies the records that an older version deferred. */
  deferred(records: readonly DeferredRecord[]): void {
    const { changes, rejects } = readDeferred(records, this.#deps.store.rows.level)
    if (changes.length + rejects.length === 0) return
    this.#guarded(() => {
      const { write, withdrawn } = this.#deps.inbox.merge(changes)
      const isRejected = new Set(rejects.map(({ position: { topic, offset } }) => `${topic} ${offset}`))
      const gone = records.filter(({ topic, offset }) => isRejected.has(`${topic} ${offset}`))
      const settled = gone.map(({ about, key }) => ({ kind: 'settle', about, key, version: null }) as const)
      const team = { ...write, deferrals: [...write.deferrals, ...settled] }
      this.#commit({ ...emptyBatch, rejects, team }, { withdrawn })
    })
  }

  gap(gap: Gap, resumeFrom: ReadPosition): void {
    const { store, partitions, rules, counters, now } = this.#deps
    const { topic, partition, next } = resumeFrom
    const about = teamTopicKind(this.#deps.topics, topic)
    if (about === undefined) this.#missed(resumeFrom)
    store.resetPosition(resumeFrom, gap, about)
    partitions.moveTo(resumeFrom, now())
    partitions.setStart({ topic, partition, offset: next })
    if (about === 'rules') rules.clearTeamRules()
    counters.gaps++
  }

  /** Evaluates missing data and ended rules. `knownUntil`: epoch ms; all records up to then are read. */
  evaluateAt(knownUntil: number): void {
    const { evaluator, rules } = this.#deps
    this.#guarded(() => {
      if (evaluator.evaluateAt(knownUntil, rules.index)) this.#commit(emptyBatch)
    })
  }

  #ofMetrics(list: readonly RawBatch[]): void {
    const { evaluator, counters } = this.#deps
    const read = list.flatMap((raw) => this.#decoded(raw) ?? [])
    if (read.length === 0) return
    const started = performance.now()
    this.#guarded(() => {
      for (const { samples, context } of read) evaluator.records(samples, context)
      counters.evaluation((performance.now() - started) / 1000)
      const write = {
        ...emptyBatch,
        samples: read.flatMap(({ samples }) => (samples.columns.count > 0 ? [samples] : [])),
        rejects: read.flatMap(({ rejects }) => rejects),
        positions: read.map(({ next }) => next),
        partitionStarts: read.flatMap(({ start }) => start ?? []),
      }
      this.#commit(write, { ends: read.map(({ end }) => end) })
    })
    for (const { samples, records } of read) counters.messages(samples.topic, records)
  }

  /** The new records of one partition, and what their evaluation depends on; `undefined` if there is nothing new. */
  #decoded(raw: RawBatch): DecodedMetrics | undefined {
    const { partitions, rules } = this.#deps
    const { topic, partition, end } = raw
    const stored = partitions.position(topic, partition)
    const decoded = decodeBatch(raw, stored, this.#scanner)
    if (!decoded) return undefined
    const { next } = decoded
    const kept = withoutTooOld({ topic, partition, columns: decoded.columns }, retentionDays, this.#deps.now())
    const rejects = kept.count === 0 ? decoded.rejects : [...decoded.rejects, ...kept.rejects]
    const records = recordsIn(decoded.columns.count, decoded.rejects)
    const start = stored ? undefined : beginOf(raw)
    const context = {
      index: rules.index,
      isInBacklog: partitions.isInBacklog,
      isStartUnknown: start ? start.offset > 0 : partitions.hasUnreadStart(topic, partition),
    }
    return { samples: { topic, partition, columns: kept.columns }, records, rejects, next, start, end, context }
  }

  /** Drops the state of another team. Call it before the first record. */
  useTeam(team: string): void {
    const { store, rules } = this.#deps
    const before = store.meta.get(teamKey) ?? ''
    if (before === team) return
    for (const about of ['rules', 'alerts'] as const) {
      this.#startOver({ about, database: '', topic: teamTopics(before)[about] })
    }
    rules.leaveTeam()
    store.meta.set(teamKey, team)
  }

  #ofBackend(raw: RawBatch, about: TeamTopicKind): void {
    const { store, partitions } = this.#deps
    const stored = partitions.position(raw.topic, raw.partition)
    if (raw.next <= (stored?.next ?? 0)) return
    for (const { database, ...run } of databaseRuns(raw, stored)) {
      const known = store.meta.teamDatabase(about)
      if (database !== undefined && known === '') store.meta.setTeamDatabase(about, database)
      else if (database !== undefined && known !== database) this.#startOver({ about, database })
      this.#ofDatabase(raw, run, about)
    }
  }

  /** In its own transaction: the disk may refuse the new database's records, which are then delivered again. */
  #startOver(startOver: StartOver): void {
    const { inbox, rules } = this.#deps
    this.#guarded(() => {
      const left =
        startOver.about === 'alerts'
          ? inbox.leaveAlerts(startOver.topic !== undefined)
          : { write: emptyTeamWrite, withdrawn: [] }
      this.#commit({ ...emptyBatch, team: { ...left.write, startOver } }, { withdrawn: left.withdrawn })
    })
    if (startOver.about === 'rules') rules.clearTeamRules()
  }

  #ofDatabase({ topic, partition, end }: RawBatch, run: TeamRun, about: TeamTopicKind): void {
    const { store, partitions, inbox, counters } = this.#deps
    const { changes, rejects } = readRecords({ topic, partition, ...run }, { about, level: store.rows.level })
    const last = lastStored(run.records.at(-1), run.next, partitions.position(topic, partition))
    this.#guarded(() => {
      const { write, withdrawn } = inbox.merge(changes)
      const positions = [{ topic, partition, next: run.next, last }]
      this.#commit({ ...emptyBatch, rejects, positions, team: write }, { ends: [end], withdrawn })
    })
    counters.messages(topic, changes.length + rejects.length)
  }

  #missed({ topic, partition }: ReadPosition): void {
    this.#guarded(() => {
      if (this.#deps.evaluator.markStartsUnknown(topic, partition)) this.#commit(emptyBatch)
    })
  }

  #commit(write: BatchWrite, { ends = [], withdrawn = [] }: Aftermath = {}): void {
    const { store, evaluator, partitions, counters, now } = this.#deps
    const staged = evaluator.staged()
    store.commitBatch({ ...write, ...staged })
    evaluator.commit(write.samples.length > 0 ? now() : undefined)
    write.positions.forEach((position, i) => partitions.moveTo(position, now(), ends[i]))
    for (const start of write.partitionStarts) partitions.setStart(start)
    counters.rejects(write.rejects)
    if (!write.team) counters.transitions(staged.events, staged.alerts)
    this.#publish(write, staged, withdrawn)
  }

  #publish(write: BatchWrite, staged: EvaluationWrite, withdrawn: readonly Alert[]): void {
    const { store, rules, publishStored } = this.#deps
    const byId = new Map(staged.alerts.map((alert) => [alert.id, alert]))
    const queued = staged.queuedNotifications.flatMap(({ alertId, transition }) => {
      const alert = byId.get(alertId)
      return alert ? [{ alert, transition }] : []
    })
    const replacements = new Set(write.team?.withdrawals.map(({ replacedBy }) => replacedBy))
    const reassigned =
      replacements.size === 0
        ? []
        : store.alerts.queuedNotifications().filter(({ alert }) => replacements.has(alert.id))
    publishStored({
      samples: write.samples,
      alerts: [...withdrawn, ...staged.alerts],
      queued: [...queued, ...reassigned],
      rules: rules.applyTeamVersions(write.team?.rules ?? []),
      hasActionChanges: replacements.size > 0 || staged.superseded.length > 0 || leavesAlerts(write),
    })
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#deps.evaluator.rollback()
      throw error
    }
  }
}

function leavesAlerts({ team }: BatchWrite): boolean {
  return team?.startOver?.about === 'alerts'
}

/** Where reading of a partition begins. Without a record, that is behind everything that was skipped. */
function beginOf({ topic, partition, runs, next }: RawBatch): RecordPosition {
  const run = runs.find(({ count }) => count > 0)
  return { topic, partition, offset: run?.offsets[0] ?? next }
}
