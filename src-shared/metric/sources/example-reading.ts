import type { FormatName } from '../formats/format-name.ts'
import type { PassedOver, RecordPart } from '../formats/record-part.ts'
import { type IncomingRecord, readRecord } from '../formats/read-record.ts'
import { noMappings, type MappingIndex } from '../mapping/mapping-index.ts'
import { houseReading, type HouseReading } from './house-words.ts'

/** What a record says about one node at one time, with its names. */
export interface ReadPart {
  readonly nodeId: string
  readonly nodeName: string
  /** Epoch ms. */
  readonly at: number
  readonly values: ReadonlyArray<{
    readonly name: string
    readonly value: number
    readonly unit: string
    readonly isCounter: boolean
  }>
  readonly house: readonly HouseReading[]
  readonly attributes: Readonly<Record<string, string>>
}

/** How a record is read. `partCount`: all parts, of which some are in `parts`. */
export type RecordExplained =
  | {
      readonly kind: 'parts'
      readonly format: FormatName
      readonly parts: readonly ReadPart[]
      readonly partCount: number
      readonly reason?: string
    }
  | { readonly kind: 'passed'; readonly why: PassedOver; readonly detail?: string }
  | { readonly kind: 'rejected'; readonly reason: string }

/** A batch of OTLP has thousands of parts; the operator looks at the first ones. */
const partsAtMost = 20
const valuesAtMost = 100

/** Reads one record for the operator to look at, as it is read when it is stored. Never throws. */
export function explainRecord(record: IncomingRecord, mappings: MappingIndex = noMappings): RecordExplained {
  const reading = readRecord(record, mappings)
  if (reading.kind === 'rejected') return { kind: 'rejected', reason: reading.reject.reason }
  if (reading.kind === 'passed') return reading
  const [first] = reading.parts
  if (!first) return { kind: 'passed', why: 'no-numbers' }
  return {
    kind: 'parts',
    format: first.shape.format,
    parts: reading.parts.slice(0, partsAtMost).map(partOf),
    partCount: reading.parts.length,
    ...(reading.refused ? { reason: reading.refused.reason } : {}),
  }
}

function partOf({ nodeId, nodeName, at, shape, values }: RecordPart): ReadPart {
  const counters = new Set(shape.counters)
  return {
    nodeId,
    nodeName,
    at,
    values: shape.names.slice(0, valuesAtMost).map((name, i) => ({
      name,
      value: values[i] as number,
      unit: unitOf(shape.units[name] ?? '', counters.has(i)),
      isCounter: counters.has(i),
    })),
    house: shape.house.map((formula) => houseReading(formula, shape, values)),
    attributes: shape.attributes,
  }
}

/** The unit of a counter in a shape is that of its rate; the record has what is counted. */
function unitOf(unit: string, isCounter: boolean): string {
  return isCounter ? unit.replace(/\/s$/, '') : unit
}
