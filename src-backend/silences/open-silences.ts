import { noSilences, silenceIndex, type SilenceIndex } from '#shared/silence/silence-index.ts'
import type { Db } from '../db/db.ts'
import { openStamp, readOpen } from './repo.ts'
import { mostOpenSilences } from './service.ts'

/** The silences that have not ended, for lists of alerts. Patterns are compiled again only after a change. */
export class OpenSilences {
  #stamp = ''
  #index = noSilences

  /** As committed when it is called. `now`: epoch ms. */
  async index(db: Db, now: number): Promise<SilenceIndex> {
    const stamp = await openStamp(db, now)
    if (stamp === this.#stamp) return this.#index
    // Rows that changed since the stamp was read have another stamp: the next call reads them again.
    const index = silenceIndex(await readOpen(db, now, mostOpenSilences))
    this.#stamp = stamp
    this.#index = index
    return index
  }
}
