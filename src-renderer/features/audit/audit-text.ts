import type { Alert } from '#shared/alert/alert.ts'
import { ruleCodec, silenceCodec } from '#shared/codec/domain-codecs.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { AuditAction, AuditEntry } from '#shared/rest/audit.ts'
import { draftOfRule } from '#shared/rule/rule-draft.ts'
import { levelsText, ruleName } from '#shared/rule/rule-text.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { fieldChanges } from '#shared/rule/rules-file/diff-text.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { matchersText } from '#shared/silence/matcher-words.ts'
import type { Silence, SilenceSchedule } from '#shared/silence/silence.ts'
import { dateTime } from '../../live/local-time.ts'

/** What this console knows of the subjects of changes. */
export interface AuditFacts {
  readonly rules: readonly Rule[]
  readonly alerts: readonly Alert[]
}

/** `rule.changed` → `Rule changed`. */
export function actionText(action: AuditAction): string {
  const words = action.replaceAll(/[.-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What it is about, as people call it: not by its id, as long as this console knows it. */
export function subjectText({ action, before, after, subject }: AuditEntry, { rules, alerts }: AuditFacts): string {
  const rule = ruleIn(after) ?? ruleIn(before)
  if (rule) return ruleName(rule)
  const silence = silenceIn(after) ?? silenceIn(before)
  if (silence) return matchersText(silence.matchers, rules)
  const alert = action.startsWith('alert.') ? alerts.find(({ id }) => id === subject) : undefined
  return alert ? alertText(alert) : shownText(subject)
}

function alertText({ kind, nodeId, metric }: Alert): string {
  return `${shownText(nodeId)} · ${kind === 'offline' ? 'Node offline' : metricInfo(metric).label}`
}

/** One line a difference: `warning 85 % → 80 %`. */
export function changeLines({ before, after }: AuditEntry, { rules }: AuditFacts): string[] {
  const [from, to] = [ruleIn(before), ruleIn(after)]
  if (from && to) return ruleLines(from, to)
  const rule = from ?? to
  if (rule) return [levelsText(rule)].filter((text) => text !== '')
  return objectLines(fieldsOf(before, rules), fieldsOf(after, rules))
}

function ruleLines(before: Rule, after: Rule): string[] {
  const [from, to] = [ruleName(before), ruleName(after)]
  return [...(from === to ? [] : [`${from} → ${to}`]), ...fieldChanges(draftOfRule(before), draftOfRule(after))]
}

function ruleIn(content: unknown): Rule | undefined {
  const rule = content === null || content === undefined ? undefined : ruleCodec.decode(content)
  return rule?.ok ? rule.value : undefined
}

function silenceIn(content: unknown): Silence | undefined {
  const silence = content === null || content === undefined ? undefined : silenceCodec.decode(content)
  return silence?.ok ? silence.value : undefined
}

type Fields = Readonly<Record<string, unknown>>

/** Fields that each change has: they say who and when, as the entry does. */
const ownFields = new Set([
  ...['id', 'version', 'at', 'by', 'effectiveFrom', 'needs', 'needsVersion'],
  ...['createdAt', 'createdBy', 'updatedAt', 'updatedBy'],
])

/** Fields that are moments, epoch ms. */
const momentFields = new Set(['until', 'expiredAt'])

/** A silence in words; other content as it is. */
function fieldsOf(content: unknown, rules: readonly Rule[]): Fields {
  const silence = silenceIn(content)
  if (!silence) return objectOf(content)
  const { matchers, schedule, comment, expiredAt } = silence
  return { matches: matchersText(matchers, rules), when: scheduleText(schedule), comment, expiredAt }
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

function scheduleText(schedule: SilenceSchedule): string {
  if (schedule.kind === 'once') return `${dateTime(schedule.startsAt)} to ${dateTime(schedule.endsAt)}`
  const { days, from, to, daysLater, zone } = schedule
  const later = daysLater === 0 ? '' : ` ${daysLater} ${daysLater === 1 ? 'day' : 'days'} later`
  const names = days.map((day) => weekdays[day - 1] ?? '').join(', ')
  return `weekly, ${names} ${from} to ${to}${later}, ${zone}`
}

function objectLines(before: Fields, after: Fields): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !ownFields.has(key))
  return keys.flatMap((key) => {
    const [from, to] = [before, after].map((fields) => valueText(fields[key], momentFields.has(key)))
    if (from === undefined || to === undefined || from === to) return []
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

function valueText(value: unknown, isMoment: boolean): string {
  if (value === undefined || value === null || value === '') return none
  if (isMoment && typeof value === 'number') return dateTime(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return shownText(text.length > longestValue ? `${text.slice(0, longestValue)}…` : text)
}
