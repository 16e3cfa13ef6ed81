import type { Alert } from '#shared/alert/alert.ts'
import type { BatchWrite } from '../batch-write.ts'
import type { MetaTable } from '../tables/meta-table.ts'
import type { UnseenTable } from '../tables/unseen-table.ts'
import type { Transactions } from '../transactions.ts'

/** Single value: what opened earlier (event time, epoch ms) is not marked. */
export const unseenFromKey = 'unseen.from'

export interface UnseenTables {
  readonly unseen: UnseenTable
  readonly meta: MetaTable
}

/** Which alerts nobody has looked at on this console. An alert that fires stays in it until then, also resolved. */
export class UnseenStore {
  readonly #unseen: UnseenTable
  readonly #meta: MetaTable
  readonly #transactions: Transactions

  constructor({ unseen, meta }: UnseenTables, transactions: Transactions) {
    this.#unseen = unseen
    this.#meta = meta
    this.#transactions = transactions
  }

  /** A new or cleared cache, and one of a version before: what is older than now is not news. `now`: epoch ms. */
  begin(now: number): void {
    if (this.#meta.get(unseenFromKey) === undefined) {
      this.#transactions.run(() => this.#meta.set(unseenFromKey, String(now)))
    }
  }

  ids(): string[] {
    return this.#unseen.all()
  }

  /** Ids of a damaged cache. Their alerts are read again. */
  restore(ids: ReadonlyArray<readonly [id: string, openedAt: number]>): void {
    this.#transactions.run(() => {
      for (const [id, openedAt] of ids) this.#unseen.add(id, openedAt)
    })
  }

  see(ids: readonly string[]): void {
    this.#transactions.durably(() => {
      for (const id of ids) this.#unseen.remove(id)
    })
  }

  seeAll(): void {
    this.#transactions.durably(() => this.#unseen.clear())
  }

  /**
   * Within a transaction, before the alerts of the batch are written. An alert that got another id keeps what was seen.
   * @param isKnown whether the alert is stored already: it fired before
   */
  write({ alerts, events, team }: BatchWrite, isKnown: (id: string) => boolean): void {
    const opened = new Set(events.flatMap(({ kind, alertId }) => (kind === 'opened' ? [alertId] : [])))
    if (opened.size === 0) return
    const adopted = new Set(team?.withdrawals.map(({ replacedBy }) => replacedBy))
    const from = Number(this.#meta.get(unseenFromKey) ?? 0)
    const isNew = ({ id, openedAt }: Alert): boolean => opened.has(id) && openedAt >= from && !adopted.has(id)
    for (const alert of alerts) if (isNew(alert) && !isKnown(alert.id)) this.#unseen.add(alert.id, alert.openedAt)
  }

  /** Within a transaction. `at`: epoch ms. */
  dropBefore(at: number): void {
    this.#unseen.dropBefore(at)
  }
}
