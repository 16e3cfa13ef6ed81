import type { RejectionCode } from '../sample.ts'
import { collectdPart } from './collectd-series.ts'
import { isGrowingType } from './collectd-types.ts'
import { wrongField } from './field-checks.ts'
import { isWrong, parseGraphiteLine, type GraphiteLine } from './graphite-line.ts'
import { graphiteSeries, type GraphiteSeries } from './graphite-series.ts'
import { mergedReading } from './merged-reading.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isNodeId, nodeOfRecord, passed } from './readings.ts'
import { linesOf } from './record-lines.ts'
import type { FormatReader, FormatRecord, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { unitOfName } from './units.ts'

const format = 'graphite'
const shapes = new ShapeCache<PlannedPart>()

/**
 * Lines of Graphite, with or without tags. Which part of a path is the host is known only if the record's key is in the
 * path, or if it is a path of collectd; otherwise the key or the topic is the node.
 * @see https://graphite.readthedocs.io/en/latest/feeding-carbon.html
 */
export const graphite: FormatReader = {
  name: format,
  detect(value) {
    if (value.family !== 'text') return false
    const first = firstLine(value.text)
    return first !== undefined && !isWrong(parseGraphiteLine(first))
  },
  read(record, value) {
    const { lines, rest } = linesOf(record, value.family === 'text' ? value.text : '')
    const groups = new Map<string, LineGroup>()
    const others: RecordReading[] = []
    for (const { line, path } of lines) {
      const other = readLine(record, line, { groups, path })
      if (other) others.push(other)
    }
    return mergedReading([...Array.from(groups.values(), readGroup), ...others, ...rest])
  },
}

function firstLine(text: string): string | undefined {
  const from = text.search(/\S/)
  if (from < 0) return undefined
  const end = text.indexOf('\n', from)
  return end < 0 ? text.slice(from) : text.slice(from, end)
}

/** Lines of one node, time and group: a part. */
interface LineGroup {
  readonly nodeId: string
  readonly at: number
  readonly series: GraphiteSeries
  /** Names of the series; of collectd, its data sources. */
  readonly names: string[]
  readonly values: number[]
}

interface InRecord {
  readonly groups: Map<string, LineGroup>
  /** Of the line in the record, for reasons. */
  readonly path: string
}

/** Adds the line to its group. @returns why it is in none */
function readLine(record: FormatRecord, line: string, { groups, path }: InRecord): RecordReading | undefined {
  const parsed = parseGraphiteLine(line)
  if (isWrong(parsed))
    return wrongField(format, { ...parsed, field: path + parsed.field, code: codes.get(parsed.field) })
  if (!Number.isFinite(parsed.value)) return passed('not-a-number')
  const at = parsed.at ?? record.timestamp
  if (at < 0)
    return wrongField(format, { field: `${path}time`, expected: 'epoch seconds', found: -1, code: 'bad-timestamp' })
  const series = graphiteSeries(parsed, record.key === null ? undefined : nodeOfRecord(record))
  const nodeId = series.node ?? nodeOfLine(record, parsed)
  if (!isNodeId(nodeId)) {
    return wrongField(format, { field: `${path}host`, expected: 'text of 1 to 128 characters', found: nodeId })
  }
  const { group, name, tags, collectd, attributes } = series
  const key = JSON.stringify([nodeId, at, group, tags, collectd?.identity, attributes])
  let found = groups.get(key)
  if (!found) groups.set(key, (found = { nodeId, at, series, names: [], values: [] }))
  found.names.push(collectd?.source ?? name)
  found.values.push(parsed.value)
  return undefined
}

const codes: ReadonlyMap<string, RejectionCode> = new Map([
  ['time', 'bad-timestamp'],
  ['value', 'bad-metric'],
])

/** A key that is not in the path may be random: collectd writes such keys. */
function nodeOfLine(record: FormatRecord, { tags }: GraphiteLine): string {
  return nodeOfRecord(tags.length > 0 ? record : { ...record, key: null })
}

function readGroup({ nodeId, at, series, names, values }: LineGroup): RecordReading {
  const areRates = series.collectd !== undefined && storedAsRates(values)
  const { group, tags, attributes, collectd } = series
  const key = JSON.stringify([group, tags, attributes, collectd?.identity, names, areRates])
  const planned = shapes.get(key, () => plannedGroup(series, names, areRates))
  return partReading(planned, { nodeId, nodeName: nodeId, at, values })
}

/** As in collectd's JSON: only a rate has a fraction. */
function storedAsRates(values: readonly number[]): boolean {
  return values.some((value) => !Number.isInteger(value)) || values.every((value) => value === 0)
}

function plannedGroup(series: GraphiteSeries, names: readonly string[], areRates: boolean): PlannedPart {
  const { group, tags, attributes, collectd } = series
  if (collectd) {
    const growing = isGrowingType(collectd.identity.type) ? [...names.keys()] : []
    const [counters, rates] = areRates ? [[], growing] : [growing, []]
    return collectdPart(format, collectd.identity, { names, counters, rates })
  }
  return planPart({
    format,
    group,
    tags,
    series: names.map((base) => ({ base, tags, unit: unitOfName(base), isCounter: false })),
    attributes,
  })
}
