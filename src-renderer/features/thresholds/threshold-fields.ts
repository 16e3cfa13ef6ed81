import { durationInput, formatDuration, parseDuration } from '#shared/format/duration.ts'
import { formatLevel } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import {
  flappingChanges,
  flappingWindowSeconds,
  isOfflineRule,
  type Condition,
  type MetricRuleDraft,
  type OfflineRuleDraft,
} from '#shared/rule/rule.ts'
import type { RuleDraft } from '#shared/rule/rule.ts'
import { anyTagsWords, nameOfWider } from './subject-words.ts'

/** What a person sets, besides the target. */
type Settings = Omit<MetricRuleDraft, 'scope' | 'metric' | 'anyTags' | 'condition'> &
  Omit<OfflineRuleDraft, 'kind' | 'scope'>
export type SettingKey = keyof Settings

export type ThresholdKind = 'metric' | 'offline'

/** The fields as typed, of both kinds. An empty setting is not set. */
export type ThresholdForm = {
  readonly kind: ThresholdKind
  readonly scope: MetricRuleDraft['scope']['kind']
  readonly nodeId: string
  readonly pattern: string
  /** With `anyTags`: the part of the name that the series have in common. */
  readonly metric: string
  readonly anyTags: readonly string[]
  readonly condition: Condition
} & Readonly<Record<SettingKey, string>>

type Parsed<V> = { readonly value: V } | { readonly problem: string }

interface Column {
  readonly head: string
  /** Needed width: the column is always there, in a wider table, or in the widest. */
  readonly room: 'always' | 'more' | 'most'
}

/** How one setting is typed, parsed and shown. Form, comparison, summary and table follow from it. */
interface Field<V> {
  readonly label: string | Readonly<Record<Condition, string>>
  readonly hint?: string
  /** Absent: thresholds of both kinds have it. */
  readonly of?: ThresholdKind
  /** Values to choose from, instead of text to type. */
  readonly options?: ReadonlyArray<{ readonly value: string; readonly label: string }>
  /** The field is in the unit of the metric. */
  readonly inMetricUnit?: boolean
  readonly column?: Column
  /** Text of a new threshold. */
  readonly initial: string
  /** Text for a setting without a value. */
  readonly none: string
  /** Advice for a value that the rule schema refuses. */
  readonly advice?: string
  toText(value: V): string
  parse(text: string): Parsed<V>
  /** `undefined`: no value to show. */
  show(value: V, unit: string): string | undefined
}

interface Look {
  readonly label: Field<unknown>['label']
  readonly hint?: string
  readonly of?: ThresholdKind
  readonly none?: string
  readonly advice?: string
  readonly column?: Column
}

const level = (look: Look): Field<number | undefined> => ({
  none: '–',
  ...look,
  inMetricUnit: true,
  initial: '',
  toText: (value) => (value === undefined ? '' : String(value)),
  parse: parseLevel,
  show: (value, unit) => (value === undefined ? undefined : formatLevel(value, unit)),
})

/** `empty`: what an empty field means. Rules hold whole seconds. */
const duration = <E extends number | undefined>(empty: E, look: Look): Field<number | E> => ({
  none: '–',
  ...look,
  initial: empty === undefined ? '' : durationInput(empty),
  toText: (value) => (value === undefined ? '' : durationInput(value)),
  parse: (text) => {
    if (text.trim() === '') return { value: empty }
    const ms = parseDuration(text)
    if (ms === undefined || ms % 1000 !== 0)
      return { problem: 'Enter a duration in whole seconds, such as 30s, 5m or 1h30m.' }
    return { value: ms / 1000 }
  },
  show: (value) => (value ? formatDuration(value * 1000) : undefined),
})

const choice = <V extends string>(options: ReadonlyArray<{ value: V; label: string }>, look: Look): Field<V> => ({
  none: '–',
  ...look,
  options,
  initial: options[0]?.value ?? '',
  toText: (value) => value,
  parse: (text) => {
    const chosen = options.find(({ value }) => value === text)
    return chosen ? { value: chosen.value } : { problem: 'Choose one.' }
  },
  show: (value) => value,
})

const onOff = (look: Look): Field<boolean> => ({
  none: '–',
  ...look,
  options: [
    { value: 'on', label: 'On' },
    { value: 'off', label: 'Off' },
  ],
  initial: 'on',
  toText: (value) => (value ? 'on' : 'off'),
  parse: (text) => ({ value: text === 'on' }),
  show: (value) => (value ? 'on' : 'off'),
})

/** Absent in a rule means off. New thresholds find flapping. */
const flapping = (look: Look): Field<boolean | undefined> => ({
  ...onOff(look),
  toText: (value) => (value === true ? 'on' : 'off'),
  parse: (text) => ({ value: text === 'on' || undefined }),
  show: (value) => (value === true ? 'on' : 'off'),
})

/** One line per setting, in reading order. The compiler reports a setting without a line. */
const fields: { readonly [K in SettingKey]-?: Field<Settings[K]> } = {
  warning: level({ of: 'metric', label: 'Warning', column: { head: 'Warning', room: 'always' } }),
  critical: level({ of: 'metric', label: 'Critical', column: { head: 'Critical', room: 'always' } }),
  clear: level({
    of: 'metric',
    label: { greater: 'Clears below', less: 'Clears above' },
    column: { head: 'Clears at', room: 'more' },
  }),
  capacity: {
    ...level({ of: 'metric', label: 'Capacity', hint: 'Then levels can be percent of it, such as 90%' }),
    advice: 'Enter a number above 0.',
    parse: (text) => parseNumber(text),
  },
  forSeconds: duration(0, {
    of: 'metric',
    label: 'For',
    hint: '0 means immediately',
    none: 'immediately',
    advice: 'Enter a duration from 0 to 24 h.',
    column: { head: 'For', room: 'more' },
  }),
  holdSeconds: duration<number | undefined>(undefined, {
    of: 'metric',
    label: 'Hold',
    hint: 'Clear for this long before it resolves',
    none: 'none',
    advice: 'Enter a duration from 0 to 30 m.',
    column: { head: 'Hold', room: 'most' },
  }),
  findsFlapping: flapping({
    of: 'metric',
    label: 'Find flapping',
    hint: `More than ${flappingChanges - 1} changes in ${flappingWindowSeconds / 60} minutes are one alert`,
  }),
  noDataSeconds: duration(undefined, {
    of: 'metric',
    label: 'No data after',
    hint: 'Empty means never',
    none: 'never',
    advice: 'Enter a duration from 5 s to 24 h.',
    column: { head: 'No data', room: 'most' },
  }),
  seconds: duration(60, {
    of: 'offline',
    label: 'No sample for',
    hint: 'At least 3 intervals of the node',
    advice: 'Enter a duration from 5 s to 24 h.',
  }),
  severity: choice(
    [
      { value: 'critical', label: 'Critical' },
      { value: 'warning', label: 'Warning' },
    ],
    { of: 'offline', label: 'Severity' },
  ),
  enabled: onOff({ label: 'Enabled' }),
}

export type SettingField = Field<Settings[SettingKey]> & { readonly key: SettingKey }

// Each field's functions get only values of its own key, so the union type is safe.
export const settingFields = Object.entries(fields).map(([key, field]) => ({
  key,
  ...field,
})) as readonly SettingField[]

/** The settings of one kind, in reading order. */
export function settingsOf(kind: ThresholdKind): readonly SettingField[] {
  return settingFields.filter(({ of }) => of === undefined || of === kind)
}

/** The value of a setting; `undefined` if it is not set, or if a threshold of this kind has no such setting. */
export function settingOf(draft: RuleDraft, key: SettingKey): Settings[SettingKey] {
  return (draft as Partial<Settings>)[key]
}

const rooms: ReadonlyArray<Column['room']> = ['always', 'more', 'most']

/** The columns of the table. The last group is hidden first when the table gets narrow. */
export const columnsByRoom = rooms.map((room) => ({
  room,
  columns: settingFields.filter(({ column }) => column?.room === room),
}))

/** The cell of a column. Node offline has its time in the column of its severity. */
export function cellText(draft: RuleDraft, field: SettingField, unit: string): string {
  if (!isOfflineRule(draft)) {
    const setting = settingOf(draft, field.key)
    // At once, in the room of a column.
    if (field.key === 'forSeconds' && setting === 0) return formatDuration(0)
    return field.show(setting, unit) ?? '–'
  }
  return field.key === draft.severity ? formatDuration(draft.seconds * 1000) : '–'
}

/** How a field of an override stands to the wider threshold. */
export interface Inheritance {
  /** `All nodes`, or a pattern. */
  readonly from: string
  readonly isSame: boolean
  /** The value there, in words. */
  readonly text: string
  /** The value there, as typed. */
  readonly typed: string
}

/** `undefined`: the wider threshold is of another kind or condition. `unit`: of the metric. */
export function inheritanceOf(
  field: SettingField,
  form: ThresholdForm,
  { rule: wider, unit }: { readonly rule: RuleDraft; readonly unit: string },
): Inheritance | undefined {
  if (field.options || !isOfKind(wider, form)) return undefined
  const textOf = (value: Settings[SettingKey]): string => field.show(value, unit) ?? field.none
  const value = settingOf(wider, field.key)
  const parsed = field.parse(form[field.key])
  const inherits = field.key === 'noDataSeconds' && form.noDataSeconds.trim() === ''
  const isSame = inherits || (!('problem' in parsed) && textOf(parsed.value) === textOf(value))
  return { from: nameOfWider(wider, form), isSame, text: textOf(value), typed: field.toText(value) }
}

function isOfKind(rule: RuleDraft, form: ThresholdForm): boolean {
  return isOfflineRule(rule) ? form.kind === 'offline' : form.kind === 'metric' && rule.condition === form.condition
}

export function fieldLabel({ label }: Pick<SettingField, 'label'>, condition: Condition): string {
  return typeof label === 'string' ? label : label[condition]
}

/** One field in words. */
export interface FieldText {
  readonly label: string
  readonly text: string
}

/** The fields of a form in words. Invalid text stays as typed. `unit`: from the producer. */
export function fieldTexts(form: ThresholdForm, unit = ''): readonly FieldText[] {
  const info = metricInfo(form.metric, unit)
  const isOffline = form.kind === 'offline'
  const settings = settingsOf(form.kind)
    .filter(({ key }) => key !== 'capacity' || form.capacity.trim() !== '')
    .map((field) => {
      const parsed = field.parse(form[field.key])
      const text = 'problem' in parsed ? form[field.key] : (field.show(parsed.value, info.unit) ?? field.none)
      return { label: fieldLabel(field, form.condition), text }
    })
  return [
    { label: 'Applies to', text: form.scope === 'all' ? 'all nodes' : shownText(targetText(form)) || '–' },
    { label: 'Metric', text: isOffline ? 'Node offline' : [info.label, ...anyTagsWords(form.anyTags)].join(' ') },
    ...(isOffline ? [] : [{ label: 'Condition', text: `${form.condition} than` }]),
    ...settings,
  ]
}

/** The node or the pattern as typed; empty for all nodes. */
export function targetText({ scope, nodeId, pattern }: ThresholdForm): string {
  return scope === 'all' ? '' : scope === 'node' ? nodeId : pattern
}

/** The fields in which two forms differ. */
export function differences(
  mine: ThresholdForm,
  theirs: ThresholdForm,
  unit = '',
): ReadonlyArray<{ readonly label: string; readonly mine: string; readonly theirs: string }> {
  const other = new Map(fieldTexts(theirs, unit).map(({ label, text }) => [label, text]))
  return fieldTexts(mine, unit).flatMap(({ label, text }) => {
    const theirText = other.get(label) ?? '–'
    return text === theirText ? [] : [{ label, mine: text, theirs: theirText }]
  })
}

/** Whether the levels of a metric can be percent of a capacity. Those of percentages are percent already. */
export function hasCapacity({ kind, metric }: Pick<ThresholdForm, 'kind' | 'metric'>, unit: string): boolean {
  return kind === 'metric' && metricInfo(metric, unit).unit !== '%'
}

/** What ReMo suggests for a metric with a capacity, percent of it (Netdata's health.d for network interfaces). */
export const suggestedPercents = { warning: '90%', critical: '95%', clear: '85%' } as const

/** A level as percent of the capacity, in words: `90 % of 1,000 Mbps`; `undefined` without a capacity or a level. */
export function percentText(form: ThresholdForm, key: SettingKey, unit: string): string | undefined {
  if (key !== 'warning' && key !== 'critical' && key !== 'clear') return undefined
  const capacity = parseNumber(form.capacity)
  const parsed = parseLevel(form[key], form.capacity)
  if ('problem' in capacity || 'problem' in parsed || !capacity.value || parsed.value === undefined) return undefined
  if (form[key].trim().endsWith('%')) return `${formatLevel(parsed.value, unit)}`
  const percent = Number(((parsed.value / capacity.value) * 100).toPrecision(3))
  return `${formatLevel(percent, '%')} of ${formatLevel(capacity.value, unit)}`
}

/**
 * `undefined` for an empty field. A comma counts as the decimal point.
 * @param capacity as typed: `90%` is percent of it
 */
export function parseLevel(text: string, capacity = ''): Parsed<number | undefined> {
  const trimmed = text.trim()
  if (!trimmed.endsWith('%')) return parseNumber(trimmed)
  const [percent, whole] = [parseNumber(trimmed.slice(0, -1)), parseNumber(capacity)]
  if ('problem' in percent || percent.value === undefined) return { problem: 'Enter a percentage, such as 90%.' }
  if ('problem' in whole || whole.value === undefined) return { problem: 'Enter the capacity, or a number.' }
  // 0.07 of 1,000 is 70, not 70.00000000000001.
  return { value: Number(((percent.value * whole.value) / 100).toPrecision(12)) }
}

function parseNumber(text: string): Parsed<number | undefined> {
  const trimmed = text.trim().replace(',', '.')
  if (trimmed === '') return { value: undefined }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(trimmed)) return { problem: 'Enter a number, such as 85 or 97.5.' }
  return { value: Number(trimmed) }
}
