import type { Tag } from '../metric-name.ts'
import { parseTimestamp } from '../timestamp.ts'
import { keptValues, type PlannedPart } from './part-plan.ts'
import {
  isJsonObject,
  isNodeId,
  leftOutOf,
  nodeOfRecord,
  passed,
  readingOf,
  rejected,
  rejectedJson,
  shownValue,
} from './readings.ts'
import type { FormatReader, FormatRecord, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { isRatioName } from './units.ts'
import { vectorPart } from './vector-part.ts'
import { isValueKind, vectorValues, type ValueKind } from './vector-values.ts'

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
export const vector: FormatReader = {
  name: format,
  detect(value) {
    if (value.family === 'broken-json') return head.test(value.text)
    return value.family === 'json' && isMetric(value.json)
  },
  read(record, value) {
    if (value.family === 'broken-json') return rejectedJson(format, value.text)
    const json = value.family === 'json' && isJsonObject(value.json) ? value.json : {}
    return readMetric(record, json)
  },
}

function isMetric(json: unknown): boolean {
  if (!isJsonObject(json) || typeof json['name'] !== 'string') return false
  const isKind = json['kind'] === 'absolute' || json['kind'] === 'incremental'
  return isKind && Object.keys(json).filter((key) => isValueKind(key)).length === 1
}

/** A field that is not as Vector writes it. */
interface Wrong {
  readonly kind: 'wrong'
  readonly field: string
  readonly expected: string
  readonly found: unknown
}

interface Facts {
  readonly kind: 'facts'
  readonly base: string
  readonly nodeId: string
  readonly at: number
  readonly tags: readonly Tag[]
}

function readMetric(record: FormatRecord, json: Json): RecordReading {
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
  const { shape } = planned
  const values = keptValues(planned, found)
  const parts = values.length === 0 ? [] : [{ nodeId, nodeName: nodeId, at, shape, values }]
  return readingOf(parts, leftOutOf(planned, nodeId), 'no-numbers')
}

function wrongReading({ field, expected, found }: Wrong): RecordReading {
  const code = field === 'timestamp' ? 'bad-timestamp' : 'wrong-shape'
  return rejected(format, { code, field, what: `expected ${expected}, got ${shownValue(found)}` })
}

function wrong(field: string, expected: string, found: unknown): Wrong {
  return { kind: 'wrong', field, expected, found }
}

function factsOf(record: FormatRecord, { name, namespace, timestamp, tags }: Json): Facts | Wrong {
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

function factsIn(record: FormatRecord, { base, timestamp, tags }: NamedMetric): Facts | Wrong {
  const at = isGiven(timestamp) ? timeOf(timestamp) : record.timestamp
  if (at === undefined || at < 0) return wrong('timestamp', 'RFC 3339 text', timestamp)
  const all = tagsOf(tags ?? {})
  if ('kind' in all) return all
  const nodeId = all.find(([key]) => key === hostTag)?.[1] ?? nodeOfRecord(record)
  if (!isNodeId(nodeId)) return wrong(`tags.${hostTag}`, 'text of 1 to 128 characters', nodeId)
  return { kind: 'facts', base, nodeId, at, tags: all.filter(([key]) => key !== hostTag) }
}

function tagsOf(tags: unknown): Tag[] | Wrong {
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
