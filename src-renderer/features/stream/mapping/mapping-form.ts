import { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'

/** Fields of the form that name a place in the record, from the top. */
export const pathFields = ['node', 'nodeName', 'time', 'values', 'name', 'value', 'unit'] as const
export type PathField = (typeof pathFields)[number]
export const houseMetrics = ['cpu_usage', 'memory_usage', 'disk_io', 'network_traffic'] as const
export type HouseMetric = (typeof houseMetrics)[number]

export const fieldLabels: Readonly<Record<PathField, string>> = {
  node: 'Node',
  nodeName: 'Shown name',
  time: 'Time',
  values: 'Values',
  name: 'Name in it',
  value: 'Value in it',
  unit: 'Unit in it',
}

/** What the operator has typed. Empty: not set. */
export interface MappingForm extends Readonly<Record<PathField, string>> {
  readonly prefix: string
  /** Name of a found metric, or empty. */
  readonly house: Readonly<Record<HouseMetric, string>>
  /** The value is the element itself, as a mapping can say and an empty field cannot. */
  readonly isElement: boolean
}

export type FormProblems = Partial<Record<PathField | 'prefix', string>>

export function formOf(mapping: Partial<FieldMapping>): MappingForm {
  const text = (key: PathField | 'prefix'): string => mapping[key] ?? ''
  const fields = Object.fromEntries(pathFields.map((field) => [field, text(field)])) as Record<PathField, string>
  const house = Object.fromEntries(
    houseMetrics.map((name) => [name, mapping.house?.[name] ?? '']),
  ) as MappingForm['house']
  return { ...fields, prefix: text('prefix'), house, isElement: mapping.value === '' }
}

export const emptyForm = formOf({})

export function isSameForm(a: MappingForm, b: MappingForm): boolean {
  const text = (form: MappingForm): string => JSON.stringify(mappingFrom('', form))
  return text(a) === text(b)
}

/** The mapping that the form describes, or one sentence for each wrong field. */
export function readForm(
  topic: string,
  form: MappingForm,
): { readonly ok: true; readonly mapping: FieldMapping } | { readonly ok: false; readonly problems: FormProblems } {
  const read = FieldMapping.safeParse(mappingFrom(topic, form))
  if (read.success) return { ok: true, mapping: read.data }
  const problems: FormProblems = {}
  for (const { path, message } of read.error.issues) {
    const field = path[0]
    if (field === 'topic' || field === 'house') problems.node ??= sentence(message)
    else problems[field as PathField | 'prefix'] ??= sentence(message)
  }
  if (form.node.trim() === '') problems.node = 'Choose the field that names the node.'
  return { ok: false, problems }
}

/** A path that no record has: of fields that are empty or wrong. */
const nowhere = String.raw`["\u0000"]`

/** A mapping to look for the fields that are set, also while the form is not complete. Wrong fields are nowhere. */
export function lenientMapping(topic: string, form: MappingForm): FieldMapping {
  const read = readForm(topic, form)
  if (read.ok) return read.mapping
  const right = Object.fromEntries(
    Object.entries(mappingFrom(topic, form)).filter(([key]) => !(key in read.problems)),
  ) as Partial<FieldMapping>
  return { topic, node: nowhere, values: nowhere, ...right }
}

function mappingFrom(topic: string, form: MappingForm): Record<string, unknown> {
  const mapping: Record<string, unknown> = { topic, node: form.node.trim(), values: form.values.trim() }
  for (const field of ['nodeName', 'time', 'name', 'value', 'unit'] as const) {
    const text = form[field].trim()
    if (text !== '') mapping[field] = text
  }
  if (form.isElement && !('value' in mapping)) mapping['value'] = ''
  if (form.prefix !== '') mapping['prefix'] = form.prefix
  const house = Object.entries(form.house).filter(([, name]) => name !== '')
  if (house.length > 0) mapping['house'] = Object.fromEntries(house)
  return mapping
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
}
