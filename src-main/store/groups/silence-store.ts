import type { Silence } from '#shared/silence/silence.ts'
import type { SilenceTable, StoredSilence } from '../tables/silence-table.ts'
import type { Transactions } from '../transactions.ts'

/** What a transaction changes of the backend's silences. */
export interface SilenceWrite {
  readonly records: readonly Silence[]
  /** Ids of silences that the backend deleted. */
  readonly deleted: readonly string[]
}

/** Silences: those of this console itself, or those of its backend. */
export class SilenceStore {
  readonly #table: SilenceTable
  readonly #transactions: Transactions

  constructor(table: SilenceTable, transactions: Transactions) {
    this.#table = table
    this.#transactions = transactions
  }

  /** @param isTeam those of the backend, else those of this console */
  all(isTeam: boolean): readonly StoredSilence[] {
    return this.#table.all(isTeam)
  }

  /** Without a backend. On disk when it returns, even through a power cut. */
  save(silence: Silence): void {
    this.#transactions.durably(() => this.#table.save(silence, false))
  }

  /** Within a transaction. */
  write({ records, deleted }: SilenceWrite): void {
    for (const id of deleted) this.#table.remove(id)
    for (const silence of records) this.#table.save(silence, true)
  }

  /** Within a transaction: all of another cache. */
  restore(silences: readonly Silence[]): void {
    for (const silence of silences) this.#table.save(silence, false)
  }

  /** Within a transaction: another log of the same database. */
  forgetVersions(): void {
    this.#table.forgetVersions()
  }

  /** Within a transaction: another team or another database. */
  clearTeam(): void {
    this.#table.clearTeam()
  }

  /** Within a transaction: those that ended before `at` (epoch ms). */
  dropBefore(at: number): void {
    this.#table.dropBefore(at)
  }
}
