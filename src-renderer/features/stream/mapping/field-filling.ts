import { isJsonObject } from '#shared/metric/formats/readings.ts'
import { parsePath, pathText, type FieldPath, type PathStep } from '#shared/metric/mapping/field-path.ts'
import { fieldLabels, pathFields, type MappingForm, type PathField } from './mapping-form.ts'

/** A value of the record that was chosen, and the record. */
export interface ChosenValue {
  readonly path: FieldPath
  readonly json: unknown
}

/** A chosen value of a record. In a list of records it is that of its record: each is read alone. */
export function chosenValue(path: FieldPath, json: unknown): ChosenValue {
  const [first] = path
  const one = Array.isArray(json) && first !== undefined ? valueAt(json, [first]) : undefined
  return isJsonObject(one) ? { path: path.slice(1), json: one } : { path, json }
}

export type Filled =
  | { readonly ok: true; readonly form: MappingForm }
  /** One sentence: the value cannot be what the field names. */
  | { readonly ok: false; readonly problem: string }

/**
 * The form after a value of the record was chosen for a field. What is within the elements of `values` is named from
 * there on; before, `[*]` takes the place of a chosen element.
 */
export function filled(form: MappingForm, field: PathField, chosen: ChosenValue): Filled {
  if (field === 'values') return { ok: true, form: withValues(form, chosen) }
  if (field === 'node' || field === 'nodeName' || field === 'time')
    return { ok: true, form: { ...form, [field]: pathText(repeated(chosen.path, valuesOf(form))) } }
  return withinElement(form, field, chosen)
}

/** The field that the next value goes to: the next empty one that has a meaning with this form. */
export function nextField(form: MappingForm, after: PathField): PathField {
  const isUsed = (field: PathField): boolean =>
    pathFields.indexOf(field) <= pathFields.indexOf('values') || form.value !== '' || valuesOf(form).includes('each')
  const open = pathFields.filter((field) => form[field] === '' && isUsed(field))
  const at = pathFields.indexOf(after)
  return open.find((field) => pathFields.indexOf(field) > at) ?? open[0] ?? after
}

function valuesOf(form: MappingForm): FieldPath {
  return parsePath(form.values.trim()) ?? []
}

/** The path with `each` where `values` has it, as far as both are the same. */
function repeated(path: FieldPath, values: FieldPath): FieldPath {
  const same = sameSteps(path, values)
  return path.map((step, i) => (i < same && values[i] === 'each' ? 'each' : step))
}

/** Steps that the path has in common with `values`, whose `each` is any step. */
function sameSteps(path: FieldPath, values: FieldPath): number {
  const differs = values.findIndex((step, i) => !isStep(path[i], step))
  return differs < 0 ? values.length : differs
}

function isStep(one: PathStep | undefined, wanted: PathStep): boolean {
  if (one === undefined) return false
  return wanted === 'each' || JSON.stringify(one) === JSON.stringify(wanted)
}

/** A name, value or unit: named from the element of `values` on. Without `values`, its list becomes them. */
function withinElement(form: MappingForm, field: PathField, { path }: ChosenValue): Filled {
  const values = valuesOf(form)
  const isInside = sameSteps(path, values) === values.length
  const list = lastIndex(path)
  if (form.values.trim() === '' && list >= 0) {
    const [before, rest] = [path.slice(0, list + 1), path.slice(list + 1)]
    return { ok: true, form: adapted({ ...form, values: pathText(everyElement(before)), [field]: pathText(rest) }) }
  }
  if (!isInside || path.length === values.length)
    return { ok: false, problem: `${fieldLabels[field]} is a field inside of ${form.values.trim() || 'the values'}.` }
  return { ok: true, form: { ...form, [field]: pathText(path.slice(values.length)) } }
}

/**
 * - In a list: each element is one metric, and the value is in it.
 * - In a list whose elements are nodes with several numbers: the numbers of each element.
 * - In an object beside others with the same key: each of these objects is one metric.
 * - Elsewhere: the numbers of the object around it.
 */
function withValues(form: MappingForm, chosen: ChosenValue): MappingForm {
  const { path, json } = chosen
  const list = lastIndex(path)
  const [around, last] = [path.slice(0, -1), path.slice(-1)]
  const numbersAround = { ...form, values: pathText(everyElement(around)), value: '', isElement: false }
  if (list >= 0) {
    const element = everyElement(path.slice(0, list + 1))
    if (isNodeElement(form, chosen, list)) return adapted(numbersAround)
    return adapted({ ...form, values: pathText(element), ...valueField(path.slice(list + 1)) })
  }
  if (around.length > 0 && hasAlike(json, around, last[0])) {
    const each = [...around.slice(0, -1), 'each' as const]
    return adapted({ ...form, values: pathText(each), ...valueField(last) })
  }
  return numbersAround
}

/** Whether the element of the list is a node rather than a metric: several numbers stand together in it. */
function isNodeElement(form: MappingForm, { path, json }: ChosenValue, list: number): boolean {
  const around = valueAt(json, path.slice(0, -1))
  const numbers = isJsonObject(around) ? Object.values(around).filter((one) => typeof one === 'number').length : 0
  if (numbers < 2) return false
  const node = parsePath(form.node.trim()) ?? []
  const hasNode = form.node.trim() !== '' && sameSteps(node, everyElement(path.slice(0, list + 1))) > list
  return hasNode || path.length - list > 2
}

function valueField(rest: FieldPath): Partial<MappingForm> {
  return rest.length === 0 ? { value: '', isElement: false } : { value: pathText(rest), isElement: false }
}

/** Node, shown name and time of the same element follow when `values` names every element. */
function adapted(form: MappingForm): MappingForm {
  const values = valuesOf(form)
  const follow = (text: string): string => {
    const path = parsePath(text.trim())
    return path === undefined || text.trim() === '' ? text : pathText(repeated(path, values))
  }
  return { ...form, node: follow(form.node), nodeName: follow(form.nodeName), time: follow(form.time) }
}

function everyElement(path: FieldPath): FieldPath {
  return path.map((step) => (step !== 'each' && 'index' in step ? 'each' : step))
}

function lastIndex(path: FieldPath): number {
  return path.findLastIndex((step) => step !== 'each' && 'index' in step)
}

/** Whether the object at this path stands beside another one with the same key. */
function hasAlike(json: unknown, path: FieldPath, key: PathStep | undefined): boolean {
  if (key === undefined || key === 'each' || !('key' in key)) return false
  const siblings = valueAt(json, path.slice(0, -1))
  if (!isJsonObject(siblings)) return false
  const alike = Object.values(siblings).filter((one) => isJsonObject(one) && Object.hasOwn(one, key.key))
  return alike.length > 1
}

/** The value at a path without `*`; `undefined` if there is none. Only fields that the record itself has. */
export function valueAt(json: unknown, path: FieldPath): unknown {
  let value = json
  for (const step of path) {
    if (step === 'each' || typeof value !== 'object' || value === null) return undefined
    const key = 'key' in step ? step.key : String(step.index)
    if (Array.isArray(value) === 'key' in step || !Object.hasOwn(value, key)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}
