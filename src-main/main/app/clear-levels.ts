import type { Alert } from '#shared/alert/alert.ts'
import { clearLevelOf } from '#shared/alert/alert-text.ts'
import type { Rule } from '#shared/rule/rule.ts'

/** The clear levels of the rules, for texts about alerts that were lowered: a snapshot of the rules, then changes. */
export class ClearLevels {
  readonly #rules = new Map<string, Rule>()

  replace(rules: readonly Rule[]): void {
    this.#rules.clear()
    this.change(rules)
  }

  change(rules: readonly Rule[]): void {
    for (const rule of rules) this.#rules.set(rule.id, rule)
  }

  /** `undefined`: none, or the rule was edited since. */
  readonly of = (alert: Alert): number | undefined => clearLevelOf(alert, this.#rules.get(alert.ruleId))
}
