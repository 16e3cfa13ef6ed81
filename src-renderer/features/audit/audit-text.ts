import { ruleCodec } from '#shared/codec/domain-codecs.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { AuditAction, AuditEntry } from '#shared/rest/audit.ts'
import { draftOfRule } from '#shared/rule/rule-draft.ts'
import { levelsText, ruleName } from '#shared/rule/rule-text.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { fieldChanges } from '#shared/rule/rules-file/diff-text.ts'

/** `rule.changed` → `Rule changed`. */
export function actionText(action: AuditAction): string {
  const words = action.replaceAll(/[.-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What it is about, as people call it. */
export function subjectText({ before, after, subject }: AuditEntry): string {
  const rule = ruleIn(after) ?? ruleIn(before)
  return rule ? ruleName(rule) : shownText(subject)
}

/** One line a difference: `warning 85 % → 80 %`. */
export function changeLines({ before, after }: AuditEntry): string[] {
  const [from, to] = [ruleIn(before), ruleIn(after)]
  if (from && to) return ruleLines(from, to)
  const rule = from ?? to
  if (rule) return [levelsText(rule)].filter((text) => text !== '')
  return objectLines(objectOf(before), objectOf(after))
}

function ruleLines(before: Rule, after: Rule): string[] {
  const [from, to] = [ruleName(before), ruleName(after)]
  return [...(from === to ? [] : [`${from} → ${to}`]), ...fieldChanges(draftOfRule(before), draftOfRule(after))]
}

function ruleIn(content: unknown): Rule | undefined {
  const rule = content === null || content === undefined ? undefined : ruleCodec.decode(content)
  return rule?.ok ? rule.value : undefined
}

type Fields = Readonly<Record<string, unknown>>

/** Fields that each change has. */
const ownFields = new Set(['id', 'version', 'updatedAt', 'updatedBy', 'effectiveFrom', 'needs', 'needsVersion'])

function objectLines(before: Fields, after: Fields): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !ownFields.has(key))
  return keys.flatMap((key) => {
    const [from, to] = [valueText(before[key]), valueText(after[key])]
    if (from === to) return []
    const name = shownText(
      key
        .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
        .replaceAll('_', ' ')
        .toLowerCase(),
    )
    return [from === none ? `${name} ${to}` : `${name} ${from} → ${to}`]
  })
}

function objectOf(content: unknown): Fields {
  return typeof content === 'object' && content !== null ? (content as Fields) : {}
}

const none = 'none'
const longestValue = 200

function valueText(value: unknown): string {
  if (value === undefined || value === null || value === '') return none
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return shownText(text.length > longestValue ? `${text.slice(0, longestValue)}…` : text)
}
