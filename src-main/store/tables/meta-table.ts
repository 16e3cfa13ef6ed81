import type { Database, Statement } from 'better-sqlite3'

/** Single values of this installation. */
export class MetaTable {
  readonly #get: Statement<[string], string>
  readonly #set: Statement<[string, string]>

  constructor(db: Database) {
    this.#get = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
    this.#set = db.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
  }

  get(key: string): string | undefined {
    return this.#get.get(key)
  }

  set(key: string, value: string): void {
    this.#set.run(key, value)
  }
}
