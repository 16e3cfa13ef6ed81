import { z } from 'zod'
import { shownText } from '../format/shown-text.ts'
import { messageLimits } from '../metric/message.ts'
import { parseMetricName } from '../metric/metric-name.ts'
import { compilePattern, longestPattern } from '../pattern/linear-pattern.ts'

export const Severity = z.enum(['warning', 'critical'])
export type Severity = z.infer<typeof Severity>

export const Condition = z.enum(['greater', 'less'])
export type Condition = z.infer<typeof Condition>

/** Metric of the series that is the node itself: it has data while any metric has. No metric has an empty name. */
export const wholeNode = ''

/** A pattern of whole node ids, in RE2's grammar. The problem is one sentence with the part that is wrong. */
const NodePattern = z
  .string()
  .min(1)
  .max(longestPattern)
  .superRefine((pattern, context) => {
    const compiled = compilePattern(pattern)
    if (!compiled.ok) context.addIssue({ code: 'custom', message: compiled.problem })
  })

/**
 * All nodes, those whose id matches a pattern, or one. Of the rules for a metric or kind, the narrowest counts for a
 * node: its own, then that of a pattern, then the one for all nodes.
 */
export const RuleScope = z.union([
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('pattern'), pattern: NodePattern }),
  z.strictObject({ kind: z.literal('node'), nodeId: z.string().min(1).max(messageLimits.nodeId) }),
])
export type RuleScope = z.infer<typeof RuleScope>

/** The longest hold that a rule may ask for, and the longest that re-fires may lead to, seconds. */
export const longestHoldSeconds = 1_800

/** This many changes of an alert within this time are flapping; after as long without one it is over. */
export const flappingChanges = 5
export const flappingWindowSeconds = 600

/** Characters of the name of a tag, and tags of one rule that may have any value. */
const longestTag = 128
const mostAnyTags = 8

const level = z.number().gte(-1e15).lte(1e15)

/** The editable part of a rule for a metric. Levels are in the metric's own unit, durations in seconds. */
const MetricRuleFields = z.strictObject({
  scope: RuleScope,
  metric: z.string().min(1).max(messageLimits.metricName),
  /**
   * Tags that may have any value: the rule counts for each series that has the name and the tags of `metric`, and these
   * tags beside them. `disk.used_percent` with `path` is for `disk.used_percent{path=/var}` and all other paths. Absent:
   * for the series `metric` alone. Each series is evaluated, and alerts, for itself.
   */
  anyTags: z.array(z.string().min(1).max(longestTag)).min(1).max(mostAnyTags).optional(),
  condition: Condition,
  warning: level.optional(),
  critical: level.optional(),
  clear: level.optional(),
  /**
   * The most that the metric can reach, in its unit, such as 1,000 for a link of 1,000 Mbps. For people: they read and
   * type levels as percent of it. Levels stay in the unit of the metric, so every version evaluates alike.
   */
  capacity: z.number().gt(0).lte(1e15).optional(),
  forSeconds: z.int().min(0).max(86_400),
  /** How long every value must stay below a level before an alert resolves, or eases. Absent: 0, at once. */
  holdSeconds: z.int().min(0).max(longestHoldSeconds).optional(),
  /** More than 4 changes within 10 minutes are one alert that is flapping. Absent: false, each change is notified. */
  findsFlapping: z.boolean().optional(),
  /** The metric is missing for this long while its node goes on. A rule inherits it from the next wider one. */
  noDataSeconds: z.int().min(5).max(86_400).optional(),
  enabled: z.boolean(),
})

export const MetricRuleDraft = MetricRuleFields.superRefine((draft, context) => {
  const tags = anyTagsProblem(draft)
  if (tags !== undefined) context.addIssue({ code: 'custom', path: ['anyTags'], message: tags })
  for (const problem of levelProblems(draft)) {
    context.addIssue({ code: 'custom', path: [problem.field], message: problem.message })
  }
})
export type MetricRuleDraft = z.infer<typeof MetricRuleDraft>

/** The editable part of a rule for nodes that are offline: no sample of any metric for `seconds`. */
export const OfflineRuleDraft = z.strictObject({
  kind: z.literal('offline'),
  scope: RuleScope,
  seconds: z.int().min(5).max(86_400),
  severity: Severity,
  enabled: z.boolean(),
})
export type OfflineRuleDraft = z.infer<typeof OfflineRuleDraft>

/** A rule for a metric has no `kind`: version 0.1.0 reads no other rules, and no such key. */
export const RuleDraft = z.union([MetricRuleDraft, OfflineRuleDraft])
export type RuleDraft = z.infer<typeof RuleDraft>

const versionFields = {
  id: z.uuid(),
  version: z.int().min(1),
  deleted: z.boolean(),
  effectiveFrom: z.number(),
  updatedBy: z.string().max(messageLimits.nodeId),
  updatedAt: z.number(),
}

export const MetricRule = z.strictObject({ ...MetricRuleFields.shape, ...versionFields })
export type MetricRule = z.infer<typeof MetricRule>

export const OfflineRule = z.strictObject({ ...OfflineRuleDraft.shape, ...versionFields })
export type OfflineRule = z.infer<typeof OfflineRule>

/**
 * One version of a rule. Versions of one id are ordered. A record is evaluated by the newest version whose
 * `effectiveFrom` (event time, epoch ms) is not after the record. `deleted` marks the last version of a deleted rule.
 */
export const Rule = z.union([MetricRule, OfflineRule])
export type Rule = z.infer<typeof Rule>

export function isOfflineRule(rule: Rule): rule is OfflineRule
export function isOfflineRule(rule: RuleDraft): rule is OfflineRuleDraft
export function isOfflineRule(rule: RuleDraft): rule is OfflineRuleDraft {
  return 'kind' in rule && rule.kind === 'offline'
}

export function isMetricRule(rule: Rule): rule is MetricRule {
  return !isOfflineRule(rule)
}

/**
 * The metric that a rule names: `wholeNode` for a node that is offline. With `anyTags`, it is the part of the name that
 * its series have in common. What a rule is for, `ruleSubject` tells (`rule-subject.ts`).
 */
export function metricOfRule(rule: RuleDraft): string {
  return isOfflineRule(rule) ? wholeNode : rule.metric
}

/** Why the tags of a rule can have no series, as a sentence. */
function anyTagsProblem({ metric, anyTags = [] }: Pick<MetricRuleDraft, 'metric' | 'anyTags'>): string | undefined {
  const fixed = new Set(parseMetricName(metric).tags.map(([key]) => key))
  const twice = anyTags.find((key, i) => fixed.has(key) || anyTags.indexOf(key) !== i)
  return twice === undefined ? undefined : `The tag ${shownText(twice)} is named twice.`
}

type Levels = Pick<MetricRuleDraft, 'condition' | 'warning' | 'critical' | 'clear' | 'noDataSeconds'>
export interface LevelProblem {
  readonly field: 'warning' | 'critical' | 'clear'
  readonly message: string
}

/** Impossible orders of levels, each with its field and a sentence. */
export function levelProblems(draft: Levels): readonly LevelProblem[] {
  const { condition, warning, critical } = draft
  const problems: LevelProblem[] = []
  if (warning === undefined && critical === undefined && draft.noDataSeconds === undefined) {
    problems.push({ field: 'warning', message: 'Set a warning or a critical level.' })
  }
  if (warning !== undefined && critical !== undefined && isBeyond(condition, warning, critical)) {
    const beyond = condition === 'greater' ? 'above' : 'below'
    problems.push({
      field: 'critical',
      message: `Critical must be at or ${beyond} the warning level (${warning}).`,
    })
  }
  const clearing = clearProblem(draft)
  return clearing === undefined ? problems : [...problems, { field: 'clear', message: clearing }]
}

function clearProblem({ condition, warning, critical, clear }: Levels): string | undefined {
  if (clear === undefined) return undefined
  const first = warning ?? critical
  if (first === undefined) return 'A clear level needs a warning or a critical level.'
  if (isBeyond(condition, first, clear)) return undefined
  return `The clear level must be ${condition === 'greater' ? 'below' : 'above'} the level that raises the alert (${first}).`
}

/** Whether `value` is beyond `level`, strictly. */
export function isBeyond(condition: Condition, value: number, level: number): boolean {
  return condition === 'greater' ? value > level : value < level
}
