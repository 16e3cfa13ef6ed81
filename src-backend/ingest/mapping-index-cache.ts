import type { MappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import type { Db } from '../db/db.ts'
import { type LoadedMappings, loadMappings, stampOfMappings } from '../mappings/service.ts'

/** Mappings of this replica. They are loaded again after a committed change. */
export class MappingIndexCache {
  #loaded: LoadedMappings | undefined

  /** @throws NeedsNewerError for a mapping that this version must not read by */
  async read(db: Db): Promise<MappingIndex> {
    const stamp = this.#loaded === undefined ? undefined : await stampOfMappings(db)
    if (this.#loaded === undefined || stamp !== this.#loaded.stamp) this.#loaded = await loadMappings(db)
    return this.#loaded.index
  }
}
