import type { FormatName } from '../formats/format-name.ts'
import type { PassedOver, RecordPart, RecordReading } from '../formats/record-part.ts'
import { parseMetricName } from '../metric-name.ts'
import { numbersIn } from './numbers-in.ts'

/** A record of a topic that is looked at. `value` null: a tombstone. */
export interface LookedAt {
  readonly value: Uint8Array | null
  readonly key: Uint8Array | null
  /** Timestamp in Kafka, epoch ms. */
  readonly timestamp: number
}

/** What the last records of a topic are, for the operator to choose from. */
export type TopicContent =
  | {
      readonly kind: 'metrics'
      /** Most records first. */
      readonly formats: readonly FormatName[]
      readonly hosts: number
      readonly metrics: number
      readonly names: readonly string[]
    }
  | { readonly kind: 'may-be'; readonly numbers: number; readonly hasHost: boolean }
  | { readonly kind: 'not'; readonly why: PassedOver | 'rejected'; readonly detail?: string }

/** Names of measurements that are listed. */
const namesAtMost = 4
/** An object with fewer numbers is rather an event than a measurement: an order has a total. */
const leastNumbers = 2

/**
 * Says what the last records of a topic are. One record with values is enough to call it metrics: what else is in the
 * topic is passed over when it is read.
 * @param read `readRecord`, with the topic filled in
 */
export function contentOf(records: readonly LookedAt[], read: (record: LookedAt) => RecordReading): TopicContent {
  const readings = records.map((record) => read(record))
  const parts = readings.flatMap((reading) => (reading.kind === 'parts' ? reading.parts : []))
  if (parts.length > 0) return metricsIn(readings, parts)
  const values = records.flatMap(({ value }, i) => (value !== null && isUnknown(readings[i]) ? [value] : []))
  const numbers = values.map((value) => numbersIn(value)).filter((one) => one !== undefined)
  const most = numbers.sort((a, b) => b.numbers - a.numbers)[0]
  if (most && !most.isLog && most.numbers >= leastNumbers)
    return { kind: 'may-be', numbers: most.numbers, hasHost: most.hasHost }
  return without(readings)
}

function isUnknown(reading: RecordReading | undefined): boolean {
  return reading?.kind === 'passed' && reading.why === 'not-metrics'
}

function metricsIn(readings: readonly RecordReading[], parts: readonly RecordPart[]): TopicContent {
  const counts = new Map<FormatName, number>()
  for (const reading of readings) {
    const format = reading.kind === 'parts' ? reading.parts[0]?.shape.format : undefined
    if (format !== undefined) counts.set(format, (counts.get(format) ?? 0) + 1)
  }
  const names = new Set(parts.flatMap(({ shape }) => [...shape.names, ...shape.means.map(({ name }) => name)]))
  return {
    kind: 'metrics',
    formats: [...counts].sort((a, b) => b[1] - a[1]).map(([format]) => format),
    hosts: new Set(parts.map(({ nodeId }) => nodeId)).size,
    metrics: names.size,
    names: [...new Set([...names].map(shownName))].slice(0, namesAtMost),
  }
}

function shownName(name: string): string {
  const { measurement, base } = parseMetricName(name)
  return measurement === '' ? base : measurement
}

/** What most records say; a refused one only if there is nothing else, and an empty one last. */
function without(readings: readonly RecordReading[]): TopicContent {
  const said = readings.map(reasonOf)
  const some = said.filter(({ why }) => why !== 'empty')
  const countOf = (why: string): number => some.filter((one) => one.why === why).length
  return some.toSorted((a, b) => countOf(b.why) - countOf(a.why))[0] ?? { kind: 'not', why: 'empty' }
}

function reasonOf(reading: RecordReading): TopicContent & { kind: 'not' } {
  if (reading.kind === 'rejected') return { kind: 'not', why: 'rejected', detail: reading.reject.reason }
  if (reading.kind === 'parts') return { kind: 'not', why: 'no-numbers' }
  return { kind: 'not', why: reading.why, ...(reading.detail === undefined ? {} : { detail: reading.detail }) }
}
