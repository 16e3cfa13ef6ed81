import type { Database, Statement } from 'better-sqlite3'
import type { TeamTopicKind } from '#shared/sync/team-topics.ts'

/** A record of one of the backend's topics that needs a newer version than the one that read it. */
export interface DeferredRecord {
  readonly about: TeamTopicKind
  readonly topic: string
  /** Id of the rule or alert. */
  readonly key: string
  /** Of the rule or alert; `null` where it cannot be told. */
  readonly version: number | null
  /** Level that a reader must understand, and the first version that does; `null` where the record does not name it. */
  readonly needs: number
  readonly needsVersion: string | null
  readonly partition: number
  readonly offset: number
  /** Kafka's timestamp of the record, epoch ms. */
  readonly at: number
  readonly content: Buffer
}

/** How many records of a topic wait for an upgrade, and the most that one of them needs. */
export interface DeferredCount {
  readonly about: TeamTopicKind
  readonly topic: string
  readonly count: number
  readonly needsVersion: string | null
}

/** Of rules, and of alerts. A record has 64 KiB at most, so this bounds the table, too. */
const keptRecords = 1_000

/** The newest record of each key that waits for an upgrade. */
export class DeferredRecordTable {
  readonly #keep: Statement<[DeferredRecord]>
  readonly #trim: Statement<[{ about: TeamTopicKind; kept: number }]>
  readonly #settle: Statement<[{ about: TeamTopicKind; key: string; version: number | null }]>
  readonly #all: Statement<[], DeferredRecord>
  readonly #counts: Statement<[], DeferredCount>
  readonly #clear: Statement<[TeamTopicKind]>

  constructor(db: Database) {
    this.#keep = db.prepare(
      `INSERT INTO deferred_record
         (about, topic, key, version, needs, needs_version, partition, record_offset, at, content)
       VALUES (:about, :topic, :key, :version, :needs, :needsVersion, :partition, :offset, :at, :content)
       ON CONFLICT (about, key) DO UPDATE SET topic = :topic, version = :version, needs = :needs, needs_version = :needsVersion,
         partition = :partition, record_offset = :offset, at = :at, content = :content
       WHERE version IS NULL OR :version IS NULL OR :version >= version`,
    )
    this.#trim = db.prepare(
      `DELETE FROM deferred_record WHERE about = :about AND seq NOT IN (
         SELECT seq FROM deferred_record WHERE about = :about ORDER BY at DESC, seq DESC LIMIT :kept)`,
    )
    this.#settle = db.prepare(
      `DELETE FROM deferred_record WHERE about = :about AND key = :key
         AND (version IS NULL OR :version IS NULL OR version <= :version)`,
    )
    this.#all = db.prepare(
      `SELECT about, topic, key, version, needs, needs_version AS needsVersion, partition, record_offset AS "offset",
         at, content
       FROM deferred_record ORDER BY seq`,
    )
    // SQLite takes the other columns from the row of the maximum.
    this.#counts = db.prepare(
      `SELECT about, topic, count(*) AS count, needs_version AS needsVersion, max(needs) AS needs
       FROM deferred_record GROUP BY about`,
    )
    this.#clear = db.prepare('DELETE FROM deferred_record WHERE about = ?')
  }

  keep(record: DeferredRecord): void {
    this.#keep.run(record)
    this.#trim.run({ about: record.about, kept: keptRecords })
  }

  /** The rule or alert is known in this version, or a newer one; `null`: whatever the version. */
  settle(about: TeamTopicKind, key: string, version: number | null): void {
    this.#settle.run({ about, key, version })
  }

  /** In the order in which their keys were first deferred. */
  all(): DeferredRecord[] {
    return this.#all.all()
  }

  counts(): DeferredCount[] {
    return this.#counts.all()
  }

  clear(about: TeamTopicKind): void {
    this.#clear.run(about)
  }
}
