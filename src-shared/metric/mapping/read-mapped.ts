import { mergedReading } from '../formats/merged-reading.ts'
import { keptValues, planPart, type PlannedPart } from '../formats/part-plan.ts'
import { leftOutOf, passed, rejected, shownValue } from '../formats/readings.ts'
import type { FormatRecord, HouseFormula, LeftOut, RecordPart, RecordReading } from '../formats/record-part.ts'
import { ShapeCache } from '../formats/shape-cache.ts'
import { timeOf } from '../formats/timestamps.ts'
import { unitOfName } from '../formats/units.ts'
import { messageLimits } from '../message.ts'
import { compiledMapping, type CompiledMapping } from './compiled-mapping.ts'
import { elementMetrics, type FoundMetric } from './element-metrics.ts'
import type { FieldMapping } from './field-mapping.ts'
import { pathText, type FieldPath } from './field-path.ts'
import { above, placePath, placesAt, placeText, type Place } from './place.ts'
import {
  nodeIdIn,
  nodeNameIn,
  nodeProblem,
  placeFor,
  recordsIn,
  timeProblem,
  type FieldProblem,
} from './record-places.ts'

const format = 'mapping'
const shapes = new ShapeCache<PlannedPart>()

/**
 * Reads JSON of a record by a mapping. Pure. Never throws.
 * @param json without envelopes: an object, or a list of which each object is read alone
 * @returns `undefined` if it is not of that shape: neither the node nor the values are where the mapping looks
 */
export function readMapped(record: FormatRecord, json: unknown, mapping: FieldMapping): RecordReading | undefined {
  const compiled = compiledMapping(mapping)
  if (!compiled) return undefined
  const readings = recordsIn(compiled, json).map((root) => readRoot(record, root, compiled))
  const found = readings.filter((reading) => reading !== undefined)
  if (found.length === 0) return undefined
  return found.length === 1 && readings.length === 1 ? found[0] : mergedReading(found)
}

/** Where a mapping looks, if nothing is there: `your mapping finds neither machine.serial nor readings[*]`. */
export function missedPlaces({ node, values }: FieldMapping): string {
  return values === ''
    ? `your mapping finds no ${shortened(node)}`
    : `your mapping finds neither ${shortened(node)} nor ${shortened(values)}`
}

/** Whether a broken text has a key that the mapping looks for: the first one of its node, or of its values. */
export function seemsMapped(text: string, mapping: FieldMapping): boolean {
  const compiled = compiledMapping(mapping)
  const keys = compiled ? [firstKey(compiled.node.whole), firstKey(compiled.values)] : []
  return keys.some((key) => key !== undefined && text.includes(JSON.stringify(key)))
}

function readRoot(
  { topic, timestamp }: FormatRecord,
  root: Place,
  mapping: CompiledMapping,
): RecordReading | undefined {
  const { values, value, node, problem } = mapping
  const elements = placesAt(root, values)
  // The record itself is always there, and says nothing about its shape.
  const hasValues = values.length > 0 ? elements.length > 0 : value !== undefined && value.length > 0 && hasValue()
  if (!hasValues && placesAt(root, node.whole, 1).length === 0) return undefined
  if (problem) return refusal({ ...problem, code: 'wrong-shape' })
  if (elements.length === 0) return withoutElements(root, mapping)
  const rows = new MappedRows(mapping, timestamp)
  for (const element of elements) rows.add(element)
  return rows.reading(topic)

  function hasValue(): boolean {
    return placesAt(root, value ?? [], 1).length > 0
  }
}

/** Values of one node at one time. */
interface Row {
  readonly nodeId: string
  readonly nodeName: string
  readonly at: number
  readonly names: string[]
  /** In the record. */
  readonly units: Array<string | undefined>
  readonly values: number[]
}

/** Collects the values of a record by node and time. */
class MappedRows {
  readonly #mapping: CompiledMapping
  readonly #timestamp: number
  readonly #rows = new Map<string, Row>()
  /** The first thing that is wrong. */
  #refused: FieldProblem | undefined
  /** Where the first value is missing, and the first one that is no number. */
  #missing: FieldProblem | undefined
  #passed: FoundMetric | undefined
  /** Of the last element: what its node and time are taken from, and its row. */
  #anchor: Place | undefined
  #row: Row | undefined

  constructor(mapping: CompiledMapping, timestamp: number) {
    this.#mapping = mapping
    this.#timestamp = timestamp
  }

  add(element: Place): void {
    const { values, groupDepth } = this.#mapping
    const anchor = above(element, values.length - groupDepth)
    if (anchor !== this.#anchor) {
      this.#anchor = anchor
      this.#row = this.#rowFor(element)
    }
    const row = this.#row
    if (!row) return
    for (const metric of elementMetrics(this.#mapping, element)) {
      if ('why' in metric) this.#pass(metric)
      else {
        row.names.push(metric.name)
        row.units.push(metric.unit)
        row.values.push(metric.value)
      }
    }
  }

  reading(topic: string): RecordReading {
    const parts: RecordPart[] = []
    const leftOut: LeftOut[] = []
    for (const row of this.#rows.values()) {
      if (row.names.length === 0) continue
      const { nodeId, nodeName, at } = row
      const planned = plannedPart(this.#mapping, topic, row)
      const values = keptValues(planned, row.values)
      if (values.length > 0) parts.push({ nodeId, nodeName, at, shape: planned.shape, values })
      leftOut.push(...leftOutOf(planned, nodeId))
    }
    const refused = this.#refused && refusal(this.#refused)
    if (parts.length === 0 && leftOut.length === 0) return refused ?? this.#withoutNumbers()
    return {
      kind: 'parts',
      parts,
      ...(refused ? { refused: refused.reject } : {}),
      ...(leftOut.length > 0 ? { leftOut } : {}),
    }
  }

  #rowFor(element: Place): Row | undefined {
    const { node, nodeName } = this.#mapping
    const found = placeFor(this.#mapping, element, node)
    const nodeId = nodeIdIn(found?.value)
    if (nodeId === undefined) {
      const field = found ? placeText(found) : node.text
      this.#refused ??= { code: 'wrong-shape', field, what: nodeProblem(found?.value) }
      return undefined
    }
    const at = this.#timeFor(element)
    if (at === undefined) return undefined
    const key = `${at} ${nodeId}`
    const known = this.#rows.get(key)
    if (known) return known
    const shown = nodeName && nodeNameIn(placeFor(this.#mapping, element, nodeName)?.value)
    const row: Row = { nodeId, nodeName: shown ?? nodeId, at, names: [], units: [], values: [] }
    this.#rows.set(key, row)
    return row
  }

  #timeFor(element: Place): number | undefined {
    const { time } = this.#mapping
    if (!time) {
      if (this.#timestamp >= 0 && Number.isSafeInteger(this.#timestamp)) return this.#timestamp
      this.#refused ??= { code: 'bad-timestamp', field: 'time', what: 'the record has no timestamp in Kafka' }
      return undefined
    }
    const found = placeFor(this.#mapping, element, time)
    const at = timeOf(found?.value)
    if (at === undefined) {
      const field = found ? placeText(found) : time.text
      this.#refused ??= { code: 'bad-timestamp', field, what: timeProblem(found?.value) }
    }
    return at
  }

  #pass(metric: FoundMetric & { readonly why: string }): void {
    const { why, element, namePlace } = metric
    if (why === 'nothing') {
      this.#missing ??= {
        code: 'wrong-shape',
        field: textBelow(element, this.#mapping.value),
        what: 'expected a number, got nothing',
      }
    } else if (why === 'without a name') {
      const field = namePlace ? placeText(namePlace) : textBelow(element, this.#mapping.name)
      this.#refused ??= { code: 'wrong-shape', field, what: `expected a name, got ${shownValue(namePlace?.value)}` }
    } else if (why !== 'null') this.#passed ??= metric
  }

  /** Every value is missing, a text or null. */
  #withoutNumbers(): RecordReading {
    const other = this.#passed
    if (!other) return this.#missing ? refusal(this.#missing) : passed('no-numbers')
    const why = 'why' in other ? other.why : ''
    return passed('not-a-number', `your mapping, ${shortened(placeText(other.place))}: ${why}`)
  }
}

/** The node is there, and no element of `values`. */
function withoutElements(root: Place, { values }: CompiledMapping): RecordReading {
  let deepest = root
  let steps = 0
  while (steps < values.length) {
    const [next] = placesAt(deepest, values.slice(steps, steps + 1), 1)
    if (!next) break
    deepest = next
    steps++
  }
  const { value } = deepest
  const isEmpty = typeof value === 'object' && value !== null && values[steps] === 'each'
  if (value === null || isEmpty) return passed('no-numbers')
  const field = pathText(values.slice(0, steps + 1))
  const expected = values[steps] === 'each' ? 'a list or an object' : 'values'
  const found = typeof value === 'object' ? 'nothing' : shownValue(value)
  return refusal({ code: 'wrong-shape', field, what: `expected ${expected}, got ${found}` })
}

function plannedPart(mapping: CompiledMapping, topic: string, { names, units }: Row): PlannedPart {
  return shapes.get(`${mapping.id} ${JSON.stringify([names, units])}`, () =>
    planPart({
      format,
      group: groupOf(mapping, topic, names),
      tags: [],
      series: names.map((base, i) => ({ base, tags: [], unit: units[i] ?? unitOfName(base), isCounter: false })),
      house: houseFormulas(mapping, names),
    }),
  )
}

/**
 * Name of the part: of the topic, so that other programs and mappings with values of the node have other parts. No topic
 * has a slash.
 */
function groupOf({ isOneMetric }: CompiledMapping, topic: string, names: readonly string[]): string {
  const own = `${topic}/${isOneMetric ? names[0] : ''}`
  return own.length <= messageLimits.metricName ? own : `${topic}/`
}

function houseFormulas({ house }: CompiledMapping, names: readonly string[]): HouseFormula[] {
  if (house.size === 0) return []
  return [...house].flatMap(([name, metrics]) => {
    const index = names.lastIndexOf(name)
    if (index < 0) return []
    const terms = [{ index, numerator: 1, denominator: 0 }]
    return metrics.map((metric): HouseFormula => ({ metric, combine: 'sum', terms, over: 'record' }))
  })
}

function refusal({ code, field, what }: FieldProblem): RecordReading & { readonly kind: 'rejected' } {
  return rejected(format, { code, field: shortened(field), what }) as RecordReading & { readonly kind: 'rejected' }
}

function firstKey(path: FieldPath): string | undefined {
  for (const step of path) if (step !== 'each' && 'key' in step) return step.key
  return undefined
}

/** The path of what is missing in an element. */
function textBelow(element: Place, path: FieldPath = []): string {
  return pathText([...placePath(element), ...path])
}

/** A path of keys that other people chose, on one line. */
function shortened(path: string): string {
  const line = path.replaceAll(/\s+/g, ' ')
  return line.length > 120 ? `${line.slice(0, 120)}…` : line
}
