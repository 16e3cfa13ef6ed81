import { combined, hasNoDenominators, sumsOf } from '../assemble/house-value.ts'
import { houseOf } from '../assemble/shape-plan.ts'
import { formatLabel } from '../formats/format-name.ts'
import { readRecord } from '../formats/read-record.ts'
import type { PassedOver, RecordPart, RecordReading } from '../formats/record-part.ts'
import { metricInfo, unitIn } from '../metric-info.ts'
import type { LookedAt } from '../sources/found-topic.ts'
import type { FieldMapping } from './field-mapping.ts'
import type { MappingIndex } from './mapping-index.ts'

/** What comes of one record. `values`: how many. `reason`: one sentence for the operator. */
export type PreviewedRecord =
  | { readonly kind: 'read'; readonly values: number; readonly reason?: string }
  | { readonly kind: 'not'; readonly reason: string }

/** One metric of one node. */
export interface PreviewRow {
  readonly nodeId: string
  readonly nodeName: string
  /** Full name. */
  readonly name: string
  /** The newest value by event time. */
  readonly value: number
  /** Its unit as ReMo shows it; '' without one. */
  readonly unit: string
  /** In how many records it is. */
  readonly count: number
  /** By event time, the newest last. */
  readonly values: readonly number[]
  /** Of a metric of the house that the mapping derives: the name of the metric that it is taken from. */
  readonly from?: string
}

/** What a mapping makes of real records. */
export interface MappingPreview {
  /** Records that are read by the mapping: of them, `5 of 5 records read`. */
  readonly read: number
  /** One for each record, in their order. */
  readonly records: readonly PreviewedRecord[]
  /** Nodes and their metrics in the order in which records name them; the first `rowsAtMost`. */
  readonly rows: readonly PreviewRow[]
  /** How many rows there are. */
  readonly rowCount: number
}

/** Records of a preview; more are not looked at. */
export const previewedAtMost = 20
/** Rows of a preview. */
export const rowsAtMost = 500

/**
 * What a mapping makes of records of its topic, by the same `readRecord` that stores them. Never throws.
 * @param records in any order; timestamps in epoch ms
 */
export function previewMapping(records: readonly LookedAt[], mapping: FieldMapping): MappingPreview {
  const { topic } = mapping
  const mappings: MappingIndex = { has: () => true, at: () => mapping }
  const readings = records.slice(0, previewedAtMost).map((record) => readRecord({ ...record, topic }, mappings))
  const table = new PreviewTable()
  for (const [i, reading] of readings.entries()) if (isMapped(reading)) table.add(i, reading.parts)
  const rows = table.rows()
  return {
    read: readings.filter(isMapped).length,
    records: readings.map(previewed),
    rows: rows.slice(0, rowsAtMost),
    rowCount: rows.length,
  }
}

type PartsReading = RecordReading & { readonly kind: 'parts' }

function isMapped(reading: RecordReading): reading is PartsReading {
  return reading.kind === 'parts' && reading.parts[0]?.shape.format === 'mapping'
}

const passedWords: Readonly<Partial<Record<PassedOver, string>>> = {
  empty: 'without a value',
  'no-numbers': 'without numbers',
  'not-a-number': 'without numbers',
  'not-metrics': 'not of this shape',
  'needs-schema-registry': 'needs a schema registry',
}

function previewed(reading: RecordReading): PreviewedRecord {
  if (reading.kind === 'rejected') return { kind: 'not', reason: reading.reject.reason }
  if (reading.kind === 'passed') {
    const { why, detail } = reading
    return { kind: 'not', reason: detail ?? passedWords[why] ?? 'not metrics' }
  }
  const { parts, refused } = reading
  const [first] = parts
  if (!first) return { kind: 'not', reason: 'names or texts are too long' }
  if (!isMapped(reading)) return { kind: 'not', reason: `read as ${formatLabel(first.shape.format)}` }
  const values = parts.reduce((sum, part) => sum + part.values.length, 0)
  return refused ? { kind: 'read', values, reason: refused.reason } : { kind: 'read', values }
}

interface FoundMetric {
  readonly from: string | undefined
  /** Indices of the records. */
  readonly records: Set<number>
  readonly values: Array<{ readonly at: number; readonly value: number; readonly unit: string }>
}

interface FoundNode {
  nodeName: string
  /** Of its name. */
  at: number
  readonly metrics: Map<string, FoundMetric>
}

class PreviewTable {
  readonly #nodes = new Map<string, FoundNode>()

  add(record: number, parts: readonly RecordPart[]): void {
    for (const { nodeId, nodeName, at, shape, values } of parts) {
      const { metrics } = this.#node(nodeId, nodeName, at)
      const add = (name: string, value: number, from?: string): void => {
        const found = metrics.get(name) ?? { from, records: new Set(), values: [] }
        metrics.set(name, found)
        found.records.add(record)
        found.values.push({ at, value, unit: metricInfo(name, unitIn(shape.units, name)).unit })
      }
      for (const [i, name] of shape.names.entries()) add(name, values[i] as number)
      for (const { metric, combine, terms } of houseOf(shape, shape.names)) {
        const sums = sumsOf(terms, (index) => values[index] ?? NaN)
        const value = combined(combine, sums, hasNoDenominators(terms))
        add(metric, value, shape.names[terms[0]?.index ?? -1])
      }
    }
  }

  rows(): PreviewRow[] {
    return [...this.#nodes].flatMap(([nodeId, { nodeName, metrics }]) =>
      [...metrics].map(([name, metric]) => ({ nodeId, nodeName, name, ...valuesOf(metric) })),
    )
  }

  #node(nodeId: string, nodeName: string, at: number): FoundNode {
    const node = this.#nodes.get(nodeId) ?? { nodeName, at, metrics: new Map<string, FoundMetric>() }
    this.#nodes.set(nodeId, node)
    if (at >= node.at) Object.assign(node, { nodeName, at })
    return node
  }
}

function valuesOf({
  from,
  records,
  values,
}: FoundMetric): Pick<PreviewRow, 'value' | 'unit' | 'count' | 'values' | 'from'> {
  const ordered = values.toSorted((a, b) => a.at - b.at)
  const { value = NaN, unit = '' } = ordered.at(-1) ?? {}
  const row = { value, unit, count: records.size, values: ordered.map((one) => one.value) }
  return from === undefined ? row : { ...row, from }
}
