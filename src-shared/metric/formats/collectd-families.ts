import type { RejectionCode } from '../sample.ts'
import { numberOrText, wrongField } from './field-checks.ts'
import { mergedReading } from './merged-reading.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, isNodeId, nodeOfRecord, passed } from './readings.ts'
import type { FormatRecord, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { timeOf } from './timestamps.ts'
import { unitOfName } from './units.ts'

const format = 'collectd-json'
const shapes = new ShapeCache<PlannedPart>()
/** Labels that name the node, the first of them that a metric has. */
const nodeLabels = ['instance', 'host.name', 'host'] as const
const types: ReadonlySet<unknown> = new Set([
  'GAUGE',
  'COUNTER',
  'FPCOUNTER',
  'UP_DOWN_COUNTER',
  'UP_DOWN_COUNTER_FP',
  'UNTYPED',
  'INVALID',
])

const codes = new Map([
  ['timestamp_ms', 'bad-timestamp'],
  ['value', 'bad-metric'],
] as const) as ReadonlyMap<string, RejectionCode>

type Json = Readonly<Record<string, unknown>>

/** A family of metrics of collectd 6.0. */
export interface Family {
  readonly name: string
  readonly type: string
  readonly metrics: unknown
}

export function isFamily(json: unknown): json is Json & Family {
  return isJsonObject(json) && typeof json['name'] === 'string' && types.has(json['type']) && 'metrics' in json
}

/** @param path of the family in the record, for reasons */
export function readFamily(record: FormatRecord, family: Family, path: string): RecordReading {
  const { metrics } = family
  if (!Array.isArray(metrics)) {
    return wrongField(format, { field: `${path}metrics`, expected: 'an array', found: metrics })
  }
  return mergedReading(metrics.map((one, i) => readMetric(record, { family, path: `${path}metrics[${i}].` }, one)))
}

interface InFamily {
  readonly family: Family
  readonly path: string
}

function readMetric(record: FormatRecord, { family, path }: InFamily, json: unknown): RecordReading {
  const wrong = (field: string, expected: string, found: unknown): RecordReading =>
    wrongField(format, { field: path + field, expected, found, code: codes.get(field) })
  if (!isJsonObject(json)) return wrong('metric', 'an object', json)
  const { labels = {}, value, timestamp_ms: time } = json
  if (!isLabels(labels)) return wrong('labels', 'an object of texts', labels)
  // The program leaves the time out if it has none.
  const at = timeOf(time ?? record.timestamp)
  if (at === undefined) return wrong('timestamp_ms', 'epoch milliseconds as text', time)
  const number = numberOrText(value)
  if (number === undefined) return wrong('value', 'a number as text', value)
  if (!Number.isFinite(number)) return passed('not-a-number')
  const host = nodeLabels.map((label) => labels[label]).find((label) => label !== undefined && label !== '')
  if (host !== undefined && !isNodeId(host)) return wrong('labels', 'a node of at most 128 characters', host)
  const nodeId = host ?? nodeOfRecord(record)
  return partReading(plannedMetric(family, labels), { nodeId, nodeName: nodeId, at, values: [number] })
}

function plannedMetric({ name, type }: Family, labels: Readonly<Record<string, string>>): PlannedPart {
  const tags = Object.entries(labels).filter(([key]) => !nodeLabels.some((label) => label === key))
  const isCounter = type === 'COUNTER' || type === 'FPCOUNTER'
  const series = [{ base: name, tags, unit: unitOfName(name), isCounter }]
  return shapes.get(JSON.stringify([name, type, tags]), () => planPart({ format, group: name, tags, series }))
}

function isLabels(labels: unknown): labels is Readonly<Record<string, string>> {
  return isJsonObject(labels) && Object.values(labels).every((label) => typeof label === 'string')
}
