import type { Alert } from '#shared/alert/alert.ts'
import type { Log } from '#shared/log.ts'
import type { OwnChange } from '#shared/own/own-alerts.ts'
import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import { teamTopicKind, type TeamTopics } from '#shared/team/team-topics.ts'
import { CommittedError, isFaultOfRecords, StorageError } from '../../store/errors.ts'
import { emptyBatch, type BatchWrite } from '../../store/batch-write.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { StoreNotice } from '../../store/store-types.ts'
import type { Gap, RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import type { DeferredRecord } from '../../store/tables/deferred-record-table.ts'
import type { EvaluationWrite, SeriesEvaluator } from '../alerts/series-evaluator.ts'
import type { ForgottenNode } from '#shared/team/forgotten-node.ts'
import type { DueAlert, DueAlerts } from '../alerts/due-alerts.ts'
import type { Silences } from '../alerts/silences.ts'
import { forgottenAsOf, type ForgottenNodes } from '../alerts/forgotten-nodes.ts'
import { asRejected, isolatedAtMost, type RejectedAlone, splitInHalf } from './isolate.ts'
import { queuedNow } from './queued-now.ts'
import type { IngestResult } from './ingest-result.ts'
import type { TopicMappings } from './topic-mappings.ts'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { PartitionPositions } from './partition-positions.ts'
import { TeamIngest, type TeamTransaction } from './team-ingest.ts'
import { LeftOutNodes } from './left-out-nodes.ts'
import { MetricsReader, type ReadMetrics } from './metrics-reader.ts'
import type { ConsoleRules } from '../alerts/console-rules.ts'
import type { CacheRetention } from '../cache-retention.ts'
import type { BackendInbox } from '../alerts/backend-inbox.ts'
import type { RawBatch, UnreadableBatch } from '../../../src-kafka/stream.ts'
import type { RunCounters } from '../live/run-counters.ts'

export interface IngestPipelineDeps {
  readonly store: ConsoleStore
  readonly partitions: PartitionPositions
  readonly evaluator: SeriesEvaluator
  readonly counters: RunCounters
  readonly rules: ConsoleRules
  readonly retention: CacheRetention
  readonly inbox: BackendInbox
  readonly forgotten: ForgottenNodes
  readonly silences: Silences
  readonly mappings: TopicMappings
  readonly topics: TeamTopics
  readonly now: () => number
  readonly log: Log
  /** Called after each transaction. */
  readonly publishStored: (stored: IngestResult) => void
}

/** What changes in memory after a commit, apart from the write itself. */
interface Aftermath {
  /** End offset of each position's partition, if the fetch included it. */
  readonly ends?: readonly number[]
  /** Alerts to remove from every list. */
  readonly withdrawn?: readonly Alert[]
  /** Samples to show; default: those that are stored. */
  readonly present?: readonly SampleBatch[]
}

interface AfterCommit extends Aftermath {
  /** Nodes that left the lists. */
  readonly gone: readonly string[]
  readonly hasSilenceChanges: boolean
  readonly hasMappingChanges: boolean
}

/**
 * Stores records: decode, evaluate, commit one transaction, publish. **Invariant**: memory changes only after the
 * commit. If the store throws, memory is unchanged and the caller can retry.
 */
export class IngestPipeline {
  readonly #deps: IngestPipelineDeps
  readonly #reader: MetricsReader
  readonly #team: TeamIngest
  readonly #leftOut: LeftOutNodes
  /** Records rejected since anything was stored. */
  #isolated = 0

  constructor(deps: IngestPipelineDeps) {
    this.#deps = deps
    const { store, partitions, rules, inbox, counters, evaluator, log, now } = deps
    const transaction = (work: () => TeamTransaction): void => {
      this.#guarded(() => {
        const made = work()
        this.#commit({ ...emptyBatch, ...made.write }, made)
      })
      this.#isolated = 0
    }
    const reject = (rejected: RejectedAlone, error: unknown): void => this.#reject(rejected, error)
    this.#team = new TeamIngest({ store, partitions, rules, inbox, counters, transaction, reject })
    this.#reader = new MetricsReader(deps)
    this.#leftOut = new LeftOutNodes({ nodeIds: () => evaluator.nodeIds(), log, now })
  }

  /**
   * Stores what a fetch brought. Batches of the backend's topics come first, each in its own transaction: their rules
   * decide about the metrics. All metrics are one transaction.
   */
  batches(list: readonly RawBatch[]): void {
    const metrics: RawBatch[] = []
    for (const raw of list) {
      const about = teamTopicKind(this.#deps.topics, raw.topic)
      if (about) this.#team.batch(raw, about)
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
    this.#team.deferred(records)
  }

  gap(gap: Gap, resumeFrom: ReadPosition): void {
    const { store, partitions, rules, silences, mappings, counters, now } = this.#deps
    const { topic, partition, next } = resumeFrom
    const about = teamTopicKind(this.#deps.topics, topic)
    if (about === undefined) this.#missed(resumeFrom)
    store.resetPosition(resumeFrom, gap, about)
    partitions.moveTo(resumeFrom, now())
    partitions.setStart({ topic, partition, offset: next })
    if (about === 'rules') rules.clearTeamRules()
    if (about === 'alerts') {
      silences.forgetVersions()
      mappings.forgetVersions()
    }
    counters.gaps++
  }

  /** A person at this console forgot a node, which is a node of this cache. */
  forget(node: Pick<ForgottenNode, 'nodeId' | 'by' | 'at'>): void {
    const { evaluator, forgotten, partitions } = this.#deps
    const known = forgottenAsOf(node, evaluator.newestOf(node.nodeId), partitions)
    this.#guarded(() => {
      if (!forgotten.stage(known, [])) return
      evaluator.alerts.stageForgotten(known)
      this.#commit(emptyBatch)
    })
  }

  /** Those of this console's settings from now on. */
  useOwnMappings(own: readonly FieldMapping[]): void {
    const { mappings, counters } = this.#deps
    counters.sources?.remapped(mappings.setOwn(own))
  }

  /** Evaluates missing data and ended rules. `knownUntil`: epoch ms; all records up to then are read. */
  evaluateAt(knownUntil: number): void {
    const { evaluator, rules } = this.#deps
    this.#leftOut.run((isIncluded) =>
      this.#guarded(() => {
        if (evaluator.evaluateAt(knownUntil, rules.index, isIncluded)) this.#commit(emptyBatch)
      }),
    )
  }

  /** Stores what is due for open alerts by the clock. */
  alertsDue(dueAlerts: DueAlerts, due: readonly DueAlert[]): void {
    this.#guarded(() => {
      dueAlerts.stage(due)
      this.#commit(emptyBatch)
      dueAlerts.commit(due)
    })
  }

  /** Stores what this console says about itself. */
  ownAlerts(changes: readonly OwnChange[]): void {
    const { alerts } = this.#deps.evaluator
    this.#guarded(() => {
      for (const { alert, events, notify } of changes) {
        alerts.stageAlert(alert, events)
        if (notify === 'resolved') alerts.queueResolved(alert)
        else if (notify !== undefined) alerts.queueNotification({ alertId: alert.id, transition: notify })
      }
      this.#commit(emptyBatch)
    })
  }

  /** The notice about nodes for which `evaluateAt` fails. */
  notices(): readonly StoreNotice[] {
    return this.#leftOut.notices()
  }

  #ofMetrics(list: readonly RawBatch[]): void {
    const read = list.flatMap((raw) => this.#reader.read(raw) ?? [])
    if (read.length === 0) return
    try {
      this.#storeMetrics(read)
    } catch (error) {
      if (!isFaultOfRecords(error)) throw error
      this.#isolate(list, error)
    }
  }

  /** Finds the records that cannot be stored by halving, and rejects them: they must not stop the others. */
  #isolate(list: readonly RawBatch[], error: unknown): void {
    const [batch] = list
    if (list.length > 1 || batch === undefined) {
      for (const one of list) this.#ofMetrics([one])
      return
    }
    const halves = splitInHalf(batch)
    if (halves) for (const half of halves) this.#ofMetrics([half])
    else this.#reject(asRejected(batch, this.#deps.partitions.position(batch.topic, batch.partition), error), error)
  }

  #reject(rejected: RejectedAlone | undefined, error: unknown): void {
    if (!rejected || ++this.#isolated > isolatedAtMost) throw error
    const { row, position, team } = rejected
    const { log, partitions, counters } = this.#deps
    log.error('a record cannot be stored', { ...row.position, cause: error })
    const write = { ...emptyBatch, rejects: [row], ...(team === undefined ? {} : { team }) }
    if (position === undefined) return this.#guarded(() => this.#commit(write))
    const isFirst = partitions.position(position.topic, position.partition) === undefined
    const partitionStarts = isFirst ? [row.position] : []
    this.#guarded(() => this.#commit({ ...write, positions: [position], partitionStarts }))
    counters.messages(position.topic, 1)
  }

  #storeMetrics(read: readonly ReadMetrics[]): void {
    const { evaluator, forgotten, counters } = this.#deps
    const started = performance.now()
    this.#guarded(() => {
      const present = read.map(({ samples }) => forgotten.present(samples))
      read.forEach(({ context }, i) => evaluator.records(present[i] as SampleBatch, context))
      counters.evaluation((performance.now() - started) / 1000)
      const write = {
        ...emptyBatch,
        samples: read.flatMap(({ samples }) => (samples.columns.count > 0 ? [samples] : [])),
        rejects: read.flatMap(({ rejects }) => rejects),
        positions: read.map(({ next }) => next),
        partitionStarts: read.flatMap(({ start }) => start ?? []),
      }
      this.#commit(write, { ends: read.map(({ end }) => end), present })
    })
    if (read.some(({ samples }) => samples.columns.count > 0)) this.#isolated = 0
    for (const { tally } of read) counters.messages(tally.topic, tally.records)
    const tallies = read.map(({ tally }) => tally)
    counters.sources?.counted(
      tallies,
      read.map(({ samples }) => samples),
      this.#deps.now(),
    )
  }

  /** Drops the state of another team. Call it before the first record. */
  useTeam(team: string): void {
    this.#team.use(team)
  }

  #missed({ topic, partition }: ReadPosition): void {
    this.#guarded(() => {
      if (this.#deps.evaluator.recordsLost(topic, partition)) this.#commit(emptyBatch)
    })
  }

  #commit(write: BatchWrite, aftermath: Aftermath = {}): void {
    const { store, evaluator, forgotten, silences, mappings } = this.#deps
    const staged = evaluator.staged()
    const setBack = [...new Set([...staged.setBack, ...forgotten.returned()])]
    store.commitBatch({
      ...write,
      ...staged,
      setBack,
      forgottenNodes: forgotten.staged(),
      silences: silences.staged(),
      mappings: mappings.staged(),
    })
    try {
      this.#apply(write, staged, aftermath)
    } catch (cause) {
      if (cause instanceof StorageError) throw cause
      throw new CommittedError('The batch is stored, but not applied.', { cause })
    }
  }

  #apply(write: BatchWrite, staged: EvaluationWrite, aftermath: Aftermath): void {
    const { evaluator, forgotten, silences, mappings, partitions, counters, now } = this.#deps
    const { ends = [] } = aftermath
    this.#reader.commit()
    evaluator.commit(write.samples.length > 0 ? now() : undefined)
    write.positions.forEach((position, i) => partitions.moveTo(position, now(), ends[i]))
    for (const start of write.partitionStarts) partitions.setStart(start)
    counters.rejects(write.rejects)
    counters.sources?.rejects(write.rejects, now())
    if (!write.team) counters.transitions(staged.events, staged.alerts)
    const gone = forgotten.commit()
    for (const nodeId of gone) {
      evaluator.drop(nodeId)
      this.#reader.drop(nodeId)
      counters.sources?.forget(nodeId)
    }
    const remapped = mappings.commit()
    counters.sources?.remapped(remapped)
    const hasMappingChanges = remapped.length > 0
    this.#publish(write, staged, { ...aftermath, gone, hasSilenceChanges: silences.commit(), hasMappingChanges })
  }

  #publish(
    write: BatchWrite,
    staged: EvaluationWrite,
    { withdrawn = [], present = write.samples, gone, hasSilenceChanges, hasMappingChanges }: AfterCommit,
  ): void {
    const { store, rules, publishStored } = this.#deps
    const replacements = new Set(write.team?.withdrawals.flatMap(({ replacedBy }) => replacedBy ?? []))
    publishStored({
      samples: present,
      forgotten: gone,
      alerts: [...withdrawn, ...staged.alerts],
      queued: queuedNow(store.alerts, staged, replacements),
      rules: rules.applyTeamVersions(write.team?.rules ?? []),
      hasSilenceChanges,
      hasMappingChanges,
      hasActionChanges: replacements.size > 0 || staged.superseded.length > 0 || leavesAlerts(write),
    })
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (error instanceof CommittedError) throw error
      this.#reader.rollback()
      this.#deps.evaluator.rollback()
      this.#deps.forgotten.rollback()
      this.#deps.silences.rollback()
      this.#deps.mappings.rollback()
      if (isFaultOfRecords(error)) this.#deps.store.discardUnsaved()
      throw error
    }
  }
}

function leavesAlerts({ team }: BatchWrite): boolean {
  return team?.startOver?.about === 'alerts'
}
