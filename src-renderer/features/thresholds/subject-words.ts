import { shownText } from '#shared/format/shown-text.ts'
import { scopeText } from '#shared/rule/rule-scope.ts'
import { anyTagsOf, anyTagsText } from '#shared/rule/rule-subject.ts'
import { metricOfRule, type RuleDraft } from '#shared/rule/rule.ts'

/** What a threshold is for, as its form has it. */
interface FormSubject {
  readonly kind: 'metric' | 'offline'
  readonly metric: string
  readonly anyTags: readonly string[]
}

/** What a wider threshold is called beside one that overrides it: `All nodes`, a pattern, or `any path`. */
export function nameOfWider(wider: RuleDraft, { kind, metric, anyTags }: FormSubject): string {
  const tags = anyTagsOf(wider)
  const isSame = kind === 'offline' || (metricOfRule(wider) === metric && tags.length === anyTags.length)
  if (!isSame) return `any ${anyTagsText(wider)}`
  return wider.scope.kind === 'all' ? 'All nodes' : scopeText(wider.scope)
}

/** `on any path`; nothing without such tags. */
export function anyTagsWords(anyTags: readonly string[]): readonly string[] {
  return anyTags.length === 0 ? [] : [`on any ${anyTags.map(shownText).join(' and ')}`]
}
