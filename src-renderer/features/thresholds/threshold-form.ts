import { schemaMessage } from '#shared/format/schema-message.ts'
import { compilePattern } from '#shared/pattern/linear-pattern.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { rangeProblems } from '#shared/rule/level-range.ts'
import { anyTagsOf } from '#shared/rule/rule-subject.ts'
import {
  isOfflineRule,
  levelProblems,
  MetricRuleDraft,
  OfflineRuleDraft,
  type RuleDraft,
  type RuleScope,
} from '#shared/rule/rule.ts'
import { ruleOfSimpleThreshold } from '#shared/rule/simple-threshold.ts'
import {
  parseLevel,
  settingFields,
  settingOf,
  settingsOf,
  targetText,
  type SettingField,
  type SettingKey,
  type ThresholdForm,
} from './threshold-fields.ts'

type FormField = 'nodeId' | 'pattern' | 'metric' | SettingKey
export type FormProblems = Readonly<Partial<Record<FormField, string>>>
type Problems = { -readonly [F in FormField]?: string }

export type ParsedForm =
  { readonly ok: true; readonly draft: RuleDraft } | { readonly ok: false; readonly problems: FormProblems }

const settingTexts = (textOf: (field: SettingField) => string): Record<SettingKey, string> =>
  Object.fromEntries(settingFields.map((field) => [field.key, textOf(field)])) as Record<SettingKey, string>

export const newForm: ThresholdForm = {
  kind: 'metric',
  scope: 'node',
  nodeId: '',
  pattern: '',
  metric: 'cpu_usage',
  anyTags: [],
  condition: 'greater',
  ...settingTexts(({ initial }) => initial),
}

export function formOfRule(rule: RuleDraft): ThresholdForm {
  const kind = isOfflineRule(rule) ? 'offline' : 'metric'
  const has = new Set(settingsOf(kind).map(({ key }) => key))
  return {
    ...newForm,
    ...(isOfflineRule(rule) ? {} : { metric: rule.metric, anyTags: anyTagsOf(rule), condition: rule.condition }),
    kind,
    scope: rule.scope.kind,
    nodeId: rule.scope.kind === 'node' ? rule.scope.nodeId : '',
    pattern: rule.scope.kind === 'pattern' ? rule.scope.pattern : '',
    ...settingTexts((field) => (has.has(field.key) ? field.toText(settingOf(rule, field.key)) : field.initial)),
  }
}

/** Whether both forms say the same. Fields of the other kind do not count. */
export function isSameForm(a: ThresholdForm, b: ThresholdForm): boolean {
  const target = (form: ThresholdForm): string[] => [
    form.kind,
    form.scope,
    targetText(form),
    ...(form.kind === 'metric' ? [form.metric, ...form.anyTags, form.condition] : []),
  ]
  const texts = (form: ThresholdForm): string[] => settingsOf(form.kind).map(({ key }) => form[key])
  return JSON.stringify([target(a), texts(a)]) === JSON.stringify([target(b), texts(b)])
}

/**
 * The simple form has one value. The other settings follow from it (`ruleOfSimpleThreshold`), except a critical level
 * that the metric never exceeds.
 */
export function simpleDraft(form: ThresholdForm): ParsedForm {
  const problems = targetProblems(form)
  const level = parseLevel(form.warning)
  if ('problem' in level) problems.warning = level.problem
  else if (level.value === undefined) problems.warning = 'Enter a warning level.'
  else if (Object.keys(problems).length === 0) {
    const { metric, condition } = form
    const draft = ruleOfSimpleThreshold({ nodeId: form.nodeId || '-', metric, value: level.value, condition })
    return validated(withReachableCritical({ ...draft, ...subjectOf(form), scope: scopeOf(form) }))
  }
  return { ok: false, problems }
}

function withReachableCritical(draft: MetricRuleDraft): MetricRuleDraft {
  const { critical, ...rest } = draft
  const max = metricInfo(draft.metric).max
  return critical === undefined || max === undefined || critical < max ? draft : rest
}

/** Whether the simple form shows every setting of this rule. */
export function isSimple(rule: RuleDraft): boolean {
  if (isOfflineRule(rule)) return false
  const parsed = simpleDraft(formOfRule(rule))
  return parsed.ok && settingFields.every(({ key }) => settingOf(parsed.draft, key) === settingOf(rule, key))
}

/** Parses all fields. Each problem has its field. The shared schema checks the order of levels. */
export function fullDraft(form: ThresholdForm): ParsedForm {
  const problems = targetProblems(form)
  const settings: Record<string, unknown> = {}
  for (const field of settingsOf(form.kind)) {
    const isLevel = field.inMetricUnit === true && field.key !== 'capacity'
    const parsed = isLevel ? parseLevel(form[field.key], form.capacity) : field.parse(form[field.key])
    if ('problem' in parsed) problems[field.key] = parsed.problem
    else if (parsed.value !== undefined) settings[field.key] = parsed.value
  }
  if (Object.keys(problems).length > 0) return { ok: false, problems }
  const scope = scopeOf(form)
  if (form.kind === 'offline') {
    return validated({ kind: 'offline', scope, ...(settings as Omit<OfflineRuleDraft, 'kind' | 'scope'>) })
  }
  return validated({
    scope,
    ...subjectOf(form),
    condition: form.condition,
    ...(settings as Omit<MetricRuleDraft, 'scope' | 'metric' | 'anyTags' | 'condition'>),
  })
}

function subjectOf({ metric, anyTags }: ThresholdForm): Pick<MetricRuleDraft, 'metric' | 'anyTags'> {
  return anyTags.length === 0 ? { metric } : { metric, anyTags: [...anyTags] }
}

/** A rule with the target of the form: its levels do not matter. */
export function targetOf(form: ThresholdForm): RuleDraft {
  const scope = scopeOf(form)
  if (form.kind === 'offline') return { kind: 'offline', scope, seconds: 60, severity: 'critical', enabled: true }
  return { scope, ...subjectOf(form), condition: form.condition, forSeconds: 0, enabled: true }
}

const advice: Readonly<Record<string, string | undefined>> = {
  metric: 'Choose a metric.',
  nodeId: 'Choose a node.',
  ...Object.fromEntries(settingFields.map((field) => [field.key, field.advice])),
}

export function scopeOf({ scope, nodeId, pattern }: ThresholdForm): RuleScope {
  if (scope === 'all') return { kind: 'all' }
  return scope === 'node' ? { kind: 'node', nodeId } : { kind: 'pattern', pattern }
}

function targetProblems({ scope, nodeId, pattern }: ThresholdForm): Problems {
  if (scope === 'node') return nodeId === '' ? { nodeId: 'Choose a node.' } : {}
  if (scope === 'all') return {}
  if (pattern === '') return { pattern: 'Enter a pattern of node ids, such as db-.*' }
  const compiled = compilePattern(pattern)
  return compiled.ok ? {} : { pattern: compiled.problem }
}

function validated(draft: RuleDraft): ParsedForm {
  const problems: Problems = isOfflineRule(draft) ? {} : orderProblems(draft)
  const parsed = (isOfflineRule(draft) ? OfflineRuleDraft : MetricRuleDraft).safeParse(draft, { error: schemaMessage })
  if (parsed.success && Object.keys(problems).length === 0) return { ok: true, draft: parsed.data }
  const other = isOfflineRule(draft) ? 'seconds' : 'warning'
  for (const issue of parsed.error?.issues ?? []) {
    const field = fieldOfPath(issue.path) ?? other
    problems[field] ??= advice[field] ?? issue.message
  }
  return { ok: false, problems }
}

function orderProblems(draft: MetricRuleDraft): Problems {
  const problems: Problems = {}
  for (const { field, message } of [...rangeProblems(draft), ...levelProblems(draft)]) problems[field] ??= message
  return problems
}

function fieldOfPath([key]: readonly PropertyKey[]): FormField | undefined {
  if (key === 'scope') return 'nodeId'
  if (key === 'metric' || key === 'anyTags') return 'metric'
  return settingFields.find((field) => field.key === key)?.key
}
