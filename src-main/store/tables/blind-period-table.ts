import type { Database, Statement } from 'better-sqlite3'
import type { BlindPeriod } from '../store-types.ts'

/** Times in which monitoring was blind. At most one lasts. */
export class BlindPeriodTable {
  readonly #save: Statement<[BlindPeriod]>
  readonly #lasting: Statement<[], BlindPeriod>
  readonly #drop: Statement<[number]>

  constructor(db: Database) {
    this.#save = db.prepare(
      `INSERT INTO blind_period VALUES (:from, :to, :cause)
       ON CONFLICT (from_at) DO UPDATE SET to_at = :to, cause = :cause`,
    )
    this.#lasting = db.prepare(
      'SELECT from_at AS "from", to_at AS "to", cause FROM blind_period WHERE to_at IS NULL ORDER BY from_at LIMIT 1',
    )
    this.#drop = db.prepare('DELETE FROM blind_period WHERE to_at < ?')
  }

  save(period: BlindPeriod): void {
    this.#save.run(period)
  }

  lasting(): BlindPeriod | undefined {
    return this.#lasting.get()
  }

  /** `at`: epoch ms. */
  dropBefore(at: number): void {
    this.#drop.run(at)
  }
}
