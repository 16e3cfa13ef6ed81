import { numberOrText, wrongField } from './field-checks.ts'
import { jsonReader } from './json-reader.ts'
import { mergedReading } from './merged-reading.ts'
import { netdataHouse } from './netdata-house.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, isNodeId, passed } from './readings.ts'
import type { RecordReading } from './record-part.ts'
import type { RejectionCode } from '../sample.ts'
import { ShapeCache } from './shape-cache.ts'
import { timeOf } from './timestamps.ts'

const format = 'netdata'
const shapes = new ShapeCache<PlannedPart>()
const head = /^\s*(?:\[\s*)?\{\s*"prefix"\s*:\s*"[^"]{0,64}"\s*,\s*"hostname"\s*:/

type Json = Readonly<Record<string, unknown>>

/**
 * JSON of Netdata's exporting connector: one dimension of a chart in an object, alone, in an array, or one a line. Values
 * are read in the unit of their chart, which is right for the data sources `average` (the default) and `sum`.
 * @see https://github.com/netdata/netdata/blob/master/src/exporting/json/json.c
 */
export const netdata = jsonReader({
  name: format,
  head,
  match: (json) => (isDimension(json) || isBatch(json) ? json : undefined),
  read: (json) => (isBatch(json) ? readBatch(json) : readOne(json)),
})

function isBatch(json: unknown): json is readonly unknown[] {
  return Array.isArray(json) && isDimension(json[0])
}

function isDimension(json: unknown): json is Json {
  return isJsonObject(json) && 'hostname' in json && 'chart_id' in json && 'id' in json && 'value' in json
}

interface Dimension {
  readonly host: string
  readonly chart: string
  readonly id: string
  readonly unit: string
  readonly at: number
  readonly value: number
}

/** Dimensions of one chart, host and time: a part. */
interface Chart extends Pick<Dimension, 'host' | 'chart' | 'at'> {
  readonly dimensions: Dimension[]
}

function readOne(json: unknown): RecordReading {
  const found = dimensionOf(json, '')
  if (!('chart' in found)) return found
  return readPart(found, { group: `${found.chart}.${found.id}`, dimensions: [found] })
}

function readBatch(batch: readonly unknown[]): RecordReading {
  const charts = new Map<string, Chart>()
  const others: RecordReading[] = []
  for (const [i, json] of batch.entries()) {
    const found = dimensionOf(json, `[${i}].`)
    if (!('chart' in found)) {
      others.push(found)
      continue
    }
    const { host, chart, at } = found
    const key = JSON.stringify([host, at, chart])
    const known = charts.get(key)
    if (known) known.dimensions.push(found)
    else charts.set(key, { host, chart, at, dimensions: [found] })
  }
  const readings = Array.from(charts.values(), (one) => readPart(one, { group: one.chart, ...one }))
  return mergedReading([...readings, ...others])
}

const codes: ReadonlyMap<string, RejectionCode> = new Map([
  ['timestamp', 'bad-timestamp'],
  ['value', 'bad-metric'],
])

/** @param path of the object in the record, for reasons */
function dimensionOf(json: unknown, path: string): Dimension | RecordReading {
  const wrong = (field: string, expected: string, found: unknown): RecordReading =>
    wrongField(format, { field: path + field, expected, found, code: codes.get(field) })
  if (!isJsonObject(json)) return wrong('dimension', 'an object', json)
  const { hostname: host, chart_id: chart, id, units = '', value } = json
  if (!isNodeId(host)) return wrong('hostname', 'text of 1 to 128 characters', host)
  if (typeof chart !== 'string' || chart === '') return wrong('chart_id', 'a text', chart)
  if (typeof id !== 'string' || id === '') return wrong('id', 'a text', id)
  if (typeof units !== 'string') return wrong('units', 'a text', units)
  const at = timeOf(json['timestamp'])
  if (at === undefined) return wrong('timestamp', 'epoch seconds', json['timestamp'])
  const number = numberOrText(value)
  if (number === undefined) return wrong('value', 'a number', value)
  return Number.isFinite(number) ? { host, chart, id, unit: units, at, value: number } : passed('not-a-number')
}

interface InPart {
  readonly group: string
  readonly dimensions: readonly Dimension[]
}

function readPart(
  { host, at, chart }: Pick<Dimension, 'host' | 'at' | 'chart'>,
  { group, dimensions }: InPart,
): RecordReading {
  const facts = dimensions.map(({ id, unit, value }) => [id, unit, value < 0] as const)
  const planned = shapes.get(JSON.stringify([group, chart, facts]), () =>
    planPart({
      format,
      group,
      tags: [],
      series: dimensions.map(({ id, unit }) => ({ base: `${chart}.${id}`, tags: [], unit, isCounter: false })),
      // A record with one dimension is one of many lines.
      house: group === chart ? netdataHouse(chart, dimensions) : [],
    }),
  )
  return partReading(planned, { nodeId: host, nodeName: host, at, values: dimensions.map(({ value }) => value) })
}
