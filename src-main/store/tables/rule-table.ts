import type { Database, Statement } from 'better-sqlite3'
import type { Rule } from '#shared/rule/rule.ts'

/** Every version of every threshold. */
export class RuleTable {
  readonly #save: Statement<[{ id: string; version: number; data: string }]>
  readonly #all: Statement<[], string>

  constructor(db: Database) {
    this.#save = db.prepare(
      'INSERT INTO rule VALUES (:id, :version, :data) ON CONFLICT (id, version) DO UPDATE SET data = :data',
    )
    this.#all = db.prepare<[], string>('SELECT data FROM rule ORDER BY id, version').pluck()
  }

  save(rule: Rule): void {
    this.#save.run({ id: rule.id, version: rule.version, data: JSON.stringify(rule) })
  }

  /** By id, oldest version first. */
  all(): Rule[] {
    return this.#all.all().map((data) => JSON.parse(data) as Rule)
  }
}
