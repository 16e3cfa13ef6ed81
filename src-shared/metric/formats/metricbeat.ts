import { wrongField } from './field-checks.ts'
import { jsonReader } from './json-reader.ts'
import { isMetricbeatCounter, metricbeatHouse, metricbeatUnit } from './metricbeat-fields.ts'
import { datasetOf, fieldsOf, type Dataset, type EventFields } from './metricbeat-event.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, isNodeId, nodeOfRecord } from './readings.ts'
import type { FormatRecord, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { timeOf } from './timestamps.ts'

const format = 'metricbeat'
const shapes = new ShapeCache<PlannedPart>()
/** How an event of a beat begins. */
const head =
  /^\s*\{\s*"@timestamp"\s*:\s*"[^"]{1,40}"\s*,\s*"@metadata"\s*:\s*\{\s*"beat"\s*:\s*"(?:metricbeat|auditbeat)"/

type Json = Readonly<Record<string, unknown>>

/**
 * Events of Metricbeat and of the Elastic Agent: one metricset, with its numbers below the names of module and metricset.
 * @see https://www.elastic.co/docs/reference/beats/metricbeat/exported-fields
 */
export const metricbeat = jsonReader({
  name: format,
  head,
  match: (json) => (isEvent(json) ? json : undefined),
  read(event, record) {
    const dataset = datasetOf(event)
    if (!dataset) return wrongField(format, { field: 'event.module', expected: 'a text', found: undefined })
    return readEvent(record, event, dataset)
  },
})

/** With the name of a metricset, or with a dataset that is not one of logs. */
function isEvent(json: unknown): json is Json {
  if (!isJsonObject(json) || !('@timestamp' in json)) return false
  const { metricset, event } = json
  if (isJsonObject(metricset) && 'name' in metricset) return true
  return isJsonObject(event) && 'dataset' in event && !isLog(json)
}

function isLog(json: Json): boolean {
  const { data_stream: stream, agent } = json
  if ('message' in json || 'log' in json) return true
  const type = isJsonObject(stream) ? stream['type'] : undefined
  if (type !== undefined) return type !== 'metrics'
  const beat = isJsonObject(agent) ? agent['type'] : undefined
  return beat !== undefined && beat !== 'metricbeat'
}

function readEvent(record: FormatRecord, json: Json, dataset: Dataset): RecordReading {
  const at = timeOf(json['@timestamp'])
  if (at === undefined) {
    const found = json['@timestamp']
    return wrongField(format, { field: '@timestamp', expected: 'ISO 8601 text', found, code: 'bad-timestamp' })
  }
  const host = hostOf(json)
  if (host && !isNodeId(host.name)) {
    return wrongField(format, { field: host.field, expected: 'text of 1 to 128 characters', found: host.name })
  }
  const nodeId = host ? (host.name as string) : nodeOfRecord(record)
  const fields = fieldsOf(json, dataset)
  const key = JSON.stringify([dataset, fields.names, fields.identity, fields.attributes])
  const planned = shapes.get(key, () => plannedEvent(dataset, fields))
  return partReading(planned, { nodeId, nodeName: nodeId, at, values: fields.values })
}

/** Where an event names its host, since 7.0 and before. An event of the agent's own host may have several. */
const hostFields = [
  ['host', 'name'],
  ['host', 'hostname'],
  ['beat', 'hostname'],
  ['beat', 'name'],
  ['agent', 'hostname'],
  ['agent', 'name'],
] as const

function hostOf(json: Json): { readonly field: string; readonly name: unknown } | undefined {
  for (const [object, field] of hostFields) {
    const within = json[object]
    const name = isJsonObject(within) ? within[field] : undefined
    if (name !== undefined && name !== '') return { field: `${object}.${field}`, name }
  }
  return typeof json['host'] === 'string' && json['host'] !== '' ? { field: 'host', name: json['host'] } : undefined
}

function plannedEvent({ module, metricset }: Dataset, fields: EventFields): PlannedPart {
  const dataset = metricset === '' ? module : `${module}.${metricset}`
  const { names, identity, attributes } = fields
  const device = identity.find(([key]) => key === 'name')?.[1] ?? ''
  return planPart({
    format,
    group: dataset,
    tags: identity,
    series: names.map((name) => ({
      base: `${dataset}.${name}`,
      tags: identity,
      unit: metricbeatUnit(dataset, name),
      isCounter: isMetricbeatCounter(dataset, name),
    })),
    house: metricbeatHouse(dataset, names, device),
    attributes: Object.fromEntries(attributes),
  })
}
