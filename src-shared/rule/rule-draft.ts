import { isOfflineRule, MetricRuleDraft, OfflineRuleDraft, type Rule, type RuleDraft } from './rule.ts'
import { anyTagsOf } from './rule-subject.ts'
import { stockRules } from './stock-rules.ts'

const metricKeys = new Set(Object.keys(MetricRuleDraft.shape))
const offlineKeys = new Set(Object.keys(OfflineRuleDraft.shape))

/** The editable part of a rule, without its version and without keys of a newer ReMo. */
export function draftOfRule(rule: Rule): RuleDraft {
  const keys = isOfflineRule(rule) ? offlineKeys : metricKeys
  return Object.fromEntries(
    Object.entries(rule).filter(([key, value]) => keys.has(key) && value !== undefined),
  ) as RuleDraft
}

/** Whether both mean the same. A hold of 0 is none. */
export function isSameDraft(a: RuleDraft, b: RuleDraft): boolean {
  return canonical(a) === canonical(b)
}

function canonical(draft: RuleDraft): string {
  const entries = Object.entries(draft).filter(
    ([key, value]) =>
      value !== undefined && !(key === 'holdSeconds' && value === 0) && !(key === 'findsFlapping' && !value),
  )
  const { anyTags: _, ...rest } = Object.fromEntries(entries) as Record<string, unknown>
  return JSON.stringify([anyTagsOf(draft), Object.entries(rest).sort(([x], [y]) => (x < y ? -1 : 1))])
}

/** What a stock rule says in this version; `undefined` for other rules. */
export function stockDraftOf(id: string): RuleDraft | undefined {
  const stock = stockRules(0).find((rule) => rule.id === id)
  return stock && draftOfRule(stock)
}
