import type { Database, Statement } from 'better-sqlite3'
import { ruleCodec } from '#shared/codec/domain-codecs.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { RowReader } from '../row-reader.ts'

/** Every version of every threshold that the backend has published. */
export class TeamRuleTable {
  readonly #rows: RowReader
  readonly #save: Statement<[{ id: string; version: number; data: string }]>
  readonly #all: Statement<[], string>
  readonly #clear: Statement<[]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#save = db.prepare(
      'INSERT INTO team_rule VALUES (:id, :version, :data) ON CONFLICT (id, version) DO UPDATE SET data = :data',
    )
    this.#all = db.prepare<[], string>('SELECT data FROM team_rule ORDER BY id, version').pluck()
    this.#clear = db.prepare('DELETE FROM team_rule')
  }

  save(rule: Rule): void {
    this.#save.run({ id: rule.id, version: rule.version, data: ruleCodec.stringify(rule) })
  }

  /** By id, oldest version first. */
  all(): Rule[] {
    return this.#rows.all('team_rule', ruleCodec, this.#all.all())
  }

  clear(): void {
    this.#clear.run()
  }
}
