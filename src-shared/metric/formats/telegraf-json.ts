import type { Tag } from '../metric-name.ts'
import { wrongField } from './field-checks.ts'
import { jsonReader } from './json-reader.ts'
import { mergedReading } from './merged-reading.ts'
import type { PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, isNodeId, nodeOfRecord } from './readings.ts'
import type { FormatRecord, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { isUnknownSpeed } from './telegraf-fields.ts'
import { hostTag, telegrafPart } from './telegraf-part.ts'
import { timeOf } from './timestamps.ts'

const format = 'telegraf-json'
const shapes = new ShapeCache<PlannedPart>()
/** How a record of the serializer begins: the keys of its objects are sorted. */
const head = /^\s*\{\s*(?:"metrics"\s*:\s*\[\s*\{\s*)?"fields"\s*:/

type Json = Readonly<Record<string, unknown>>

/**
 * JSON of Telegraf: `{"fields", "name", "tags", "timestamp"}`, or a batch of such objects in `metrics`.
 * @see https://github.com/influxdata/telegraf/tree/master/plugins/serializers/json
 */
export const telegrafJson = jsonReader({
  name: format,
  head,
  match: (json) => (isMetric(json) || isBatch(json) ? json : undefined),
  read: (json, record) =>
    isBatch(json)
      ? mergedReading(json.metrics.map((one, i) => readMetric(record, one, `metrics[${i}].`)))
      : readMetric(record, json, ''),
})

function isMetric(json: unknown): json is Json {
  return isJsonObject(json) && 'fields' in json && 'name' in json && 'tags' in json
}

function isBatch(json: unknown): json is { readonly metrics: readonly unknown[] } {
  return isJsonObject(json) && Array.isArray(json['metrics']) && isMetric(json['metrics'][0])
}

/** @param path of the metric in the record, for reasons */
function readMetric(record: FormatRecord, json: unknown, path: string): RecordReading {
  const wrong = (field: string, expected: string, found: unknown): RecordReading =>
    wrongField(format, {
      field: path + field,
      expected,
      found,
      code: field === 'timestamp' ? 'bad-timestamp' : undefined,
    })
  if (!isJsonObject(json)) return wrong('metric', 'an object', json)
  const { name, fields, tags, timestamp } = json
  if (typeof name !== 'string' || name === '') return wrong('name', 'a text', name)
  if (!isJsonObject(fields)) return wrong('fields', 'an object', fields)
  if (!isJsonObject(tags)) return wrong('tags', 'an object', tags)
  const odd = Object.keys(tags).find((tag) => typeof tags[tag] !== 'string')
  if (odd !== undefined) return wrong(`tags.${odd.slice(0, 64)}`, 'a text', tags[odd])
  const at = timeOf(timestamp)
  if (at === undefined) return wrong('timestamp', 'epoch seconds, ms, µs or ns, or RFC 3339 text', timestamp)
  const host = tags[hostTag]
  if (host !== undefined && host !== '' && !isNodeId(host)) {
    return wrong(`tags.${hostTag}`, 'text of 1 to 128 characters', host)
  }
  const nodeId = isNodeId(host) ? host : nodeOfRecord(record)
  return readFields({ nodeId, at, name }, fields, Object.entries(tags as Readonly<Record<string, string>>))
}

interface MetricFacts {
  readonly nodeId: string
  readonly at: number
  readonly name: string
}

function readFields({ nodeId, at, name }: MetricFacts, fields: Json, tags: readonly Tag[]): RecordReading {
  const names: string[] = []
  const found: number[] = []
  for (const [field, value] of Object.entries(fields)) {
    const number = numberOf(value)
    if (!Number.isFinite(number) || isUnknownSpeed(name, field, number)) continue
    names.push(field)
    found.push(number)
  }
  if (names.length === 0) return { kind: 'passed', why: 'no-numbers' }
  const others = tags.filter(([key]) => key !== hostTag)
  const planned = shapes.get(JSON.stringify([name, others, names]), () =>
    telegrafPart({ format, measurement: name, tags: others, fields: names }),
  )
  return partReading(planned, { nodeId, nodeName: nodeId, at, values: found })
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'boolean' ? Number(value) : NaN
}
