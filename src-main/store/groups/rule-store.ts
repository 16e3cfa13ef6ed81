import type { Rule } from '#shared/rule/rule.ts'
import type { RuleTable } from '../tables/rule-table.ts'
import type { Transactions } from '../transactions.ts'

/** The thresholds of this console itself; `TeamStore` has those of a backend. */
export class RuleStore {
  readonly #table: RuleTable
  readonly #transactions: Transactions

  constructor(table: RuleTable, transactions: Transactions) {
    this.#table = table
    this.#transactions = transactions
  }

  /** Every version; by id, oldest version first. */
  all(): Rule[] {
    return this.#table.all()
  }

  /** On disk when it returns, even through a power cut. All of them or none. */
  save(...rules: readonly Rule[]): void {
    this.#transactions.durably(() => rules.forEach((rule) => this.#table.save(rule)))
  }
}
