import { timeOf } from '../formats/timestamps.ts'
import { unitOfName } from '../formats/units.ts'
import { compiledMapping, type CompiledMapping } from './compiled-mapping.ts'
import { elementMetrics, type FoundMetric, type PassedWhy } from './element-metrics.ts'
import type { FieldMapping } from './field-mapping.ts'
import { above, placesAt, placeText, type Place } from './place.ts'
import { nodeIdIn, nodeNameIn, nodeNameProblem, nodeProblem, recordsIn, timeProblem } from './record-places.ts'

/** A place in a record that a field of the mapping names. */
export interface MappedPlace {
  /** As `pathText` writes it, without `*`: `readings[2].v`. Unique in the record. */
  readonly path: string
  /** The JSON value that is there. */
  readonly value: unknown
  /** Why it cannot be used: `expected a time, got "x"`. */
  readonly problem?: string
}

/** A place whose value is a metric. */
export interface MappedValue {
  readonly path: string
  /** Full name of the metric, with its prefix. */
  readonly name: string
  /** The number that is stored: also of `true` (1) and of the text `"61.5"`. */
  readonly value: number
  /** As it is stored; '' without one. */
  readonly unit: string
}

/** A place that is named as a value and gives none. */
export interface PassedValue {
  /** The element, if it has no value. */
  readonly path: string
  /** Full name of the metric; '' if it has none. */
  readonly name: string
  /** What it is instead, in a sentence: “door” is `a text`, `null`, `a list`, `not a number`, `there twice`. */
  readonly why: PassedWhy | 'there twice'
}

/**
 * Where the fields of a mapping are in one JSON value. Lists have each place at most once, in the order of the record,
 * at most `placesAtMost` each. The paths of different lists can be the same: one field may be node and shown name.
 */
export interface MappedFields {
  /** More than one only in a list of records, or if `node` has a `*`. */
  readonly node: readonly MappedPlace[]
  readonly nodeName: readonly MappedPlace[]
  /** `at`: epoch ms, if it is a time. */
  readonly time: ReadonlyArray<MappedPlace & { readonly at?: number }>
  /** Texts that name the metrics. Not the keys that do. */
  readonly names: readonly MappedPlace[]
  readonly units: readonly MappedPlace[]
  readonly values: readonly MappedValue[]
  readonly passedOver: readonly PassedValue[]
  /** Elements that `values` names: `6 found`. */
  readonly found: number
  /** Why the mapping cannot read any record: `hosts[*].name: has a * that readings[*] has not`. */
  readonly problem?: string
}

/** Places in each list of `MappedFields`. */
export const placesAtMost = 1_000

const nothing: MappedFields = {
  node: [],
  nodeName: [],
  time: [],
  names: [],
  units: [],
  values: [],
  passedOver: [],
  found: 0,
}

/**
 * Where the fields of a mapping are in a JSON value, for a page that shows both. Never throws.
 * @param json what `jsonContents` gives of a record: without its envelopes
 */
export function fieldsOf(mapping: FieldMapping, json: unknown): MappedFields {
  const compiled = compiledMapping(mapping)
  if (!compiled) return nothing
  const roots = recordsIn(compiled, json)
  const { problem } = compiled
  return {
    node: placesOf(roots, compiled.node.whole, ({ value }) =>
      nodeIdIn(value) === undefined ? nodeProblem(value) : '',
    ),
    nodeName: placesOf(roots, compiled.nodeName?.whole, ({ value }) =>
      nodeNameIn(value) === undefined ? nodeNameProblem(value) : '',
    ),
    time: placesOf(roots, compiled.time?.whole, ({ value }) =>
      timeOf(value) === undefined ? timeProblem(value) : '',
    ).map(withTime),
    ...metricsIn(roots, compiled),
    ...(problem ? { problem: `${problem.field}: ${problem.what}` } : {}),
  }
}

function placesOf(
  roots: readonly Place[],
  path: CompiledMapping['values'] | undefined,
  problemOf: (place: Place) => string,
): MappedPlace[] {
  const places: MappedPlace[] = []
  if (!path) return places
  for (const root of roots) {
    for (const place of placesAt(root, path, placesAtMost - places.length))
      places.push(mappedPlace(place, problemOf(place)))
    if (places.length >= placesAtMost) break
  }
  return places
}

function mappedPlace(place: Place, problem = ''): MappedPlace {
  const found = { path: placeText(place), value: place.value }
  return problem === '' ? found : { ...found, problem }
}

function withTime(place: MappedPlace): MappedPlace & { readonly at?: number } {
  const at = timeOf(place.value)
  return at === undefined ? place : { ...place, at }
}

type Metrics = Pick<MappedFields, 'names' | 'units' | 'values' | 'passedOver' | 'found'>

function metricsIn(roots: readonly Place[], mapping: CompiledMapping): Metrics {
  const found = new FoundFields()
  for (const root of roots) found.add(placesAt(root, mapping.values), mapping)
  return found.lists()
}

class FoundFields {
  readonly #names = new Map<Place, MappedPlace>()
  readonly #units = new Map<Place, MappedPlace>()
  readonly #values = new Set<MappedValue>()
  readonly #passedOver: PassedValue[] = []
  #found = 0
  /** What node and time of the last element are taken from, and the values with the same. */
  #anchor: Place | undefined
  readonly #byName = new Map<string, MappedValue>()

  add(elements: readonly Place[], mapping: CompiledMapping): void {
    this.#found += elements.length
    for (const element of elements) {
      if (this.#values.size >= placesAtMost || this.#passedOver.length >= placesAtMost) return
      const anchor = above(element, mapping.values.length - mapping.groupDepth)
      if (anchor !== this.#anchor) this.#byName.clear()
      this.#anchor = anchor
      for (const metric of elementMetrics(mapping, element)) this.#metric(metric)
    }
  }

  lists(): Metrics {
    return {
      names: [...this.#names.values()].slice(0, placesAtMost),
      units: [...this.#units.values()].slice(0, placesAtMost),
      values: [...this.#values].slice(0, placesAtMost),
      passedOver: this.#passedOver.slice(0, placesAtMost),
      found: this.#found,
    }
  }

  #metric(metric: FoundMetric): void {
    const { place, name, namePlace, unitPlace } = metric
    if (namePlace) this.#names.set(namePlace, mappedPlace(namePlace))
    if (typeof unitPlace?.value === 'string') this.#units.set(unitPlace, mappedPlace(unitPlace))
    const path = placeText(place)
    if ('why' in metric) this.#passedOver.push({ path, name, why: metric.why })
    else this.#value({ path, name, value: metric.value, unit: metric.unit ?? unitOfName(name) })
  }

  /** Of two values with one name, the last one counts. */
  #value(value: MappedValue): void {
    const { name } = value
    const before = this.#byName.get(name)
    if (before) {
      this.#values.delete(before)
      this.#passedOver.push({ path: before.path, name, why: 'there twice' })
    }
    this.#byName.set(name, value)
    this.#values.add(value)
  }
}
