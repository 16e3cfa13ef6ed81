import { randomUUID } from 'node:crypto'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import { ruleBook } from '#shared/rule/rule-book.ts'
import type { RuleBook } from '#shared/rule/rule-book.ts'
import { stockRules } from '#shared/rule/stock.ts'
import { CallError } from '../threads/call-error.ts'

/** A change holds from a moment that no evaluator has passed yet, so that all of them switch at the same record. */
const aheadMs = 2000

interface RuleStore {
  rules(): Rule[]
  saveRule(rule: Rule): void
}

export interface RuleDeskDeps {
  readonly store: RuleStore
  /** Written into the versions that are made here. */
  readonly user: string
  readonly now: () => number
  /** Newest event time seen, epoch ms; 0 before the first record. */
  readonly newestAt: () => number
}

/** Keeps the rule versions of a console without a backend, and the book that records are judged by. */
export class RuleDesk {
  readonly #deps: RuleDeskDeps
  #book: RuleBook

  constructor(deps: RuleDeskDeps) {
    this.#deps = deps
    this.#book = ruleBook(deps.store.rules())
  }

  get book(): RuleBook {
    return this.#book
  }

  /** Gives a console that never had a rule its stock rules; ones that the operator removed stay removed. */
  addStockRules(): void {
    if (this.#book.versions().length > 0) return
    // From the beginning of time, so that a backlog read at the first start is judged by them.
    for (const rule of stockRules(0)) this.#keep(rule)
  }

  /** Throws `CallError`: not-found, or conflict when `version` is not the newest or the place is taken. */
  save(request: { id?: string; version?: number; draft: RuleDraft }): Rule {
    const current = request.id === undefined ? undefined : this.#newest(request.id, request.version)
    this.#refuseSecond(request.draft, current?.id)
    const id = current?.id ?? randomUUID()
    return this.#keep({ id, ...request.draft, ...this.#versionAfter(current), deleted: false })
  }

  /** Adds the version that ends the rule, and returns it. Throws as `save` does. */
  remove(request: { id: string; version: number }): Rule {
    const current = this.#newest(request.id, request.version)
    return this.#keep({ ...current, ...this.#versionAfter(current), deleted: true })
  }

  #newest(id: string, version: number | undefined): Rule {
    const current = this.#book.current().find((rule) => rule.id === id)
    if (!current) throw new CallError('not-found', 'This threshold was removed meanwhile.')
    if (current.version !== version) {
      throw new CallError('conflict', `${current.updatedBy} changed this threshold meanwhile. Look at it again.`)
    }
    return current
  }

  /** Of two rules for the same place only one would ever judge; the other would look as if it did. */
  #refuseSecond(draft: RuleDraft, id: string | undefined): void {
    const place = placeOf(draft)
    const other = this.#book.current().find((rule) => rule.id !== id && placeOf(rule) === place)
    if (!other) return
    const where = draft.scope.kind === 'all' ? 'all nodes' : draft.scope.nodeId
    throw new CallError('conflict', `There is a threshold for ${draft.metric} of ${where} already. Edit that one.`)
  }

  #versionAfter(current: Rule | undefined): Pick<Rule, 'version' | 'effectiveFrom' | 'updatedBy' | 'updatedAt'> {
    const now = this.#deps.now()
    const effectiveFrom = Math.max(now, this.#deps.newestAt(), current?.effectiveFrom ?? 0) + aheadMs
    return { version: (current?.version ?? 0) + 1, effectiveFrom, updatedBy: this.#deps.user, updatedAt: now }
  }

  #keep(rule: Rule): Rule {
    this.#deps.store.saveRule(rule)
    this.#book = ruleBook([...this.#book.versions(), rule])
    return rule
  }
}

function placeOf({ scope, metric }: Pick<RuleDraft, 'scope' | 'metric'>): string {
  return JSON.stringify([scope.kind === 'all' ? null : scope.nodeId, metric])
}
