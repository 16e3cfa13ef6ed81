import type { Tag } from '../metric-name.ts'
import { parseTimestamp } from '../timestamp.ts'
import { wrongField } from './field-checks.ts'
import { jsonReader } from './json-reader.ts'
import type { PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, isNodeId, nodeOfRecord, passed } from './readings.ts'
import type { FormatRecord, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { isRatioName } from './units.ts'
import { vectorPart } from './vector-part.ts'
import { isValueKind, vectorValues, type ValueKind, type WrongVector } from './vector-values.ts'

const format = 'vector'
/** The tag that names the node. */
const hostTag = 'host'
const shapes = new ShapeCache<PlannedPart>()
/** How a record begins: the fields have a fixed order. */
const head = /^\s*\{\s*"name"\s*:\s*"[^"]*"\s*,\s*"(?:namespace"\s*:\s*"|tags"\s*:\s*\{|kind"\s*:\s*")/

type Json = Readonly<Record<string, unknown>>

/**
 * Metrics of Vector in JSON: one metric in each record, its value below the name of its kind.
 * @see https://vector.dev/docs/architecture/data-model/metric
 */
export const vector = jsonReader({
  name: format,
  head,
  match: (json) => (isMetric(json) ? json : undefined),
  read: readMetric,
})

function isMetric(json: unknown): json is Json {
  if (!isJsonObject(json) || typeof json['name'] !== 'string') return false
  const isKind = json['kind'] === 'absolute' || json['kind'] === 'incremental'
  return isKind && Object.keys(json).filter((key) => isValueKind(key)).length === 1
}

interface Facts {
  readonly kind: 'facts'
  readonly base: string
  readonly nodeId: string
  readonly at: number
  readonly tags: readonly Tag[]
}

function readMetric(json: Json, record: FormatRecord): RecordReading {
  const facts = factsOf(record, json)
  if (facts.kind === 'wrong') return wrongReading(facts)
  const valueKind = Object.keys(json).find((key) => isValueKind(key)) as ValueKind
  const read = vectorValues(valueKind, json['kind'] === 'absolute', json[valueKind])
  if (read.kind === 'passed') return passed(read.why, read.detail)
  if (read.kind === 'wrong') return wrongReading(read)
  const { base, nodeId, at, tags } = facts
  const { fields } = read
  const found = isRatioName(base) ? read.values.map((value) => value * 100) : read.values
  if (!found.every((value) => Number.isFinite(value))) return passed('not-a-number')
  const planned = shapes.get(JSON.stringify([base, tags, fields]), () => vectorPart({ base, tags, fields }))
  return partReading(planned, { nodeId, nodeName: nodeId, at, values: found })
}

function wrongReading({ field, expected, found }: WrongVector): RecordReading {
  return wrongField(format, { field, expected, found, code: field === 'timestamp' ? 'bad-timestamp' : undefined })
}

function wrong(field: string, expected: string, found: unknown): WrongVector {
  return { kind: 'wrong', field, expected, found }
}

function factsOf(record: FormatRecord, { name, namespace, timestamp, tags }: Json): Facts | WrongVector {
  if (name === '') return wrong('name', 'text', name)
  if (!isGiven(namespace)) return factsIn(record, { base: name as string, timestamp, tags })
  if (typeof namespace !== 'string') return wrong('namespace', 'text', namespace)
  const base = namespace === '' ? (name as string) : `${namespace}.${name as string}`
  return factsIn(record, { base, timestamp, tags })
}

interface NamedMetric {
  readonly base: string
  readonly timestamp: unknown
  readonly tags: unknown
}

function factsIn(record: FormatRecord, { base, timestamp, tags }: NamedMetric): Facts | WrongVector {
  const at = isGiven(timestamp) ? timeOf(timestamp) : record.timestamp
  if (at === undefined || at < 0) return wrong('timestamp', 'RFC 3339 text', timestamp)
  const all = tagsOf(tags ?? {})
  if ('kind' in all) return all
  const nodeId = all.find(([key]) => key === hostTag)?.[1] ?? nodeOfRecord(record)
  if (!isNodeId(nodeId)) return wrong(`tags.${hostTag}`, 'text of 1 to 128 characters', nodeId)
  return { kind: 'facts', base, nodeId, at, tags: all.filter(([key]) => key !== hostTag) }
}

function tagsOf(tags: unknown): Tag[] | WrongVector {
  if (!isJsonObject(tags)) return wrong('tags', 'an object', tags)
  const all: Tag[] = []
  for (const [key, value] of Object.entries(tags)) {
    const text = tagText(value)
    if (text === undefined) return wrong(`tags.${key.slice(0, 64)}`, 'text', value)
    if (text !== '') all.push([key, text])
  }
  return all
}

function timeOf(timestamp: unknown): number | undefined {
  return typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** Of a tag with several values, the last one counts, as for `metric_tag_values: single`. '' for one without a value. */
function tagText(value: unknown): string | undefined {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value]
  const given = texts.filter((text) => isGiven(text))
  if (given.some((text) => typeof text !== 'string')) return undefined
  return (given as readonly string[]).at(-1) ?? ''
}
