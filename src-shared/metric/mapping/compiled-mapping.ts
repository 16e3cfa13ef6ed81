import type { HouseMetric } from '../formats/record-part.ts'
import type { FieldMapping } from './field-mapping.ts'
import { parsePath, pathText, type FieldPath, type PathStep } from './field-path.ts'

/** A path of the record that begins with the first steps of `values`, up to its last `*`. */
export interface RecordPath {
  readonly text: string
  readonly whole: FieldPath
  /** How many steps it has in common with `values`; 0 without a `*`. */
  readonly shared: number
  /** Behind them. */
  readonly rest: FieldPath
}

/** A `*` of `values` whose key or index is a part of the names. */
export interface NameLabel {
  /** Steps from the element up to the place that the `*` stands for. */
  readonly up: number
  /** The key before the `*`: put before an index, `cores.0`. */
  readonly before: string | undefined
  /** Whether also an index is a part of the names. */
  readonly withIndex: boolean
}

/** Keys below an element that are no metrics: they are its time, node, name or unit. */
export type SkippedKeys = Map<string, SkippedKeys | true>

/** A mapping as its reader needs it. */
export interface CompiledMapping {
  /** Of this object: another one for each mapping. */
  readonly id: number
  readonly mapping: FieldMapping
  readonly values: FieldPath
  readonly valuesText: string
  readonly node: RecordPath
  readonly nodeName: RecordPath | undefined
  readonly time: RecordPath | undefined
  readonly name: FieldPath | undefined
  readonly value: FieldPath | undefined
  readonly unit: FieldPath | undefined
  readonly prefix: string
  /** Steps of `values` after which node and time are the same for all elements. */
  readonly groupDepth: number
  readonly labels: readonly NameLabel[]
  /** Behind the labels, where the element itself is the metric; '' for none. */
  readonly tail: string
  readonly skipped: SkippedKeys
  /** A list of records is read as it is, and not each object of it alone. */
  readonly isOfLists: boolean
  /** A record has only one metric, so that each metric has a part of its own in the store. */
  readonly isOneMetric: boolean
  /** Names of metrics that are also one of the house. */
  readonly house: ReadonlyMap<string, readonly HouseMetric[]>
  /** Why no record can be read by it. */
  readonly problem: { readonly field: string; readonly what: string } | undefined
}

/** By identity: who changes a mapping makes a new object. */
const compiled = new WeakMap<FieldMapping, CompiledMapping | null>()
let lastId = 0

/** @returns `undefined` if one of its paths is none, which the schema does not let pass */
export function compiledMapping(mapping: FieldMapping): CompiledMapping | undefined {
  let known = compiled.get(mapping)
  if (known === undefined) compiled.set(mapping, (known = compile(mapping) ?? null))
  return known ?? undefined
}

function compile(mapping: FieldMapping): CompiledMapping | undefined {
  const optional = (text: string | undefined): FieldPath | undefined => (text === undefined ? [] : parsePath(text))
  const [values, node] = [parsePath(mapping.values), parsePath(mapping.node)]
  const [nodeName, time] = [optional(mapping.nodeName), optional(mapping.time)]
  const [name, value, unit] = [optional(mapping.name), optional(mapping.value), optional(mapping.unit)]
  if (!values || !node || !nodeName || !time || !name || !value || !unit) return undefined
  const has = <T>(text: string | undefined, made: T): T | undefined => (text === undefined ? undefined : made)
  const ofRecord = {
    node: recordPath(node, values),
    nodeName: has(mapping.nodeName, recordPath(nodeName, values)),
    time: has(mapping.time, recordPath(time, values)),
  }
  const inElement = {
    name: has(mapping.name, name),
    value: has(mapping.value, value),
    unit: has(mapping.unit, unit),
  }
  return {
    id: ++lastId,
    mapping,
    values,
    valuesText: pathText(values),
    ...ofRecord,
    ...inElement,
    prefix: mapping.prefix ?? '',
    groupDepth: Math.max(ofRecord.node.shared, ofRecord.nodeName?.shared ?? 0, ofRecord.time?.shared ?? 0),
    labels: labelsOf(values, { ...ofRecord, hasName: mapping.name !== undefined }),
    tail: mapping.name === undefined ? tailOf(values, inElement.value ?? []) : '',
    skipped: skippedKeys(values, ofRecord, inElement),
    isOfLists: isInList(values[0]) || (values.length === 0 && isInList(node[0])),
    isOneMetric: mapping.name !== undefined && mapping.value !== undefined && !values.includes('each'),
    house: houseOf(mapping),
    problem: problemOf(ofRecord, values),
  }
}

function recordPath(whole: FieldPath, values: FieldPath): RecordPath {
  const last = whole.lastIndexOf('each')
  const isShared = whole.slice(0, last + 1).every((step, i) => isSameStep(step, values[i]))
  const shared = isShared ? last + 1 : 0
  return { text: pathText(whole), whole, shared, rest: whole.slice(shared) }
}

function isSameStep(a: PathStep, b: PathStep | undefined): boolean {
  if (a === 'each' || b === 'each' || b === undefined) return a === b
  return 'key' in a ? 'key' in b && a.key === b.key : 'index' in b && a.index === b.index
}

interface OfRecord {
  readonly node: RecordPath
  readonly nodeName: RecordPath | undefined
  readonly time: RecordPath | undefined
}

/** A `*` that node or time has too repeats nodes or times and not metrics. `name` stands for the last one. */
function labelsOf(values: FieldPath, { node, time, hasName }: OfRecord & { readonly hasName: boolean }): NameLabel[] {
  const last = values.lastIndexOf('each')
  return values.flatMap((step, i): NameLabel[] => {
    if (step !== 'each' || i < node.shared || (hasName && i === last)) return []
    const before = values[i - 1]
    return [
      {
        up: values.length - i - 1,
        before: before !== undefined && before !== 'each' && 'key' in before ? before.key : undefined,
        withIndex: i >= (time?.shared ?? 0),
      },
    ]
  })
}

/** The last key behind the last `*`, or of all if there is no `*`. */
function tailOf(values: FieldPath, value: FieldPath): string {
  const key = lastKey(values.slice(values.lastIndexOf('each') + 1))
  return key ?? (values.includes('each') ? '' : (lastKey(value) ?? ''))
}

function lastKey(path: FieldPath): string | undefined {
  for (const step of path.toReversed()) if (step !== 'each' && 'key' in step) return step.key
  return undefined
}

function skippedKeys(values: FieldPath, ofRecord: OfRecord, inElement: Pick<CompiledMapping, 'name' | 'unit'>) {
  const skipped: SkippedKeys = new Map()
  for (const path of Object.values(ofRecord)) {
    const rest = (path as RecordPath | undefined)?.whole
    if (rest && startsIn(rest, values)) skip(skipped, rest.slice(values.length))
  }
  for (const path of [inElement.name, inElement.unit]) if (path) skip(skipped, path)
  return skipped
}

/** Whether the path can lead through an element. */
function startsIn(path: FieldPath, values: FieldPath): boolean {
  return (
    path.length > values.length &&
    values.every((step, i) => step === 'each' || path[i] === 'each' || isSameStep(step, path[i]))
  )
}

function skip(skipped: SkippedKeys, path: FieldPath): void {
  const [step, ...rest] = path
  if (step === undefined || step === 'each' || !('key' in step)) return
  const known = skipped.get(step.key)
  if (known === true) return
  if (rest.length === 0) return void skipped.set(step.key, true)
  const inner: SkippedKeys = known ?? new Map()
  skipped.set(step.key, inner)
  skip(inner, rest)
}

function isInList(step: PathStep | undefined): boolean {
  return step === 'each' || (step !== undefined && 'index' in step)
}

function houseOf({ house = {} }: FieldMapping): Map<string, HouseMetric[]> {
  const byName = new Map<string, HouseMetric[]>()
  for (const [metric, name] of Object.entries(house) as Array<[HouseMetric, string | undefined]>) {
    if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), metric])
  }
  return byName
}

function problemOf(ofRecord: OfRecord, values: FieldPath): CompiledMapping['problem'] {
  const wrong = Object.values(ofRecord).find((path: RecordPath | undefined) => path?.rest.includes('each')) as
    RecordPath | undefined
  if (!wrong) return undefined
  const valuesText = values.length === 0 ? 'the path of values' : pathText(values)
  return { field: wrong.text, what: `has a * that ${valuesText} has not` }
}
