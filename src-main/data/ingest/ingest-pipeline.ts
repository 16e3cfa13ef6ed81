import type { Alert } from '#shared/alert/alert.ts'
import { sampleAt } from '#shared/metric/sample-columns.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { RecordPosition, Sample } from '#shared/metric/sample.ts'
import type { QueuedNotification } from '#shared/notification/plan-notifications.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { teamTopicKind, type TeamTopicKind, type TeamTopics, teamTopics } from '#shared/team/team-topics.ts'
import { emptyBatch, emptyTeamWrite, type BatchWrite, type StartOver } from '../../store/batch-write.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { Gap, RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import type { DeferredRecord } from '../../store/tables/deferred-record-table.ts'
import type { SeriesEvaluator } from '../alerts/series-evaluator.ts'
import type { PartitionPositions } from './partition-positions.ts'
import { databaseRuns, readDeferred, readTeamBatch } from './read-team-batch.ts'
import type { ConsoleRules } from '../alerts/console-rules.ts'
import type { BackendInbox } from '../alerts/backend-inbox.ts'
import { decodeBatch } from '../../../src-kafka/records/decode-batch.ts'
import { runBatchOf } from '../../../src-kafka/records/run-of-records.ts'
import type { RawBatch, UnreadableBatch } from '../../../src-kafka/stream.ts'
import type { RunCounters } from '../live/run-counters.ts'

/** Key of the name of the team that the cache belongs to. */
const teamKey = 'team.name'

/** The changes of one transaction, for publishing after the commit. */
export interface IngestResult {
  readonly samples: readonly Sample[]
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

  batch(raw: RawBatch): void {
    const about = teamTopicKind(this.#deps.topics, raw.topic)
    if (about) this.#ofBackend(raw, about)
    else this.#ofMetrics(raw)
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
      this.#commit({ ...emptyBatch, rejects, team }, undefined, withdrawn)
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

  #ofMetrics(raw: RawBatch): void {
    const { partitions, evaluator, counters, rules } = this.#deps
    const stored = partitions.position(raw.topic, raw.partition)
    const read = decodeBatch(runBatchOf(raw), stored, this.#scanner)
    if (!read) return
    const { columns, rejects, next } = read
    const samples = Array.from({ length: columns.count }, (_, i) => sampleAt(columns, i))
    const positions = Array.from(columns.offset, (offset) => ({ topic: raw.topic, partition: raw.partition, offset }))
    const partitionStart = stored ? undefined : beginOf(raw)
    const context = {
      index: rules.index,
      isInBacklog: partitions.isInBacklog,
      isStartUnknown: partitionStart ? partitionStart.offset > 0 : partitions.hasUnreadStart(raw.topic, raw.partition),
    }
    const started = performance.now()
    this.#guarded(() => {
      for (let i = 0; i < samples.length; i++)
        evaluator.record(samples[i] as Sample, positions[i] as RecordPosition, context)
      counters.evaluation((performance.now() - started) / 1000)
      this.#commit(
        { ...emptyBatch, samples, rejects, positions: [next], ...(partitionStart ? { partitionStart } : {}) },
        raw.end,
      )
    })
    counters.messages(raw.topic, samples.length + rejects.length)
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
    for (const { database, records } of databaseRuns(raw, partitions.position(raw.topic, raw.partition))) {
      const known = store.meta.teamDatabase(about)
      if (database !== undefined && known === '') store.meta.setTeamDatabase(about, database)
      else if (database !== undefined && known !== database) this.#startOver({ about, database })
      this.#ofDatabase({ ...raw, records }, about)
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
      this.#commit({ ...emptyBatch, team: { ...left.write, startOver } }, undefined, left.withdrawn)
    })
    if (startOver.about === 'rules') rules.clearTeamRules()
  }

  #ofDatabase(raw: RawBatch, about: TeamTopicKind): void {
    const { store, partitions, inbox, counters } = this.#deps
    const read = readTeamBatch(raw, { about, level: store.rows.level }, partitions.position(raw.topic, raw.partition))
    if (!read) return
    const { changes, rejects, next } = read
    this.#guarded(() => {
      const { write, withdrawn } = inbox.merge(changes)
      this.#commit({ ...emptyBatch, rejects, positions: [next], team: write }, raw.end, withdrawn)
    })
    counters.messages(raw.topic, changes.length + rejects.length)
  }

  #missed({ topic, partition }: ReadPosition): void {
    this.#guarded(() => {
      if (this.#deps.evaluator.markStartsUnknown(topic, partition)) this.#commit(emptyBatch)
    })
  }

  /** `end`: the partition's end offset, if the fetch included it. `withdrawn`: alerts to remove from every list. */
  #commit(write: BatchWrite, end?: number, withdrawn: readonly Alert[] = []): void {
    const { store, evaluator, partitions, rules, counters, now, publishStored } = this.#deps
    const staged = evaluator.staged()
    store.commitBatch({ ...write, ...staged })
    evaluator.commit(write.samples.length > 0 ? now() : undefined)
    for (const position of write.positions) partitions.moveTo(position, now(), end)
    if (write.partitionStart) partitions.setStart(write.partitionStart)
    counters.rejects(write.rejects)
    if (!write.team) counters.transitions(staged.events, staged.alerts)
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

/** The position of the first record of a partition. */
function beginOf({ topic, partition, records: [first] }: RawBatch): RecordPosition | undefined {
  return first && { topic, partition, offset: first.offset }
}
