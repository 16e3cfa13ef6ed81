import type { Tag } from '../metric-name.ts'
import { parseTimestamp } from '../timestamp.ts'
import { exporterTerm, houseOverRecords } from './exporter-house.ts'
import { wrongField } from './field-checks.ts'
import { jsonReader } from './json-reader.ts'
import { splitAtMountPoint } from './mount-point.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, isNodeId, nodeOfRecord, passed } from './readings.ts'
import type { FormatRecord, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { isRatioName, unitOfName } from './units.ts'

const format = 'prometheus-kafka-adapter'
const shapes = new ShapeCache<PlannedPart>()
/** How a record begins: the keys of its objects are sorted. */
const head = /^\s*\{\s*"labels"\s*:\s*\{\s*"[A-Za-z_][\w]*"\s*:/
/** Names of counters, and of what histograms and summaries count. */
const counter = /_(?:total|count|sum)$/
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const notNumber = /^(?:NaN|[+-]?Inf)$/

type Json = Readonly<Record<string, unknown>>

/**
 * JSON of prometheus-kafka-adapter: one sample of one series of Prometheus in each record, its value as text. Its
 * Avro-JSON is the same.
 * @see https://github.com/Telefonica/prometheus-kafka-adapter
 */
export const prometheusKafkaAdapter = jsonReader({
  name: format,
  head,
  match: (json) => (isSample(json) ? json : undefined),
  read: readSample,
})

/** The value is a text: that of flat JSON is a number. */
function isSample(json: unknown): json is Json {
  if (!isJsonObject(json) || !isJsonObject(json['labels'])) return false
  return typeof json['name'] === 'string' && typeof json['value'] === 'string' && 'timestamp' in json
}

function readSample({ name, labels, value, timestamp }: Json, record: FormatRecord): RecordReading {
  const wrong = (field: string, expected: string, found: unknown): RecordReading =>
    wrongField(format, { field, expected, found, code: field === 'timestamp' ? 'bad-timestamp' : undefined })
  const [base, text, tags] = [name as string, value as string, labels as Json]
  if (base === '') return wrong('name', 'text', name)
  const odd = Object.keys(tags).find((label) => typeof tags[label] !== 'string')
  if (odd !== undefined) return wrong(`labels.${odd.slice(0, 64)}`, 'text', tags[odd])
  const at = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined
  if (at === undefined) return wrong('timestamp', 'RFC 3339 text', timestamp)
  if (base.endsWith('_bucket') && 'le' in tags) return passed('histogram-bucket')
  if (notNumber.test(text)) return passed('not-a-number')
  if (text.length > 400 || !number.test(text)) return wrong('value', 'a number as text', value)
  const nodeId = nodeOf(tags as Readonly<Record<string, string>>, record)
  if (!isNodeId(nodeId)) return wrong('labels.instance', 'text of 1 to 128 characters', nodeId)
  return readValue({ nodeId, at, name: base }, Object.entries(tags as Readonly<Record<string, string>>), Number(text))
}

interface SampleFacts {
  readonly nodeId: string
  readonly at: number
  readonly name: string
}

function readValue({ nodeId, at, name }: SampleFacts, labels: readonly Tag[], value: number): RecordReading {
  const stored = isRatioName(name) ? value * 100 : value
  if (!Number.isFinite(stored)) return passed('not-a-number')
  const planned = shapes.get(JSON.stringify([name, labels]), () => plannedSeries(name, labels))
  return partReading(planned, { nodeId, nodeName: nodeId, at, values: [stored] })
}

function plannedSeries(name: string, labels: readonly Tag[]): PlannedPart {
  const all = labels.filter(([key, value]) => key !== '__name__' && key !== 'instance' && value !== '')
  const { names, beside } = splitAtMountPoint(all)
  const unit = isRatioName(name) ? '%' : unitOfName(name)
  return planPart({
    format,
    group: name,
    tags: names,
    series: [{ base: name, tags: names, unit, isCounter: counter.test(name) }],
    house: houseOverRecords(exporterTerm(name, names)),
    attributes: Object.fromEntries(beside),
  })
}

/** The host of the target: its instance without the port. */
function nodeOf({ instance }: Readonly<Record<string, string>>, record: FormatRecord): string {
  return instance === undefined || instance === '' ? nodeOfRecord(record) : hostOfInstance(instance)
}

/** `10.0.0.7` of `10.0.0.7:9100`, `::1` of `[::1]:9100`. Others, such as the address of a page, stay as they are. */
export function hostOfInstance(instance: string): string {
  return (/^\[([^\]]+)\](?::\d+)?$/.exec(instance) ?? /^([^:/]+):\d+$/.exec(instance))?.[1] ?? instance
}
