import { levelProblems, MetricRuleDraft } from '#shared/rule/rule.ts'
import { ruleOfSimpleThreshold } from '#shared/rule/simple-threshold.ts'
import { parseLevel, settingFields, type SettingKey, type ThresholdForm } from './threshold-fields.ts'

type FormField = 'nodeId' | 'metric' | SettingKey
export type FormProblems = Readonly<Partial<Record<FormField, string>>>
type Problems = { -readonly [F in FormField]?: string }

export type ParsedForm =
  { readonly ok: true; readonly draft: MetricRuleDraft } | { readonly ok: false; readonly problems: FormProblems }

const settingTexts = (textOf: (field: (typeof settingFields)[number]) => string): Record<SettingKey, string> =>
  Object.fromEntries(settingFields.map((field) => [field.key, textOf(field)])) as Record<SettingKey, string>

export const newForm: ThresholdForm = {
  scope: 'node',
  nodeId: '',
  metric: 'cpu_usage',
  condition: 'greater',
  ...settingTexts(({ initial }) => initial),
}

export function formOfRule(rule: MetricRuleDraft): ThresholdForm {
  return {
    scope: rule.scope.kind,
    nodeId: rule.scope.kind === 'node' ? rule.scope.nodeId : '',
    metric: rule.metric,
    condition: rule.condition,
    ...settingTexts((field) => field.toText(rule[field.key])),
  }
}

/** The simple form has one value. The other settings follow from it (`ruleOfSimpleThreshold`). */
export function simpleDraft(form: ThresholdForm): ParsedForm {
  const problems = targetProblems(form)
  const level = parseLevel(form.warning)
  if ('problem' in level) problems.warning = level.problem
  else if (level.value === undefined) problems.warning = 'Enter a warning level.'
  else if (Object.keys(problems).length === 0) {
    const { metric, condition } = form
    const draft = ruleOfSimpleThreshold({ nodeId: form.nodeId || '-', metric, value: level.value, condition })
    return validated(form.scope === 'all' ? { ...draft, scope: { kind: 'all' } } : draft)
  }
  return { ok: false, problems }
}

/** Whether the simple form shows every setting of this rule. */
export function isSimple(rule: MetricRuleDraft): boolean {
  const parsed = simpleDraft(formOfRule(rule))
  return parsed.ok && settingFields.every(({ key }) => parsed.draft[key] === rule[key])
}

/** Parses all fields. Each problem has its field. The shared schema checks the order of levels. */
export function fullDraft(form: ThresholdForm): ParsedForm {
  const problems = targetProblems(form)
  const settings: Record<string, unknown> = {}
  for (const field of settingFields) {
    const parsed = field.parse(form[field.key])
    if ('problem' in parsed) problems[field.key] = parsed.problem
    else if (parsed.value !== undefined) settings[field.key] = parsed.value
  }
  if (Object.keys(problems).length > 0) return { ok: false, problems }
  return validated({
    scope: form.scope === 'all' ? { kind: 'all' } : { kind: 'node', nodeId: form.nodeId },
    metric: form.metric,
    condition: form.condition,
    ...(settings as Pick<MetricRuleDraft, SettingKey>),
  })
}

const advice: Readonly<Record<string, string | undefined>> = {
  metric: 'Choose a metric.',
  nodeId: 'Choose a node.',
  ...Object.fromEntries(settingFields.map((field) => [field.key, field.advice])),
}

function targetProblems({ scope, nodeId }: ThresholdForm): Problems {
  return scope === 'node' && nodeId === '' ? { nodeId: 'Choose a node.' } : {}
}

function validated(draft: MetricRuleDraft): ParsedForm {
  const problems: Problems = {}
  for (const { field, message } of levelProblems(draft)) problems[field] ??= message
  const parsed = MetricRuleDraft.safeParse(draft)
  if (parsed.success) return { ok: true, draft: parsed.data }
  for (const issue of parsed.error.issues) {
    const field = fieldOfPath(issue.path)
    problems[field] ??= advice[field] ?? issue.message
  }
  return { ok: false, problems }
}

function fieldOfPath([key]: readonly PropertyKey[]): FormField {
  if (key === 'scope') return 'nodeId'
  if (key === 'metric') return key
  return settingFields.find((field) => field.key === key)?.key ?? 'warning'
}
