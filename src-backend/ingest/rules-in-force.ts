import type { RuleBook } from '#shared/rule/rule-book.ts'
import type { Db } from '../db/db.ts'
import { type LoadedBook, loadRuleBook, ruleRevision } from '../rules/service.ts'

/** The rule book of this replica: read again when a change was committed since. */
export class RuleIndexCache {
  #loaded: LoadedBook | undefined

  async read(db: Db): Promise<RuleBook> {
    const revision = this.#loaded === undefined ? undefined : await ruleRevision(db)
    if (this.#loaded === undefined || revision !== this.#loaded.revision) this.#loaded = await loadRuleBook(db)
    return this.#loaded.book
  }
}
