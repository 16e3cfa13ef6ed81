import { formatCount } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { MappingsView, MappingView } from '#shared/ipc/mapping-calls.ts'
import type { MappedFields, MappedPlace, PassedValue } from '#shared/metric/mapping/mapped-fields.ts'
import type { MappingPreview, PreviewRow } from '#shared/metric/mapping/preview-mapping.ts'
import { houseMetrics, type MappingForm, type PathField } from './mapping-form.ts'

/** What a field of the form shows of the record: at its right, and below it. */
export interface FieldFact {
  /** The value that it names; '' for an empty field. */
  readonly value: string
  readonly hint: string
  /** The value is not there, or not of its kind. Other records may have it, so it stops nothing. */
  readonly isMissing: boolean
}

/** @param clock the time of day of an epoch time in ms */
export function factOf(
  field: PathField,
  form: MappingForm,
  { fields, clock }: { readonly fields: MappedFields; readonly clock: (at: number) => string },
): FieldFact {
  const places = placesOf(field, fields)
  const problem = places.find((place) => place.problem !== undefined)?.problem
  if (problem !== undefined) return { value: valueText(field, fields, clock), hint: sentence(problem), isMissing: true }
  const isSet = form[field].trim() !== '' || field === 'values'
  if (isSet && places.length === 0 && fields.found === 0)
    return { value: field === 'values' ? 'none found' : '', hint: missing(field), isMissing: true }
  if (isSet && places.length === 0) return { value: '', hint: 'Not in this record.', isMissing: true }
  return { value: isSet ? valueText(field, fields, clock) : '', hint: hintOf(field, form, fields), isMissing: false }
}

function missing(field: PathField): string {
  return field === 'values' ? 'This record has no value there.' : 'Not in this record.'
}

/** Where the field is in the record. */
export function placesOf(field: PathField, fields: MappedFields): readonly MappedPlace[] {
  switch (field) {
    case 'node':
    case 'nodeName':
    case 'time':
      return fields[field]
    case 'name':
      return fields.names
    case 'unit':
      return fields.units
    case 'values':
    case 'value':
      return fields.values
  }
}

function valueText(field: PathField, fields: MappedFields, clock: (at: number) => string): string {
  if (field === 'values') return `${formatCount(Math.max(fields.found, fields.values.length))} found`
  if (field === 'time') {
    const at = fields.time[0]?.at
    if (at !== undefined) return clock(at)
  }
  const [first, ...others] = placesOf(field, fields)
  if (!first) return ''
  const text = plainText(first.value)
  const isOfRecord = field === 'node' || field === 'nodeName'
  return isOfRecord && others.length > 0 ? `${text} and ${formatCount(others.length)} more` : text
}

/** Characters of a value beside its field. */
const factCharacters = 60

function plainText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  const cut = text.length > factCharacters ? `${text.slice(0, factCharacters)}…` : text
  return typeof value === 'string' ? `“${shownText(cut)}”` : shownText(cut)
}

function hintOf(field: PathField, form: MappingForm, fields: MappedFields): string {
  switch (field) {
    case 'node':
      return 'A text or a whole number that names the node.'
    case 'nodeName':
      return 'Optional. Shown instead of the node.'
    case 'time':
      return form.time.trim() === ''
        ? 'Optional. Without it, the time that Kafka has.'
        : timeKind(fields.time[0]?.value)
    case 'values':
      return valuesHint(form)
    case 'name':
    case 'value':
    case 'unit':
      return ''
  }
}

function valuesHint({ values, value }: MappingForm): string {
  if (value.trim() !== '') return 'Each element is one metric: its name and its value.'
  if (values.trim() === '') return 'Empty: every number of the record is a metric.'
  return 'Every number there is a metric, with the name of its field.'
}

/** From each size on, an epoch number counts the next finer unit, as `epochMs` reads it. */
const timeUnits = [
  [1e11, 'Seconds'],
  [1e14, 'Milliseconds'],
  [1e17, 'Microseconds'],
  [Infinity, 'Nanoseconds'],
] as const

function timeKind(value: unknown): string {
  const number = typeof value === 'number' || /^[\d.]+$/.test(String(value)) ? Number(value) : undefined
  if (number === undefined) return 'Date and time with a zone, recognized.'
  return `${timeUnits.find(([below]) => number < below)?.[1] ?? ''} since 1970, recognized.`
}

/** `“press.door” is a text: passed over`. */
export function passedText(passed: readonly PassedValue[]): string {
  const [first, ...others] = passed
  if (!first) return ''
  const name = first.name === '' ? shownText(first.path) : `“${shownText(first.name)}”`
  const is = first.why.startsWith('without') ? '' : 'is '
  const more = others.length > 0 ? `, ${formatCount(others.length)} more` : ''
  return `${name} ${is}${first.why}: passed over${more}`
}

/** `5 of 5 records read`. */
export function readText({ read, records }: MappingPreview): string {
  return `${read} of ${records.length} ${records.length === 1 ? 'record' : 'records'} read`
}

/** Reasons of the records that are not read, or only in part, with how many have each. */
export function reasonTexts({ records }: MappingPreview): string[] {
  const counts = new Map<string, number>()
  for (const { reason } of records) if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, count]) => `${count} ${count === 1 ? 'record' : 'records'}: ${shownText(reason)}`)
}

/** Names of metrics that can be one of the house: those of the records, and those that are set already. */
export function houseNames(preview: MappingPreview | undefined, { house }: MappingForm): string[] {
  const found = (preview?.rows ?? []).filter(({ from }) => from === undefined).map(({ name }) => name)
  return [...new Set([...found, ...Object.values(house).filter((name) => name !== '')])]
}

/** Where a saved mapping is kept, one or two sentences. */
export function keptText({ saves, because }: MappingsView): string {
  if (saves === 'team') return 'Kept in the backend, for the whole team.'
  return because === undefined ? 'Kept on this computer.' : `Kept on this computer only. ${because}`
}

/**
 * Why the mapping cannot be changed here: one or two sentences; `undefined` if it can.
 * @param denial why this operator may not change the mappings of the team
 */
export function lockedText(
  view: MappingView | undefined,
  saves: MappingsView['saves'],
  denial: string | undefined,
): string | undefined {
  if (view?.kept === 'file') return 'A file of the backend sets this mapping. To change it, change the file.'
  if (view?.kept === 'team' && saves === 'here')
    return `The team decides how this topic is read. ${denial ?? ''}`.trim()
  return undefined
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}

/** A row of the table of what comes out. */
export interface OutcomeRow extends Omit<PreviewRow, 'nodeId' | 'nodeName' | 'from'> {
  readonly id: string
  /** Shown name of the node. */
  readonly node: string
  /** Id of the node, if it is another text. */
  readonly nodeId: string | undefined
  /** The first row of its node: the only one that names it. */
  readonly isFirst: boolean
  /** That it is a metric of the house, and which metric it is taken from; '' for another one. */
  readonly note: string
}

/** Rows with texts that can be shown. */
export function outcomeRows(rows: readonly PreviewRow[]): OutcomeRow[] {
  return rows.map(({ nodeId, nodeName, name, unit, value, count, values, from }, i) => ({
    id: `${nodeId}\n${name}`,
    node: shownText(nodeName),
    nodeId: nodeName === nodeId ? undefined : shownText(nodeId),
    isFirst: rows[i - 1]?.nodeId !== nodeId,
    name: shownText(name),
    note: noteOf(name, from),
    unit: shownText(unit),
    value,
    count,
    values,
  }))
}

function noteOf(name: string, from: string | undefined): string {
  if (from !== undefined) return `house metric, from ${shownText(from)}`
  return houseMetrics.some((metric) => metric === name) ? 'house metric' : ''
}
