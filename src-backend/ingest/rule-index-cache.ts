import type { RuleIndex } from '#shared/rule/rule-index.ts'
import type { Db } from '../db/db.ts'
import { type LoadedRules, loadRules, ruleRevision } from '../rules/service.ts'

/** Rule index of this replica. It is loaded again after a committed change. */
export class RuleIndexCache {
  #loaded: LoadedRules | undefined

  async read(db: Db): Promise<RuleIndex> {
    const revision = this.#loaded === undefined ? undefined : await ruleRevision(db)
    if (this.#loaded === undefined || revision !== this.#loaded.revision) this.#loaded = await loadRules(db)
    return this.#loaded.index
  }
}
