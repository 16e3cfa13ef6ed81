import type { Database, Statement } from 'better-sqlite3'

/** Alerts that nobody has looked at on this console. */
export class UnseenTable {
  readonly #add: Statement<[string, number]>
  readonly #all: Statement<[], string>
  readonly #remove: Statement<[string]>
  readonly #clear: Statement<[]>
  readonly #reassign: Statement<[{ from: string; to: string }]>
  readonly #dropBefore: Statement<[number]>

  constructor(db: Database) {
    this.#add = db.prepare('INSERT OR IGNORE INTO unseen VALUES (?, ?)')
    this.#all = db
      .prepare<[], string>('SELECT alert_id FROM unseen JOIN alert ON alert.id = alert_id ORDER BY alert_id')
      .pluck()
    this.#remove = db.prepare('DELETE FROM unseen WHERE alert_id = ?')
    this.#clear = db.prepare('DELETE FROM unseen')
    this.#reassign = db.prepare('UPDATE OR IGNORE unseen SET alert_id = :to WHERE alert_id = :from')
    this.#dropBefore = db.prepare('DELETE FROM unseen WHERE opened_at < ?')
  }

  /** `openedAt`: event time, epoch ms. */
  add(alertId: string, openedAt: number): void {
    this.#add.run(alertId, openedAt)
  }

  /** Ids of those whose alert exists. */
  all(): string[] {
    return this.#all.all()
  }

  /** @returns whether it was unseen */
  remove(alertId: string): boolean {
    return this.#remove.run(alertId).changes > 0
  }

  clear(): void {
    this.#clear.run()
  }

  /** The alert turned out to have another id. */
  reassign(from: string, to: string): void {
    this.#reassign.run({ from, to })
  }

  /** `at`: epoch ms. */
  dropBefore(at: number): void {
    this.#dropBefore.run(at)
  }
}
