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
  /** The node begins in a list: a list of records is read as it is, and not each object of it alone. */
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
  const paths = parsedPaths(mapping)
  if (!paths?.values || !paths.node) return undefined
  const { values, name, value, unit } = paths
  const ofRecord: OfRecord = {
    node: recordPath(paths.node, values),
    nodeName: paths.nodeName && recordPath(paths.nodeName, values),
    time: paths.time && recordPath(paths.time, values),
  }
  return {
    id: ++lastId,
    mapping,
    values,
    ...ofRecord,
    ...{ name, value, unit },
    prefix: mapping.prefix ?? '',
    groupDepth: Math.max(...pathsIn(ofRecord).map(({ shared }) => shared)),
    labels: labelsOf(values, ofRecord, name !== undefined),
    tail: name ? '' : tailOf(values, value ?? []),
    skipped: skippedKeys(values, ofRecord, [name, unit]),
    isOfLists: isInList(paths.node[0]),
    isOneMetric: name !== undefined && value !== undefined && !values.includes('each'),
    house: houseOf(mapping),
    problem: problemOf(ofRecord, values),
  }
}

const fields = ['node', 'nodeName', 'time', 'values', 'name', 'value', 'unit'] as const

function parsedPaths(mapping: FieldMapping): { [field in (typeof fields)[number]]?: FieldPath } | undefined {
  const paths: { [field in (typeof fields)[number]]?: FieldPath } = {}
  for (const field of fields) {
    const text = mapping[field]
    const path = text === undefined ? [] : parsePath(text)
    if (!path) return undefined
    if (text !== undefined) paths[field] = path
  }
  return paths
}

interface OfRecord {
  readonly node: RecordPath
  readonly nodeName: RecordPath | undefined
  readonly time: RecordPath | undefined
}

function pathsIn({ node, nodeName, time }: OfRecord): RecordPath[] {
  return [node, nodeName, time].filter((path) => path !== undefined)
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

/** A `*` that node or time has too repeats nodes or times and not metrics. `name` stands for the last one. */
function labelsOf(values: FieldPath, { node, time }: OfRecord, hasName: boolean): NameLabel[] {
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

function skippedKeys(
  values: FieldPath,
  ofRecord: OfRecord,
  inElement: ReadonlyArray<FieldPath | undefined>,
): SkippedKeys {
  const skipped = new Map() as SkippedKeys
  for (const path of pathsIn(ofRecord)) {
    if (startsIn(path.whole, values)) skip(skipped, path.whole.slice(values.length))
  }
  for (const path of inElement) if (path) skip(skipped, path)
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
  const inner = known ?? (new Map() as SkippedKeys)
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
  const wrong = pathsIn(ofRecord).find(({ rest }) => rest.includes('each'))
  const shown = values.length === 0 ? 'the path of values' : pathText(values)
  return wrong && { field: wrong.text, what: `has a * that ${shown} has not` }
}
