import type { Database, Statement } from 'better-sqlite3'
import { silenceCodec } from '#shared/codec/domain-codecs.ts'
import { endOf } from '#shared/silence/schedule.ts'
import type { Silence } from '#shared/silence/silence.ts'
import type { RowReader } from '../row-reader.ts'

interface Row {
  readonly id: string
  readonly isTeam: number
  readonly version: number
  readonly endsAt: number | null
  readonly data: string
}

/** A silence, and the version below which a record of it is old. */
export interface StoredSilence {
  readonly silence: Silence
  readonly version: number
}

/** Silences of this console, and those that its backend published. */
export class SilenceTable {
  readonly #rows: RowReader
  readonly #save: Statement<[Row]>
  readonly #remove: Statement<[string]>
  readonly #all: Statement<[number], { version: number; data: string }>
  readonly #forgetVersions: Statement<[]>
  readonly #clear: Statement<[]>
  readonly #dropBefore: Statement<[number]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#save = db.prepare(
      `INSERT INTO silence VALUES (:id, :isTeam, :version, :endsAt, :data)
       ON CONFLICT (id, is_team) DO UPDATE SET version = :version, ends_at = :endsAt, data = :data`,
    )
    this.#remove = db.prepare('DELETE FROM silence WHERE is_team = 1 AND id = ?')
    this.#all = db.prepare('SELECT version, data FROM silence WHERE is_team = ? ORDER BY id')
    this.#forgetVersions = db.prepare('UPDATE silence SET version = 0 WHERE is_team = 1')
    this.#clear = db.prepare('DELETE FROM silence WHERE is_team = 1')
    this.#dropBefore = db.prepare('DELETE FROM silence WHERE ends_at < ?')
  }

  /** Within a transaction. `isTeam`: a record of the backend. */
  save(silence: Silence, isTeam: boolean): void {
    const { id, version } = silence
    const endsAt = endOf(silence) ?? null
    this.#save.run({ id, isTeam: isTeam ? 1 : 0, version, endsAt, data: silenceCodec.stringify(silence) })
  }

  /** Within a transaction: the backend deleted it. */
  remove(id: string): void {
    this.#remove.run(id)
  }

  all(isTeam: boolean): StoredSilence[] {
    return this.#all.all(isTeam ? 1 : 0).flatMap(({ version, data }) => {
      const silence = this.#rows.one('silence', silenceCodec, data)
      return silence === undefined ? [] : [{ silence, version }]
    })
  }

  /** Within a transaction: another log of the backend. Its records count, whatever their versions. */
  forgetVersions(): void {
    this.#forgetVersions.run()
  }

  /** Within a transaction: another team or another database. */
  clearTeam(): void {
    this.#clear.run()
  }

  /** Within a transaction. `at`: epoch ms. */
  dropBefore(at: number): void {
    this.#dropBefore.run(at)
  }
}
