import type { z } from 'zod'
import { Alert, AlertEvent, NodeAlert, NodeAlertEvent } from '../alert/alert.ts'
import { type MappingVersion, TopicMapping } from '../metric/mapping/field-mapping.ts'
import { isOfflineRule, metricOfRule, MetricRule, OfflineRule, Rule } from '../rule/rule.ts'
import { anyTagsOf } from '../rule/rule-subject.ts'
import { isKnownLabel, Silence } from '../silence/silence.ts'
import { ForgottenNode } from '../team/forgotten-node.ts'
import { OperatorAction } from '../team/operator-action.ts'
import { checkedBy, type Codec, type Decoded, jsonCodec, wrongShape } from './codec.ts'
import { tolerant } from './tolerant.ts'

/** One version of a rule, as in `remo-rules`, PostgreSQL and SQLite. */
export const ruleCodec: Codec<Rule> = jsonCodec({
  check: checkedBy(Rule),
  defaults: { deleted: false },
  needs: (rule) => {
    // Who ignores the tags applies the rule to no series.
    if (anyTagsOf(rule).length > 0 || isLongName(metricOfRule(rule))) return 5
    // Who ignores a pattern applies the rule to no node, or to all.
    if (rule.scope.kind === 'pattern') return 4
    return isOfflineRule(rule) ? 2 : needsOfMetricRule(rule)
  },
})

/** Readers below level 5 refuse longer names of metrics: they must wait for an upgrade, not reject the record. */
const longestOldName = 64

function isLongName(metric: string): boolean {
  return metric.length > longestOldName
}

/** Who ignores a hold, or does not find flapping, ends alerts too early, and opens others with other ids. */
function needsOfMetricRule({ holdSeconds = 0, findsFlapping = false }: MetricRule): number {
  if (findsFlapping) return 4
  return holdSeconds > 0 ? 3 : 1
}

/** One alert about a node, as in `remo-alerts` and PostgreSQL. Alerts of a console about itself are unreadable here. */
export const alertCodec: Codec<NodeAlert> = jsonCodec({
  check: checkedBy(NodeAlert),
  defaults: { provisional: false },
  needs: needsOfAlert,
})

/** One alert as in SQLite: also of the console about itself. */
export const storedAlertCodec: Codec<Alert> = jsonCodec({
  check: checkedBy(Alert),
  defaults: { provisional: false },
  needs: needsOfAlert,
})

function needsOfAlert({ kind, metric, resolveReason }: Alert): number {
  if (isLongName(metric)) return 5
  return kind === 'offline' || resolveReason === 'node-forgotten' ? 2 : 1
}

/** A forgotten node, as in `remo-alerts`, PostgreSQL and SQLite. */
export const forgottenNodeCodec: Codec<ForgottenNode> = jsonCodec({ check: checkedBy(ForgottenNode), needs: () => 2 })

/** A silence, as in `remo-alerts`, PostgreSQL and SQLite. */
export const silenceCodec: Codec<Silence> = jsonCodec({
  check: checkedBy(Silence),
  // Below level 5 a tag is empty: a matcher with `!=` would silence all.
  needs: ({ matchers }) => (matchers.some(({ name }) => !isKnownLabel(name)) ? 5 : 4),
})

const topicMapping = checkedBy(TopicMapping)

/**
 * What a team has for a topic, as in `remo-alerts`, PostgreSQL and SQLite. Each of its mappings is of this topic, and
 * `earlier` has lower versions only, oldest first.
 */
export const topicMappingCodec: Codec<TopicMapping> = jsonCodec({
  check: (content) => {
    const read = topicMapping(content)
    return read.ok ? checkedVersions(read.value) : read
  },
  needs: () => 6,
})

function checkedVersions(value: TopicMapping): Decoded<TopicMapping> {
  const versions: MappingVersion[] = [...value.earlier, value]
  for (const [i, { version, mapping }] of versions.entries()) {
    const path = i < value.earlier.length ? `earlier.${i}.` : ''
    if (mapping && mapping.topic !== value.topic)
      return wrongShape('expected the topic of the record', `${path}mapping.topic`)
    const next = versions[i + 1]
    if (next && version >= next.version)
      return wrongShape(`expected a version before ${next.version}`, `${path}version`)
  }
  return { ok: true, value }
}

/** One timeline line of an alert about a node. A kind that this version does not know is unreadable: leave it out. */
export const alertEventCodec: Codec<NodeAlertEvent> = jsonCodec({ check: checkedBy(NodeAlertEvent) })

/** One timeline line as in SQLite: also of an alert of the console about itself. */
export const storedEventCodec: Codec<AlertEvent> = jsonCodec({ check: checkedBy(AlertEvent) })

/** An operator action, as in SQLite. JSON has `does` for `change`: version 0.1.0 of the console reads no other key. */
export const actionCodec: Codec<OperatorAction> = jsonCodec({
  check: checkedBy(OperatorAction),
  names: [{ key: 'change', wire: 'does' }],
})

const ruleKeys = new Set([...Object.keys({ ...MetricRule.shape, ...OfflineRule.shape }), 'needs', 'needsVersion'])

/** The keys that a newer version added to a rule. The next version of the rule keeps them. */
export function unknownOfRule(rule: Rule): object {
  return Object.fromEntries(Object.entries(rule).filter(([key]) => !ruleKeys.has(key)))
}

/**
 * The rule without unknown keys, at every depth: the API promises no others, and rules that differ in such keys alone
 * are the same to this version.
 */
export const knownOfRule = knownBy(Rule)

/** The silence without unknown keys. */
export const knownOfSilence = knownBy(Silence)

/** What a team has for a topic, without unknown keys. */
export const knownOfTopicMapping = knownBy(TopicMapping)

/** The event without unknown keys. */
export const knownOfEvent = knownBy(NodeAlertEvent)

const knownOfAlert = knownBy(NodeAlert)

/** The JSON of an alert as `knownOfRule` has a rule. Content that is not readable stays as it is. */
export function knownOfAlertJson(content: unknown): unknown {
  const alert = alertCodec.decode(content)
  return alert.ok ? knownOfAlert(alert.value) : content
}

/** For values that a codec has read: the schema accepts them. */
function knownBy<T>(schema: z.ZodType<T>): (value: T) => T {
  const known = tolerant(schema, 'drop')
  return (value) => known.parse(value)
}
