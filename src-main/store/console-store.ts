import type { Database } from 'better-sqlite3'
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { RejectedRecordView } from '#shared/ipc/contract.ts'
import type { QueuedNotification } from '#shared/notification/plan-notifications.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { HeadCopy } from '../threads/read-calls.ts'
import type { BatchWrite, StartOver } from './batch-write.ts'
import type { Gap, ReadPosition } from '#shared/metric/read-position.ts'
import { bytesOnDisk, databasePath, openWriter, shortenWal } from './connection.ts'
import { DamagedError, isDamage, storageErrorOf } from './errors.ts'
import type { JournalLimits } from './heads/journal-sizes.ts'
import { journalLimits } from './heads/journal-sizes.ts'
import { SampleCache } from './heads/sample-cache.ts'
import { migrateCache } from './migrate-cache.ts'
import { migrations } from './migrations/migrations.ts'
import { moveDamagedCache, salvage } from './damaged-cache.ts'
import { RowReader } from './row-reader.ts'
import { TeamStore } from './groups/team-store.ts'
import type { LatestNode, MetricEntry, StoreNotice, StoreStats } from './store-types.ts'
import { AlertTable } from './tables/alert-table.ts'
import { GapTable } from './tables/gap-table.ts'
import { MetaTable } from './tables/meta-table.ts'
import { NotificationTable } from './tables/notification-table.ts'
import { PositionTable } from './tables/position-table.ts'
import { RejectedRecordTable } from './tables/rejected-record-table.ts'
import { RuleTable } from './tables/rule-table.ts'
import { OpenMarker } from './open-marker.ts'

const installationKey = 'installation-id'

/** How the journal is cut, and which records and rows this version understands (another level only in tests). */
export interface StoreOptions extends JournalLimits {
  readonly readerLevel?: number
}

/** Which of a notification's alerts were told, and when (epoch ms). `shown` false: it was put aside unseen. */
export interface SettledNotification {
  readonly shown: boolean
  readonly at: number
}

/**
 * The local cache: the only connection that writes. Every method is synchronous and, where it writes, one
 * transaction. A `StorageError` (disk full, I/O) leaves file and memory as they were, so the call may be repeated.
 */
export class ConsoleStore {
  readonly #db: Database
  readonly #mark: OpenMarker
  readonly #cache: SampleCache
  readonly #positions: PositionTable
  readonly #gaps: GapTable
  readonly #rejects: RejectedRecordTable
  readonly #alerts: AlertTable
  readonly #notifications: NotificationTable
  readonly #rules: RuleTable
  readonly #meta: MetaTable
  /** Reads what rows hold, and knows which could not be read. */
  readonly rows: RowReader
  /** What is shared with a backend. */
  readonly team: TeamStore

  private constructor(db: Database, mark: OpenMarker, options: StoreOptions) {
    const rows = (this.rows = new RowReader(options.readerLevel))
    this.#db = db
    this.#mark = mark
    this.#cache = new SampleCache(db, options, rows)
    this.#positions = new PositionTable(db)
    this.#gaps = new GapTable(db)
    this.#rejects = new RejectedRecordTable(db)
    this.#alerts = new AlertTable(db, rows)
    this.#notifications = new NotificationTable(db, rows)
    this.#rules = new RuleTable(db, rows)
    this.#meta = new MetaTable(db)
    this.team = new TeamStore({
      db,
      rows,
      alerts: this.#alerts,
      notifications: this.#notifications,
      durably: (work) => this.#durably(work),
    })
  }

  /**
   * Opens the cache in `dir`, or makes it. A damaged file is moved aside, and a notice says so. `now`: epoch ms.
   * Throws `DatabaseTooNewError` for the file of a newer ReMo, which stays untouched.
   */
  static open(
    dir: string,
    now: number,
    limits: StoreOptions = journalLimits,
  ): { readonly store: ConsoleStore; readonly notices: readonly StoreNotice[] } {
    mkdirSync(dir, { recursive: true })
    const mark = new OpenMarker(dir)
    const suspect = mark.create()
    try {
      return { store: ConsoleStore.#openIntact(dir, mark, { suspect, limits }), notices: [] }
    } catch (error) {
      if (!isDamage(error)) {
        if (!suspect) mark.remove()
        throw error
      }
      const folder = moveDamagedCache(dir, now)
      const { rules, meta, actions, incomplete } = salvage(folder)
      const store = ConsoleStore.#openIntact(dir, mark, { suspect: false, limits })
      for (const [key, value] of meta) store.#meta.set(key, value)
      for (const rule of rules) store.#rules.save(rule)
      for (const action of actions) store.team.addAction(action)
      const thresholds = incomplete ? 'Check your thresholds: some may be missing.' : 'Your thresholds were kept.'
      const waiting = actions.length === 0 ? '' : ' So were the changes waiting to be sent.'
      const text =
        `The local cache was damaged. ReMo moved it to ${folder}, created a new one, and reads again what ` +
        `Kafka still has. ${thresholds}${waiting}`
      return { store, notices: [{ id: 'cache-moved-aside', severity: 'warning', text }] }
    }
  }

  static #openIntact(
    dir: string,
    mark: OpenMarker,
    { suspect, limits }: { readonly suspect: boolean; readonly limits: StoreOptions },
  ): ConsoleStore {
    const db = openWriter(databasePath(dir))
    try {
      if (suspect) quickCheck(db)
      migrateCache(db, migrations)
      const store = new ConsoleStore(db, mark, limits)
      if (store.meta(installationKey) === undefined) store.setMeta(installationKey, randomUUID())
      return store
    } catch (error) {
      db.close()
      throw error
    }
  }

  /** All that a batch changes, or nothing of it. */
  commitBatch(write: BatchWrite): void {
    const batch = this.#cache.prepare(write)
    this.#transaction(() => {
      batch.write()
      this.#rejects.insert(write.rejects)
      for (const position of write.positions) this.#positions.advance(position)
      if (write.partitionStart) this.team.begin(write.partitionStart)
      if (write.team) this.team.write(write.team)
      if (write.team?.startOver) this.#startOver(write.team.startOver)
      this.team.supersedeAcknowledgements(write.superseded)
      for (const alert of write.alerts) this.#alerts.save(alert)
      for (const event of write.events) this.#alerts.addEvent(event)
      for (const notification of write.queuedNotifications) this.#notifications.queue(notification)
      for (const alertId of write.team?.cancelledNotifications ?? []) this.#notifications.cancel(alertId)
    })
    batch.apply()
  }

  /**
   * Records were lost: where to go on, and what is missing. The only way a position goes back. `clear`: what was read
   * from a topic of the backend, where that is the one.
   */
  resetPosition(position: ReadPosition, gap: Gap, forget?: 'rules' | 'alerts'): void {
    const { topic, partition, next } = position
    this.#transaction(() => {
      this.#positions.reset(position)
      this.team.resetPartitionStart({ topic, partition, offset: next })
      if (forget) this.team.clear(forget)
      this.#gaps.insert(gap)
    })
  }

  position(topic: string, partition: number): ReadPosition | undefined {
    return this.#positions.get(topic, partition)
  }

  positions(): readonly ReadPosition[] {
    return this.#positions.all()
  }

  /** Evaluation state of every series, as it was with the stored positions. */
  loadSeries(): ReadonlyArray<{ readonly nodeId: string; readonly metric: string; readonly state: SeriesState }> {
    return [...this.#cache.series()]
  }

  openAlerts(): Alert[] {
    return this.#alerts.firing()
  }

  /** The firing ones, or the newest 500 resolved ones; newest first. */
  alerts({ open }: { readonly open: boolean }): Alert[] {
    return open ? this.#alerts.firing() : this.#alerts.resolved()
  }

  alert(id: string): Alert | undefined {
    return this.#alerts.get(id)
  }

  timeline(id: string): AlertEvent[] {
    return this.#alerts.timeline(id)
  }

  /** What a person did to an alert. On disk when it returns, even through a power cut. */
  saveAlert(alert: Alert, event: AlertEvent): void {
    this.#durably(() => {
      this.#alerts.save(alert)
      this.#alerts.addEvent(event)
    })
  }

  /** All versions; by id, oldest version first. */
  rules(): Rule[] {
    return this.#rules.all()
  }

  /** On disk when it returns, even through a power cut. */
  saveRule(rule: Rule): void {
    this.#durably(() => this.#rules.save(rule))
  }

  /** What the operator was not told yet, oldest alert first. */
  queuedNotifications(): QueuedNotification[] {
    return this.#notifications.queued()
  }

  /** They are not owed any more; what was shown becomes part of the alert's timeline. */
  settleNotifications(
    items: ReadonlyArray<{ readonly alertId: string; readonly transition: string }>,
    { shown, at }: SettledNotification,
  ): void {
    this.#transaction(() => {
      for (const item of items) {
        const wasQueued = this.#notifications.done(item, shown)
        if (wasQueued && shown) this.#alerts.addEvent({ alertId: item.alertId, kind: 'notified', at })
      }
    })
  }

  /** Newest first, of the 10,000 that are kept. */
  rejects(limit: number): RejectedRecordView[] {
    return this.#rejects.newest(limit)
  }

  /** Newest first. */
  gaps(limit: number): Gap[] {
    return this.#gaps.newest(limit)
  }

  /** Newest values of every node that has any. */
  latest(): LatestNode[] {
    return this.#cache.latest()
  }

  metrics(): MetricEntry[] {
    return this.#cache.metrics()
  }

  /** A copy of the records of a node that are in no chunk yet; `null` for an unknown node. */
  head(nodeId: string): HeadCopy | null {
    return this.#cache.head(nodeId)
  }

  stats(): StoreStats {
    return { bytes: bytesOnDisk(this.#db), ...this.#cache.count() }
  }

  /** Random, made once; it names this console's seat in the consumer group. */
  installationId(): string {
    const id = this.#meta.get(installationKey)
    if (id === undefined) throw new DamagedError('the installation id is gone')
    return id
  }

  /** Id of the database that published what is cached of this topic; empty: not known. */
  teamDatabase(about: StartOver['about']): string {
    return this.#meta.get(databaseKey(about)) ?? ''
  }

  meta(key: string): string | undefined {
    return this.#meta.get(key)
  }

  setMeta(key: string, value: string): void {
    this.#transaction(() => this.#meta.set(key, value))
  }

  /** Drops what ended before `at` (epoch ms), one slice a call. True when there is more: call again, later. */
  dropBefore(at: number): boolean {
    const drop = this.#cache.prepareDrop(at)
    this.#transaction(() => {
      drop.write()
      this.#alerts.dropBefore(at)
      this.#notifications.dropOrphans()
      this.team.dropOrphans()
      this.#rejects.dropBefore(at)
      this.#gaps.dropBefore(at)
    })
    drop.apply()
    return drop.more()
  }

  /** To be called every ten seconds or so. */
  maintain(): void {
    shortenWal(this.#db)
  }

  close(): void {
    this.#db.close()
    this.#mark.remove()
  }

  #startOver({ about, database, topic }: StartOver): void {
    this.#meta.set(databaseKey(about), database)
    if (topic !== undefined) this.#positions.forget(topic)
  }

  #transaction(work: () => void): void {
    try {
      this.#db.transaction(work).immediate()
    } catch (error) {
      throw storageErrorOf(error)
    }
  }

  /** The disk is made to confirm this commit, and all before it. */
  #durably(work: () => void): void {
    this.#db.pragma('synchronous = FULL')
    try {
      this.#transaction(work)
    } finally {
      this.#db.pragma('synchronous = NORMAL')
    }
  }
}

/** Key of the id of the database that published what is cached of this topic. */
export function databaseKey(about: StartOver['about']): string {
  return `team.database.${about}`
}

function quickCheck(db: Database): void {
  const result = db.pragma('quick_check(1)', { simple: true })
  if (result !== 'ok') throw new DamagedError(`quick_check: ${String(result)}`)
}
