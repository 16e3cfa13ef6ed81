import { durationInput, parseDuration } from '#shared/format/duration.ts'
import { RuleDraft, levelProblems, type Condition, type Rule } from '#shared/rule/rule.ts'
import { fromSimple } from '#shared/rule/simple.ts'

/** The fields as they are typed. Empty means: not set. */
export interface ThresholdForm {
  readonly scope: 'all' | 'node'
  readonly nodeId: string
  readonly metric: string
  readonly condition: Condition
  readonly warning: string
  readonly critical: string
  readonly clear: string
  readonly forText: string
  readonly noDataText: string
  readonly enabled: boolean
}
export type FormField = 'nodeId' | 'metric' | 'warning' | 'critical' | 'clear' | 'forText' | 'noDataText'
export type FormProblems = Readonly<Partial<Record<FormField, string>>>

export type Reading =
  { readonly ok: true; readonly draft: RuleDraft } | { readonly ok: false; readonly problems: FormProblems }

export const newForm: ThresholdForm = {
  scope: 'node',
  nodeId: '',
  metric: 'cpu_usage',
  condition: 'greater',
  warning: '',
  critical: '',
  clear: '',
  forText: '0',
  noDataText: '',
  enabled: true,
}

export function formOfRule(rule: RuleDraft): ThresholdForm {
  const text = (level: number | undefined): string => (level === undefined ? '' : String(level))
  return {
    scope: rule.scope.kind,
    nodeId: rule.scope.kind === 'node' ? rule.scope.nodeId : '',
    metric: rule.metric,
    condition: rule.condition,
    warning: text(rule.warning),
    critical: text(rule.critical),
    clear: text(rule.clear),
    forText: durationInput(rule.forSeconds),
    noDataText: rule.noDataSeconds === undefined ? '' : durationInput(rule.noDataSeconds),
    enabled: rule.enabled,
  }
}

/** The simple form has one value; what else a rule has follows from it (`fromSimple`). */
export function simpleDraft(form: ThresholdForm): Reading {
  const value = readNumber(form.warning)
  const problems: { -readonly [F in FormField]?: string } = {}
  if (form.scope === 'node' && form.nodeId === '') problems.nodeId = 'Choose a node.'
  if (value === undefined) problems.warning = 'Enter a warning level.'
  else if (Number.isNaN(value)) problems.warning = 'Enter a number, such as 85 or 97.5.'
  if (value === undefined || Object.keys(problems).length > 0) return { ok: false, problems }
  const draft = fromSimple({ nodeId: form.nodeId || '-', metric: form.metric, value, condition: form.condition })
  return validated(form.scope === 'all' ? { ...draft, scope: { kind: 'all' } } : draft)
}

/** Whether the simple form can show this rule without hiding a part of it. */
export function isSimple(rule: Rule): boolean {
  const read = simpleDraft(formOfRule(rule))
  if (!read.ok) return false
  const { warning, critical, clear, forSeconds, noDataSeconds, enabled } = read.draft
  return (
    [warning, critical, clear, noDataSeconds].every(
      (value, i) => value === [rule.warning, rule.critical, rule.clear, rule.noDataSeconds][i],
    ) &&
    forSeconds === rule.forSeconds &&
    enabled === rule.enabled
  )
}

/** All fields. Each problem stands beside its field; the order of levels is judged by the shared rules. */
export function fullDraft(form: ThresholdForm): Reading {
  const problems: { -readonly [F in FormField]?: string } = {}
  const number = (field: 'warning' | 'critical' | 'clear'): number | undefined => {
    const value = readNumber(form[field])
    if (value !== undefined && Number.isNaN(value)) problems[field] = 'Enter a number, such as 85 or 97.5.'
    return value
  }
  const seconds = (field: 'forText' | 'noDataText'): number | undefined => {
    if (form[field].trim() === '') return undefined
    const ms = parseDuration(form[field])
    if (ms === undefined || ms % 1000 !== 0)
      problems[field] = 'Enter a duration in whole seconds, such as 30s, 5m or 1h30m.'
    return ms === undefined ? undefined : ms / 1000
  }
  if (form.scope === 'node' && form.nodeId === '') problems.nodeId = 'Choose a node.'
  const levels = { warning: number('warning'), critical: number('critical'), clear: number('clear') }
  const forSeconds = seconds('forText') ?? 0
  const noDataSeconds = seconds('noDataText')
  if (Object.keys(problems).length > 0) return { ok: false, problems }
  return validated({
    scope: form.scope === 'all' ? { kind: 'all' } : { kind: 'node', nodeId: form.nodeId },
    metric: form.metric,
    condition: form.condition,
    ...defined({ ...levels, noDataSeconds }),
    forSeconds,
    enabled: form.enabled,
  })
}

const fieldOf: Record<string, FormField> = {
  scope: 'nodeId',
  metric: 'metric',
  warning: 'warning',
  critical: 'critical',
  clear: 'clear',
  forSeconds: 'forText',
  noDataSeconds: 'noDataText',
}
const sentences: Partial<Record<FormField, string>> = {
  metric: 'Choose a metric.',
  nodeId: 'Choose a node.',
  forText: 'Enter a duration from 0 to 24 h.',
  noDataText: 'Enter a duration from 5 s to 24 h.',
}

function validated(draft: RuleDraft): Reading {
  const problems: { -readonly [F in FormField]?: string } = {}
  for (const { field, message } of levelProblems(draft)) problems[field] ??= message
  const parsed = RuleDraft.safeParse(draft)
  if (parsed.success) return { ok: true, draft: parsed.data }
  for (const issue of parsed.error.issues) {
    const field = fieldOf[String(issue.path[0])] ?? 'warning'
    problems[field] ??= sentences[field] ?? issue.message
  }
  return { ok: false, problems }
}

/** `undefined` for an empty field, `NaN` for what is no number. A comma is taken for the decimal point. */
function readNumber(text: string): number | undefined {
  const trimmed = text.trim().replace(',', '.')
  return trimmed === '' ? undefined : /^[+-]?(\d+\.?\d*|\.\d+)$/.test(trimmed) ? Number(trimmed) : NaN
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
