import { formatDuration } from '../../format/duration.ts'
import { formatLevel } from '../../format/number.ts'
import { metricInfo } from '../../metric/metric-info.ts'
import { draftOfRule } from '../rule-draft.ts'
import { levelsText, ruleName } from '../rule-text.ts'
import { isOfflineRule, type RuleDraft } from '../rule.ts'
import { fileFields, fileKeysOf, type FileKey, type FileValue } from './file-fields.ts'
import { diffSize, type RulesDiff } from './rules-diff.ts'

/** One rule of a difference, in words. */
export interface DiffLine {
  readonly kind: 'added' | 'changed' | 'removed'
  /** `CPU usage, db-.*` */
  readonly name: string
  /** Its levels, or each field that changes: `warning 85 % → 80 %`. */
  readonly details: readonly string[]
}

/** In the order added, changed, removed. */
export function diffLines({ added, changed, removed }: RulesDiff): DiffLine[] {
  const whole = (rule: RuleDraft): string[] => {
    const text = levelsText(rule)
    return [...(text === '' ? [] : [text]), ...(rule.enabled ? [] : ['off'])]
  }
  return [
    ...added.map((rule) => ({ kind: 'added' as const, name: ruleName(rule), details: whole(rule) })),
    ...changed.map(({ before, after }) => ({
      kind: 'changed' as const,
      name: ruleName(after),
      details: fieldChanges(draftOfRule(before), after),
    })),
    ...removed.map((rule) => ({ kind: 'removed' as const, name: ruleName(rule), details: whole(rule) })),
  ]
}

/** `2 added, 1 changed, 3 removed`, or `no difference`. */
export function diffSummary(diff: RulesDiff): string {
  if (diffSize(diff) === 0) return 'no difference'
  const counts = { added: diff.added, changed: diff.changed, removed: diff.removed }
  return Object.entries(counts)
    .filter(([, rules]) => rules.length > 0)
    .map(([word, rules]) => `${rules.length} ${word}`)
    .join(', ')
}

/** Each field that differs, with both values: `warning 85 % → 80 %`. */
export function fieldChanges(before: RuleDraft, after: RuleDraft): string[] {
  const [from, to] = [before, after] as ReadonlyArray<{ readonly [key in FileKey]?: FileValue | undefined }>
  const unit = isOfflineRule(after) ? '' : metricInfo(after.metric).unit
  return fileKeysOf(isOfflineRule(after) ? 'offline' : 'metric').flatMap((key) => {
    const [old, next] = [shown(key, from?.[key], unit), shown(key, to?.[key], unit)]
    return old === next ? [] : [`${fileFields[key].name.replaceAll('_', ' ')} ${old} → ${next}`]
  })
}

const levels: ReadonlySet<FileKey> = new Set(['warning', 'critical', 'clear'])

function shown(key: FileKey, own: FileValue | undefined, unit: string): string {
  const value = own ?? fileFields[key].unset
  if (value === undefined) return 'none'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'string') return String(fileFields[key].write(value))
  return levels.has(key) ? formatLevel(value, unit) : formatDuration(value * 1000)
}
