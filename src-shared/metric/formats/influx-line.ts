import type { Tag } from '../metric-name.ts'
import { wrongField } from './field-checks.ts'
import { LineParser, type Line, type LineDamage } from './line-parser.ts'
import { mergedReading } from './merged-reading.ts'
import type { PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isNodeId, nodeOfRecord, passed, rejected } from './readings.ts'
import type { FormatReader, FormatRecord, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { isUnknownSpeed } from './telegraf-fields.ts'
import { hostTag, telegrafPart } from './telegraf-part.ts'
import { epochMsOfDigits } from './timestamps.ts'

const format = 'influx-line'
const shapes = new ShapeCache<PlannedPart>()
/** A line with a tag and the begin of a field: nothing else begins so, whatever follows. */
const brokenHead = /^[^\s,=\\{["]+(?:,[^\s,=\\"]+=[^\s,="]+)+ [^\s,="]+=/
/** Characters of a damaged line that are looked at. */
const headLength = 4_096

/**
 * InfluxDB's line protocol, the default of Telegraf.
 * @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export const influxLine: FormatReader = {
  name: format,
  detect: (value) => value.family === 'text' && isLines(value.text),
  read(record, value) {
    if (value.family !== 'text') return passed('not-metrics')
    const parser = new LineParser(value.text)
    const readings: RecordReading[] = []
    for (let line = parser.next(); line; line = parser.next()) readings.push(readLine(record, line))
    return readings.length === 1 ? (readings[0] as RecordReading) : mergedReading(readings)
  },
}

/**
 * The first line decides, so that no other reader of lines accepts the text too. It is a good line, or can be nothing
 * else. A field without a tag and a time may be the text of a log.
 */
function isLines(text: string): boolean {
  const parser = new LineParser(text)
  const line = parser.next()
  if (!line) return false
  if (isDamaged(line)) return brokenHead.test(text.slice(parser.began, parser.began + headLength))
  return (line.tags.length > 0 || line.time !== '') && !line.measurement.includes('=')
}

function isDamaged(line: Line | LineDamage): line is LineDamage {
  return 'what' in line
}

function readLine(record: FormatRecord, line: Line | LineDamage): RecordReading {
  if (isDamaged(line)) {
    return rejected(format, { code: 'wrong-shape', field: `line ${line.line}`, what: `${line.field}: ${line.what}` })
  }
  const at = line.time === '' ? recordTime(record) : epochMsOfDigits(line.time)
  if (at === undefined) {
    const what = `expected epoch seconds, ms, µs or ns, got ${line.time || 'nothing, and the record has no time'}`
    return rejected(format, { code: 'bad-timestamp', field: 'timestamp', what })
  }
  const host = line.tags.find(([key]) => key === hostTag)?.[1]
  if (host !== undefined && !isNodeId(host)) {
    return wrongField(format, { field: 'tag host', expected: 'text of 1 to 128 characters', found: host })
  }
  return readFields({ nodeId: host ?? nodeOfRecord(record), at }, line)
}

function recordTime({ timestamp }: FormatRecord): number | undefined {
  return timestamp >= 0 ? timestamp : undefined
}

/** The order of fields changes from record to record, so they are sorted: one measurement has one shape. */
function readFields({ nodeId, at }: Record<'at', number> & Record<'nodeId', string>, line: Line): RecordReading {
  const { measurement } = line
  const sorted = line.fields.filter(([field, value]) => !isUnknownSpeed(measurement, field, value)).sort(byKey)
  if (sorted.length === 0) return passed(line.hasNotNumber ? 'not-a-number' : 'no-numbers')
  const tags = line.tags.filter(([key]) => key !== hostTag).sort(byKey)
  const fields = sorted.map(([field]) => field)
  const planned = shapes.get(JSON.stringify([measurement, tags, fields]), () =>
    telegrafPart({ format, measurement, tags, fields }),
  )
  return partReading(planned, { nodeId, nodeName: nodeId, at, values: sorted.map(([, value]) => value) })
}

function byKey(a: Tag | readonly [string, number], b: Tag | readonly [string, number]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}
