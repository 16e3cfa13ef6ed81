import type { BlindPeriod } from '../store-types.ts'
import type { BlindPeriodTable } from '../tables/blind-period-table.ts'
import type { MetaTable } from '../tables/meta-table.ts'
import type { Transactions } from '../transactions.ts'

const aliveKey = 'history.alive-at'

/** When monitoring was blind, and until when this console was running. */
export class BlindStore {
  readonly #table: BlindPeriodTable
  readonly #meta: MetaTable
  readonly #transactions: Transactions

  constructor({ table, meta }: { table: BlindPeriodTable; meta: MetaTable }, transactions: Transactions) {
    this.#table = table
    this.#meta = meta
    this.#transactions = transactions
  }

  /** The one that lasts. */
  lasting(): BlindPeriod | undefined {
    return this.#table.lasting()
  }

  /** Stores them in one transaction; one with the same start is replaced. */
  save(...periods: readonly BlindPeriod[]): void {
    this.#transactions.run(() => {
      for (const period of periods) this.#table.save(period)
    })
  }

  /** When this console was last known to run, epoch ms; `undefined` before that was stored. */
  aliveAt(): number | undefined {
    const at = Number(this.#meta.get(aliveKey) ?? NaN)
    return Number.isFinite(at) ? at : undefined
  }

  setAliveAt(at: number): void {
    this.#transactions.run(() => this.#meta.set(aliveKey, String(at)))
  }
}
