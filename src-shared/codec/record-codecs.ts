import type { Rule } from '../rule/rule.ts'
import type { AlertRecord, RuleRecord } from '../team/team-records.ts'
import { type Decoded, isObject, type Unread, wrongShape } from './codec.ts'
import { alertCodec, ruleCodec } from './domain-codecs.ts'
import { higherNeeds, type Needs, needsOf, readerLevel } from './needs.ts'

/**
 * A record of `remo-rules`. Both the record and its rule may carry `needs`. Earlier versions that need more are left
 * out: the current version can be applied without them.
 */
export function decodeRuleRecord(content: unknown, level = readerLevel): Decoded<RuleRecord> {
  const opened = openRecord(content, 'rule', level)
  if (!opened.ok) return opened
  const { rule: stored, earlier: before = [] } = opened.value as { readonly rule?: unknown; readonly earlier?: unknown }
  const rule = ruleCodec.decode(stored, level)
  if (!rule.ok) return within('rule', rule.unread)
  if (!Array.isArray(before)) return wrongShape('expected a list', 'earlier')
  const earlier: Rule[] = []
  for (const [i, one] of before.entries()) {
    const version = ruleCodec.decode(one, level)
    if (version.ok) earlier.push(version.value)
    else if (version.unread.kind === 'unreadable') return within(`earlier.${i}`, version.unread)
  }
  return { ok: true, value: { rule: rule.value, earlier } }
}

/** A record of `remo-alerts`. */
export function decodeAlertRecord(content: unknown, level = readerLevel): Decoded<AlertRecord> {
  const opened = openRecord(content, 'alert', level)
  if (!opened.ok) return opened
  const { version, alert: stored } = opened.value as { readonly version?: unknown; readonly alert?: unknown }
  if (!isVersion(version)) return wrongShape('expected a whole number from 1 on', 'version')
  const alert = alertCodec.decode(stored, level)
  return alert.ok ? { ok: true, value: { version, alert: alert.value } } : within('alert', alert.unread)
}

/** Version of a record that cannot be applied: enough to order the records of one key. */
export function versionIn(content: unknown, about: 'rules' | 'alerts'): number | undefined {
  if (!isObject(content)) return undefined
  const { rule, version } = content as { readonly rule?: unknown; readonly version?: unknown }
  const found = about === 'alerts' ? version : isObject(rule) ? (rule as { version?: unknown }).version : undefined
  return isVersion(found) ? found : undefined
}

function openRecord(content: unknown, part: 'rule' | 'alert', level: number): Decoded<object> {
  if (!isObject(content)) return wrongShape('expected an object')
  const own = needsOf(content)
  const ofPart = needsOf((content as Readonly<Record<string, unknown>>)[part])
  if (own === undefined || ofPart === undefined) return wrongShape('expected a whole number', 'needs')
  const needs: Needs = higherNeeds(own, ofPart)
  if (needs.level > level) return { ok: false, unread: { kind: 'needs-newer', needs } }
  return { ok: true, value: content }
}

function within(path: string, unread: Unread): { readonly ok: false; readonly unread: Unread } {
  if (unread.kind === 'needs-newer') return { ok: false, unread }
  return { ok: false, unread: { ...unread, reason: `${path}.${unread.reason}`.replace('.value: ', ': ') } }
}

function isVersion(found: unknown): found is number {
  return Number.isSafeInteger(found) && (found as number) >= 1
}
