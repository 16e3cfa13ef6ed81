import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import { nextEffectiveFrom } from '#shared/rule/effective-from.ts'
import type { RulesApplied, RulesApply } from '#shared/rest/rules.ts'
import { ruleBookProblem } from '#shared/rule/rule-book.ts'
import { rulesDiff, type RulesDiff } from '#shared/rule/rules-file/rules-diff.ts'
import { ruleIndex } from '#shared/rule/rule-index.ts'
import type { RuleIndex } from '#shared/rule/rule-index.ts'
import { overlapText, patternOverlap, ruleTargetKey, scopeText } from '#shared/rule/rule-scope.ts'
import { ruleTargetText } from '#shared/rule/rule-text.ts'
import { missingStockRule, stockRules } from '#shared/rule/stock-rules.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import { CallError } from '../../threads/call-error.ts'

export interface ConsoleRulesDeps {
  readonly store: ConsoleStore
  /** A backend is configured. Its rules replace this console's rules, and are edited there. */
  readonly hasBackend: boolean
  /** Author of the versions created here. */
  readonly user: string
  readonly now: () => number
  /** Ids of the nodes that this console knows, for patterns that match the same one. */
  readonly nodeIds: () => readonly string[]
}

/**
 * The rules in effect: the console's own, or the backend's from the first backend rule on. Stock rules have the
 * same id on both sides, so their open alerts continue.
 */
export class ConsoleRules {
  readonly #deps: ConsoleRulesDeps
  #teamVersions: ReadonlyMap<string, Rule>
  #index: RuleIndex

  constructor(deps: ConsoleRulesDeps) {
    const { store, hasBackend } = deps
    this.#deps = deps
    this.#teamVersions = byRef(hasBackend ? store.team.rules() : [])
    this.#index = ruleIndex(this.#teamVersions.size > 0 ? [...this.#teamVersions.values()] : store.rules.all())
  }

  get index(): RuleIndex {
    return this.#index
  }

  /**
   * Adds the stock rules to a console that never had a rule, and to one of version 0.1.0 that for nodes that are offline.
   * Rules that the operator deleted stay deleted.
   * @param all the rules of a new console, in effect from epoch 0, so that they apply to a backlog read at the first start
   */
  addStockRules(all = stockRules(0)): void {
    const { store } = this.#deps
    const own = store.rules.all()
    const stock = own.length > 0 ? [missingStockRule(own)] : this.#index.versions().length > 0 ? [] : all
    const added = stock.filter((rule) => rule !== undefined)
    for (const rule of added) store.rules.save(rule)
    if (added.length > 0 && this.#teamVersions.size === 0) this.#index = ruleIndex([...own, ...added])
  }

  /** The newest version of a team rule that was applied here; 0 if there is none. */
  teamVersion(id: string): number {
    let newest = 0
    for (const rule of this.#teamVersions.values()) if (rule.id === id) newest = Math.max(newest, rule.version)
    return newest
  }

  /** The versions that were not read before. */
  unknownTeamVersions(versions: readonly Rule[]): Rule[] {
    return versions.filter((rule) => !this.#teamVersions.has(ruleVersionKey(rule)))
  }

  /** The index with these team versions added. */
  indexWithTeam(versions: readonly Rule[]): RuleIndex {
    return ruleIndex([...byRef([...this.#teamVersions.values(), ...versions]).values()])
  }

  /**
   * Puts stored team versions into effect.
   * @returns the rules that changed; a rule that is gone is marked as deleted
   */
  applyTeamVersions(versions: readonly Rule[]): Rule[] {
    if (versions.length === 0) return []
    const before = this.#index.current()
    this.#index = this.indexWithTeam(versions)
    this.#teamVersions = byRef(this.#index.versions())
    const now = new Map(this.#index.current().map((rule) => [rule.id, rule]))
    const gone = before.filter(({ id }) => !now.has(id)).map((rule) => this.#lastOf(rule))
    const known = new Map(before.map((rule) => [rule.id, rule]))
    return [...gone, ...[...now.values()].filter((rule) => !isDeepStrictEqual(rule, known.get(rule.id)))]
  }

  /** The backend publishes its rules again, in another log. The current rules stay in effect until the first one arrives. */
  clearTeamRules(): void {
    this.#teamVersions = new Map()
  }

  /** Another team: the console's own rules are in effect until the first rule of that team arrives. */
  leaveTeam(): void {
    this.#teamVersions = new Map()
    this.#index = ruleIndex(this.#deps.store.rules.all())
  }

  /**
   * Throws `CallError`: not-found; conflict if `version` is not the newest, if the metric already has a rule there, or if
   * two patterns match one node.
   */
  save(request: { id?: string; version?: number; draft: RuleDraft }): Rule {
    this.#refuseTeamRule()
    const current = request.id === undefined ? undefined : this.#newest(request.id, request.version)
    this.#refuseClash(request.draft, current?.id)
    const id = current?.id ?? randomUUID()
    return this.#keep({ id, ...request.draft, ...this.#versionAfter(current), deleted: false })
  }

  /** Adds the version that ends the rule, and returns it. Throws as `save` does. */
  remove(request: { id: string; version: number }): Rule {
    this.#refuseTeamRule()
    const current = this.#newest(request.id, request.version)
    return this.#keep({ ...current, ...this.#versionAfter(current), deleted: true })
  }

  /**
   * All rules become the wanted ones, or none. Throws `CallError`: bad-request for rules that cannot be in effect together;
   * conflict if a rule changed after `ifRevision`.
   */
  apply({ rules, dryRun, ifRevision }: RulesApply): {
    readonly applied: RulesApplied
    readonly changed: Rule[]
  } {
    this.#refuseTeamRule()
    if (ifRevision !== undefined && ifRevision !== this.#index.versions().length)
      throw new CallError('conflict', 'A threshold changed after the comparison. Compare again.')
    const problem = ruleBookProblem(rules, this.#deps.nodeIds())
    if (problem) throw new CallError('bad-request', problem.text)
    const diff = rulesDiff(this.#index.current(), rules)
    const changed = dryRun ? [] : this.#versionsOf(diff)
    if (changed.length > 0) {
      this.#deps.store.rules.save(...changed)
      this.#index = ruleIndex([...this.#index.versions(), ...changed])
    }
    const { added, changed: edited, removed } = diff
    const lists = { added: [...added], changed: [...edited], removed: [...removed] }
    return { applied: { ...lists, revision: this.#index.versions().length, management: null }, changed }
  }

  #versionsOf({ added, changed, removed }: RulesDiff): Rule[] {
    const next = (rule: Rule | undefined) => this.#versionAfter(rule)
    return [
      ...removed.map((rule) => ({ ...rule, ...next(rule), deleted: true })),
      ...changed.map(({ before, after }) => ({ id: before.id, ...after, ...next(before), deleted: false })),
      ...added.map((draft) => ({ id: randomUUID(), ...draft, ...next(undefined), deleted: false })),
    ]
  }

  #lastOf(rule: Rule): Rule {
    const last = this.#index.versions().findLast(({ id, deleted }) => id === rule.id && deleted)
    return last ?? { ...rule, deleted: true }
  }

  #refuseTeamRule(): void {
    if (!this.#deps.hasBackend) return
    throw new CallError('unavailable', 'The backend manages thresholds. Change them there.')
  }

  #newest(id: string, version: number | undefined): Rule {
    const current = this.#index.current().find((rule) => rule.id === id)
    if (!current) throw new CallError('not-found', 'This threshold no longer exists.')
    if (current.version !== version) {
      throw new CallError(
        'conflict',
        `${current.updatedBy} changed this threshold after you opened it. Review it and save again.`,
      )
    }
    return current
  }

  /** Of two rules for the same target only one would be evaluated; the other would only look active. */
  #refuseClash(draft: RuleDraft, id: string | undefined): void {
    const place = ruleTargetKey(draft)
    const others = this.#index.current().filter((rule) => rule.id !== id)
    if (others.some((rule) => ruleTargetKey(rule) === place)) {
      const where = scopeText(draft.scope)
      throw new CallError(
        'conflict',
        `A threshold for ${ruleTargetText(draft)} on ${where} already exists. Edit that one.`,
      )
    }
    if (draft.scope.kind !== 'pattern') return
    const overlap = patternOverlap(draft, others, this.#deps.nodeIds())
    if (overlap) throw new CallError('conflict', overlapText(overlap))
  }

  #versionAfter(current: Rule | undefined): Pick<Rule, 'version' | 'effectiveFrom' | 'updatedBy' | 'updatedAt'> {
    const now = this.#deps.now()
    const effectiveFrom = nextEffectiveFrom(now, current)
    return { version: (current?.version ?? 0) + 1, effectiveFrom, updatedBy: this.#deps.user, updatedAt: now }
  }

  #keep(rule: Rule): Rule {
    this.#deps.store.rules.save(rule)
    this.#index = ruleIndex([...this.#index.versions(), rule])
    return rule
  }
}

function byRef(versions: readonly Rule[]): Map<string, Rule> {
  return new Map(versions.map((rule) => [ruleVersionKey(rule), rule]))
}

function ruleVersionKey({ id, version }: Rule): string {
  return `${id}@${version}`
}
