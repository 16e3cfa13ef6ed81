import { durationInput, formatDuration, parseDuration } from '#shared/format/duration.ts'
import { formatLevel } from '#shared/format/number.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import type { Condition, MetricRuleDraft } from '#shared/rule/rule.ts'

/** The keys of a rule that a person sets, besides its target: scope, metric and condition. */
export type SettingKey = Exclude<keyof MetricRuleDraft, 'scope' | 'metric' | 'condition'>

/** The fields as typed. An empty setting is not set. */
export type ThresholdForm = {
  readonly scope: MetricRuleDraft['scope']['kind']
  readonly nodeId: string
  readonly metric: string
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

/** One line per setting, in reading order. The compiler reports a setting without a line. */
const fields: { readonly [K in SettingKey]-?: Field<MetricRuleDraft[K]> } = {
  warning: level({ label: 'Warning', column: { head: 'Warning', room: 'always' } }),
  critical: level({ label: 'Critical', column: { head: 'Critical', room: 'always' } }),
  clear: level({
    label: { greater: 'Clears below', less: 'Clears above' },
    column: { head: 'Clears at', room: 'more' },
  }),
  forSeconds: duration(0, {
    label: 'For',
    hint: '0 means immediately',
    none: 'immediately',
    advice: 'Enter a duration from 0 to 24 h.',
    column: { head: 'For', room: 'most' },
  }),
  noDataSeconds: duration(undefined, {
    label: 'No data after',
    hint: 'Empty means never',
    none: 'never',
    advice: 'Enter a duration from 5 s to 24 h.',
    column: { head: 'No data', room: 'most' },
  }),
  enabled: onOff({ label: 'Enabled' }),
}

export type SettingField = Field<MetricRuleDraft[SettingKey]> & { readonly key: SettingKey }

// Each field's functions get only values of its own key, so the union type is safe.
export const settingFields = Object.entries(fields).map(([key, field]) => ({
  key,
  ...field,
})) as readonly SettingField[]

const rooms: ReadonlyArray<Column['room']> = ['always', 'more', 'most']

/** The columns of the table. The last group is hidden first when the table gets narrow. */
export const columnsByRoom = rooms.map((room) => ({
  room,
  columns: settingFields.filter(({ column }) => column?.room === room),
}))

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
  const settings = settingFields.map((field) => {
    const parsed = field.parse(form[field.key])
    const text = 'problem' in parsed ? form[field.key] : (field.show(parsed.value, info.unit) ?? field.none)
    return { label: fieldLabel(field, form.condition), text }
  })
  return [
    { label: 'Applies to', text: form.scope === 'all' ? 'all nodes' : form.nodeId || '–' },
    { label: 'Metric', text: info.label },
    { label: 'Condition', text: `${form.condition} than` },
    ...settings,
  ]
}

/** The fields in which two forms differ. */
export function differences(
  mine: ThresholdForm,
  theirs: ThresholdForm,
  unit = '',
): ReadonlyArray<{ readonly label: string; readonly mine: string; readonly theirs: string }> {
  const other = fieldTexts(theirs, unit)
  return fieldTexts(mine, unit).flatMap(({ label, text }, i) => {
    const theirText = other[i]?.text ?? ''
    return text === theirText ? [] : [{ label, mine: text, theirs: theirText }]
  })
}

/** `undefined` for an empty field. A comma counts as the decimal point. */
export function parseLevel(text: string): Parsed<number | undefined> {
  const trimmed = text.trim().replace(',', '.')
  if (trimmed === '') return { value: undefined }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(trimmed)) return { problem: 'Enter a number, such as 85 or 97.5.' }
  return { value: Number(trimmed) }
}
