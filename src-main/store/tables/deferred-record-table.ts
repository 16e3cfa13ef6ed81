import type { Database, Statement } from 'better-sqlite3'
import type { TeamTopicKind } from '#shared/team/team-topics.ts'

/** A record from a topic of the backend that needs a newer ReMo than the one that read it. */
export interface DeferredRecord {
  readonly about: TeamTopicKind
  readonly topic: string
  /** Id of the rule or alert. */
  readonly key: string
  /** Version of the rule or alert; `null` when the record does not show it. */
  readonly version: number | null
  /** Level that a reader must support, and the first ReMo version that does; `null` when the record has no version. */
  readonly needs: number
  readonly needsVersion: string | null
  readonly partition: number
  readonly offset: number
  /** Kafka's timestamp of the record, epoch ms. */
  readonly at: number
  readonly content: Buffer
}

/** Records of a topic that wait for an upgrade. */
export interface DeferredCount {
  readonly about: TeamTopicKind
  readonly topic: string
  readonly count: number
}

/** A key whose record waits for an upgrade. */
export type DeferredNeed = Pick<DeferredRecord, 'about' | 'key' | 'needs' | 'needsVersion'>

/** Limit per topic. A record has at most 64 KiB, so this bounds the table. */
const keptRecords = 1_000

/** Records that wait for an upgrade: the newest of each key. */
export class DeferredRecordTable {
  readonly #keep: Statement<[DeferredRecord]>
  readonly #trim: Statement<[{ about: TeamTopicKind; kept: number }]>
  readonly #settle: Statement<[{ about: TeamTopicKind; key: string; version: number | null }]>
  readonly #all: Statement<[], DeferredRecord>
  readonly #counts: Statement<[], DeferredCount>
  readonly #needs: Statement<[], DeferredNeed>
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
    this.#counts = db.prepare('SELECT about, topic, count(*) AS count FROM deferred_record GROUP BY about')
    this.#needs = db.prepare(
      'SELECT about, key, needs, needs_version AS needsVersion FROM deferred_record ORDER BY key',
    )
    this.#clear = db.prepare('DELETE FROM deferred_record WHERE about = ?')
  }

  keep(record: DeferredRecord): void {
    this.#keep.run(record)
    this.#trim.run({ about: record.about, kept: keptRecords })
  }

  /** This version of the rule or alert, or a newer one, was applied. `null`: settles every version. */
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

  /** By key. */
  needs(): DeferredNeed[] {
    return this.#needs.all()
  }

  clear(about: TeamTopicKind): void {
    this.#clear.run(about)
  }
}
