import type { Database } from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import type { RejectedRecordView } from '#shared/ipc/contract.ts'
import type { KnownSeries } from '#shared/metric/assemble/record-assembler.ts'
import type { CounterRow } from '#shared/metric/formats/counter-row.ts'
import type { Gap, ReadPosition } from '#shared/metric/read-position.ts'
import type { ForgottenNode } from '#shared/team/forgotten-node.ts'
import type { TeamTopicKind } from '#shared/team/team-topics.ts'
import type { FileSizes, SampleUsage } from '../threads/cache-usage.ts'
import type { BatchWrite, StartOver } from './batch-write.ts'
import { databasePath, fileSizes, openWriter } from './connection.ts'
import { moveDamagedCache, salvage } from './damaged-cache.ts'
import { CommittedError, DamagedError, DatabaseTooNewError, isDamage } from './errors.ts'
import { AlertStore } from './groups/alert-store.ts'
import { BlindStore } from './groups/blind-store.ts'
import { MappingStore } from './groups/mapping-store.ts'
import { MetaStore } from './groups/meta-store.ts'
import { RuleStore } from './groups/rule-store.ts'
import { SampleStore } from './groups/sample-store.ts'
import { SilenceStore } from './groups/silence-store.ts'
import { TeamStore } from './groups/team-store.ts'
import { UnseenStore, unseenFromKey } from './groups/unseen-store.ts'
import { FileSpace, makeShrinkable } from './file-space.ts'
import type { JournalLimits } from './heads/journal-sizes.ts'
import { journalLimits } from './heads/journal-sizes.ts'
import type { DropSlice } from './heads/staged-drop.ts'
import { clearIfWanted, wantCleared } from './clear-cache.ts'
import { migrateCache } from './migrate-cache.ts'
import { migrations } from './migrations/migrations.ts'
import { OpenMarker } from './open-marker.ts'
import { RowReader } from './row-reader.ts'
import type { StoreNotice, StoreStats } from './store-types.ts'
import { storedFormat } from './stored-format.ts'
import { AlertTable } from './tables/alert-table.ts'
import { BlindPeriodTable } from './tables/blind-period-table.ts'
import { ForgottenNodeTable } from './tables/forgotten-node-table.ts'
import { GapTable } from './tables/gap-table.ts'
import { MappingTable } from './tables/mapping-table.ts'
import { MetaTable } from './tables/meta-table.ts'
import { NotificationTable } from './tables/notification-table.ts'
import { PositionTable } from './tables/position-table.ts'
import { RejectedRecordTable } from './tables/rejected-record-table.ts'
import { RuleTable } from './tables/rule-table.ts'
import { ShownReportTable } from './tables/shown-report-table.ts'
import { SilenceTable } from './tables/silence-table.ts'
import { UnseenTable } from './tables/unseen-table.ts'
import { Transactions } from './transactions.ts'

/** Chunks of a deletion that nobody waits for. */
const wholeSlice: DropSlice = { chunks: 500, ms: Infinity }

/** Limits of the journal, and what differs from a first start. */
export interface StoreOptions extends JournalLimits {
  /** The level of records and rows that this version understands: another one only in tests. */
  readonly readerLevel?: number
  /** This process has had the cache open, so its format is known; readers may have it open still. */
  readonly hasBeenOpen?: boolean
}

/**
 * The local cache: the only connection that writes. What is about one subject is in its group; what spans several is
 * here. Every method is synchronous and, where it writes, one transaction. A `StorageError` (disk full, I/O) leaves
 * file and memory as they were, so the call may be repeated.
 */
export class ConsoleStore {
  readonly alerts: AlertStore
  /** Alerts that nobody has looked at on this console. */
  readonly unseen: UnseenStore
  readonly blind: BlindStore
  readonly rules: RuleStore
  readonly silences: SilenceStore
  readonly mappings: MappingStore
  readonly samples: SampleStore
  readonly team: TeamStore
  readonly meta: MetaStore
  /** The files: their sizes, and how space is given back. */
  readonly space: FileSpace
  /** Reads the JSON of rows, and knows which rows could not be read. */
  readonly rows: RowReader
  readonly #db: Database
  readonly #mark: OpenMarker
  readonly #transactions: Transactions
  readonly #positions: PositionTable
  readonly #forgotten: ForgottenNodeTable
  readonly #gaps: GapTable
  readonly #blindPeriods: BlindPeriodTable
  readonly #rejected: RejectedRecordTable

  private constructor(db: Database, mark: OpenMarker, options: StoreOptions) {
    const rows = (this.rows = new RowReader(options.readerLevel))
    const transactions = (this.#transactions = new Transactions(db))
    const alerts = new AlertTable(db, rows)
    const unseen = new UnseenTable(db)
    const tables = {
      alerts,
      unseen,
      notifications: new NotificationTable(db, rows),
      shownReports: new ShownReportTable(db),
    }
    const meta = new MetaTable(db)
    const blindPeriods = (this.#blindPeriods = new BlindPeriodTable(db))
    this.#db = db
    this.#mark = mark
    this.#positions = new PositionTable(db)
    this.#forgotten = new ForgottenNodeTable(db, rows)
    this.#gaps = new GapTable(db)
    this.#rejected = new RejectedRecordTable(db)
    this.alerts = new AlertStore({ ...tables, meta }, transactions)
    this.unseen = new UnseenStore({ unseen, meta }, transactions)
    this.blind = new BlindStore({ table: blindPeriods, meta }, transactions)
    this.rules = new RuleStore(new RuleTable(db, rows), transactions)
    this.silences = new SilenceStore(new SilenceTable(db, rows), transactions)
    this.mappings = new MappingStore(new MappingTable(db, rows))
    this.samples = new SampleStore(db, options, rows)
    this.team = new TeamStore({ db, rows, tables, transactions })
    this.meta = new MetaStore(meta, transactions)
    this.space = new FileSpace(db)
    transactions.derive({ write: () => alerts.writeHistory(), discard: () => alerts.discardHistory() })
  }

  /**
   * Opens the cache in `dir`, or creates it. A damaged file is moved aside, and a notice says so. `now`: epoch ms.
   * Throws `DatabaseTooNewError` for the file of a newer ReMo, which stays untouched.
   */
  static open(
    dir: string,
    now: number,
    limits: StoreOptions = journalLimits,
  ): { readonly store: ConsoleStore; readonly notices: readonly StoreNotice[] } {
    mkdirSync(dir, { recursive: true })
    if (limits.hasBeenOpen !== true) refuseNewer(dir)
    const mark = new OpenMarker(dir)
    const suspect = mark.create()
    try {
      return { store: ConsoleStore.#openIntact(dir, mark, { suspect, limits, now }), notices: [] }
    } catch (error) {
      if (!isDamage(error)) {
        if (!suspect) mark.remove()
        throw error
      }
      const folder = moveDamagedCache(dir, now)
      const store = ConsoleStore.#openIntact(dir, mark, { suspect: false, limits, now })
      return { store, notices: [store.#restoreFrom(folder)] }
    }
  }

  static #openIntact(
    dir: string,
    mark: OpenMarker,
    { suspect, limits, now }: { readonly suspect: boolean; readonly limits: StoreOptions; readonly now: number },
  ): ConsoleStore {
    const db = openWriter(databasePath(dir))
    try {
      if (suspect) quickCheck(db)
      migrateCache(db, migrations)
      clearIfWanted(db)
      makeShrinkable(db)
      const store = new ConsoleStore(db, mark, limits)
      store.meta.createInstallationId()
      store.alerts.fillHistory()
      store.unseen.begin(now)
      return store
    } catch (error) {
      db.close()
      throw error
    }
  }

  /** Everything that a batch changes, or nothing of it. */
  commitBatch(write: BatchWrite): void {
    const batch = this.samples.prepare(write)
    const { forgottenNodes } = write
    const run = (work: () => void): void =>
      forgottenNodes.length > 0 ? this.#transactions.durably(work) : this.#transactions.run(work)
    run(() => {
      batch.write()
      for (const node of forgottenNodes) this.#forgotten.save(node)
      this.silences.write(write.silences)
      this.mappings.write(write.mappings)
      for (const { id, version } of write.silences.records) this.team.confirmSilence(id, version)
      this.#rejected.insert(write.rejects)
      for (const position of write.positions) this.#positions.advance(position)
      for (const start of write.partitionStarts) this.team.addPartitionStart(start)
      if (write.team) this.team.write(write.team)
      if (write.team?.startOver) this.#startOver(write.team.startOver)
      this.team.supersedeAcknowledgements(write.superseded)
      this.unseen.write(write, (id) => this.alerts.get(id) !== undefined)
      this.alerts.write(write)
    })
    try {
      batch.apply()
    } catch (cause) {
      throw new CommittedError('The batch is stored, but not applied.', { cause })
    }
  }

  /** After an error of `commitBatch` that may come again: forgets the nodes and metrics that are not stored. */
  discardUnsaved(): void {
    this.samples.discardUnsaved()
  }

  /**
   * Records were lost: stores the gap and the position after it. A position only goes back together with a gap.
   * `clear`: the position belongs to this topic of the backend, and the state read from it is deleted.
   */
  resetPosition(position: ReadPosition, gap: Gap, clear?: TeamTopicKind): void {
    const { topic, partition, next } = position
    this.#transactions.run(() => {
      this.#positions.reset(position)
      this.team.resetPartitionStart({ topic, partition, offset: next })
      if (clear) this.team.clear(clear)
      if (clear === 'alerts') {
        this.silences.forgetVersions()
        this.mappings.forgetVersions()
      }
      this.#gaps.insert(gap)
    })
  }

  /** Newest raw values of counters, from which rates continue. As of the stored positions. */
  counterRows(): CounterRow[] {
    return this.samples.counters()
  }

  /** Series that are stored. They stay admitted after a start. */
  knownSeries(): KnownSeries[] {
    return this.samples.knownSeries()
  }

  position(topic: string, partition: number): ReadPosition | undefined {
    return this.#positions.get(topic, partition)
  }

  positions(): readonly ReadPosition[] {
    return this.#positions.all()
  }

  /** Nodes that a person removed in the last 14 days, also those that are back. */
  forgottenNodes(): readonly ForgottenNode[] {
    return this.#forgotten.all()
  }

  /** Newest first, of the 10,000 that are kept. */
  rejectedRecords(limit: number): RejectedRecordView[] {
    return this.#rejected.newest(limit)
  }

  /** Newest first. */
  gaps(limit: number): Gap[] {
    return this.#gaps.newest(limit)
  }

  stats(): StoreStats {
    const { data, onDisk } = fileSizes(this.#db)
    return { bytes: data, diskBytes: onDisk, ...this.samples.count() }
  }

  /** Drops what ended before `at` (epoch ms), one slice a call. True when there is more: call again later. */
  dropBefore(at: number, slice: DropSlice = wholeSlice): boolean {
    const drop = this.samples.prepareDrop({ before: at, bytes: Infinity }, slice)
    this.#transactions.run(() => {
      drop.write()
      this.alerts.dropBefore(at)
      this.unseen.dropBefore(at)
      this.team.dropOrphans()
      this.#rejected.dropBefore(at)
      this.#gaps.dropBefore(at)
      this.#blindPeriods.dropBefore(at)
      this.#forgotten.dropBefore(at)
      this.silences.dropBefore(at)
    })
    drop.apply()
    return drop.more()
  }

  /**
   * Drops the oldest chunks of all nodes until they have that many bytes, one slice a call. Alerts, thresholds and
   * queued actions stay.
   * @returns the bytes that went; 0 if there is no chunk
   */
  dropOldest(bytes: number, slice: DropSlice = wholeSlice): number {
    const drop = this.samples.prepareDrop({ before: Infinity, bytes }, slice)
    this.#transactions.run(drop.write)
    drop.apply()
    return drop.dropped()
  }

  /** What all files and samples take. `most`: number of the largest nodes. */
  usage(most: number): FileSizes & SampleUsage {
    return { ...this.space.sizes(), ...this.samples.usage(most) }
  }

  /** To be called about every ten seconds. */
  maintain(): void {
    this.space.shortenWal()
  }

  /** Deletes samples, alerts, rejected records and positions when the cache is opened next, whatever happens before. */
  clearAtNextStart(): void {
    this.#transactions.durably(() => wantCleared(this.#db))
  }

  close(): void {
    this.#db.close()
    this.#mark.remove()
  }

  #startOver({ about, database, topic }: StartOver): void {
    this.meta.setTeamDatabase(about, database)
    if (about === 'alerts') {
      this.#forgotten.clear()
      this.silences.clearTeam()
      this.mappings.clear()
    }
    if (topic !== undefined) this.#positions.forget(topic)
  }

  /** Copies what exists nowhere else out of a damaged cache. Returns the notice for the operator. */
  #restoreFrom(folder: string): StoreNotice {
    const { rules, meta, actions, forgottenNodes, silences, unseen, incomplete } = salvage(folder)
    // What is read again is not news; what was unseen stays so.
    for (const [key, value] of meta) if (key !== unseenFromKey) this.meta.set(key, value)
    this.unseen.restore(unseen)
    // All that Kafka still has is read again.
    if (this.meta.startedWith() === undefined) this.meta.setStartedWith('')
    for (const rule of rules) this.rules.save(rule)
    for (const action of actions) this.team.addAction(action)
    this.#transactions.run(() => {
      for (const node of forgottenNodes) this.#forgotten.save(node)
      this.silences.restore(silences)
    })
    const thresholds = incomplete ? 'Check your thresholds: some may be missing.' : 'Your thresholds were kept.'
    const waiting = actions.length === 0 ? '' : ' So were the changes waiting to be sent.'
    const text =
      `The local cache was damaged. ReMo moved it to ${folder}, created a new one, and reads again what ` +
      `Kafka still has. ${thresholds}${waiting}`
    return { id: 'cache-moved-aside', severity: 'warning', text }
  }
}

/** Before anything is written, and before SQLite opens the file. @throws DatabaseTooNewError */
function refuseNewer(dir: string): void {
  const format = storedFormat(databasePath(dir))
  if (format > migrations.length) throw new DatabaseTooNewError(format, migrations.length)
}

function quickCheck(db: Database): void {
  const result = db.pragma('quick_check(1)', { simple: true })
  if (result !== 'ok') throw new DamagedError(`quick_check: ${String(result)}`)
}
