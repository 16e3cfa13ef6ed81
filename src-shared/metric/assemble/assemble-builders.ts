import type { HouseFormula, MeanFormula, PartShape, RecordPart } from '../formats/record-part.ts'
import { sampleAt, type Layout, type SampleColumns } from '../sample-columns.ts'
import type { Assembler } from './assembler.ts'
import { nextCounter, type CounterValue } from './counter-value.ts'
import type { CounterRow } from '../formats/counter-row.ts'

/** Builders for the tests of the assembler. */

export const start = 1_764_000_000_000

export interface ShapeParts {
  readonly part?: string
  readonly gauges?: readonly string[]
  readonly counters?: readonly string[]
  readonly house?: readonly HouseFormula[]
  readonly means?: readonly MeanFormula[]
}

/** Gauges come first, then counters. */
export function aShape({ part = 'm', gauges = [], counters = [], house = [], means = [] }: ShapeParts): PartShape {
  const names = [...gauges, ...counters]
  return {
    format: 'telegraf-json',
    part,
    names,
    units: {},
    counters: counters.map((_, i) => gauges.length + i),
    house,
    means,
    attributes: {},
  }
}

/** @param second event time after `start` */
// eslint-disable-next-line max-params -- a line of a table
export function aPart(shape: PartShape, second: number, values: readonly number[], node = 'a'): RecordPart {
  return { nodeId: node, nodeName: node, at: start + second * 1000, shape, values }
}

export interface TestRecord {
  readonly topic?: string
  readonly partition?: number
  readonly offset?: number
  readonly parts: readonly RecordPart[]
}

/** A row as tests compare it. Times are seconds after `start`. */
export interface TestRow {
  readonly node: string
  readonly part: string
  readonly second: number
  readonly values: Readonly<Record<string, number>>
  readonly raw: Readonly<Record<string, number>>
}

/** The rows of one batch. */
export function assembled(assembler: Assembler, records: readonly TestRecord[]): TestRow[] {
  return rowsOf(columnsOfRecords(assembler, records))
}

/** All records are of the partition of the first. */
export function columnsOfRecords(assembler: Assembler, records: readonly TestRecord[]): SampleColumns {
  const { topic = 't', partition = 0 } = records[0] ?? {}
  assembler.begin({ topic, partition })
  for (const { offset = 0, parts } of records) assembler.add({ offset, timestamp: -1 }, parts)
  return assembler.take().columns
}

export function rowsOf(columns: SampleColumns): TestRow[] {
  return Array.from({ length: columns.count }, (_, i) => {
    const { nodeId, at, names, values } = sampleAt(columns, i)
    const { part } = layoutAt(columns, i)
    const entries = names.map((name, n) => [name, values[n] as number] as const)
    return {
      node: nodeId,
      part,
      second: (at - start) / 1000,
      values: Object.fromEntries(entries),
      raw: rawAt(columns, i),
    }
  })
}

/** What a store keeps of rows, for the next start. */
export class KeptCounters {
  readonly #rows = new Map<string, { row: Omit<CounterRow, 'values'>; values: Map<string, CounterValue> }>()

  keep(
    columns: SampleColumns,
    { topic = 't', partition = 0 }: Partial<Pick<CounterRow, 'topic' | 'partition'>> = {},
  ): void {
    for (let i = 0; i < columns.count; i++) {
      const { nodeId, at } = sampleAt(columns, i)
      const row = { topic, partition, nodeId, part: layoutAt(columns, i).part }
      const key = JSON.stringify(row)
      const kept = this.#rows.get(key) ?? { row, values: new Map<string, CounterValue>() }
      this.#rows.set(key, kept)
      for (const [name, raw] of Object.entries(rawAt(columns, i))) {
        kept.values.set(name, nextCounter(kept.values.get(name), raw, at))
      }
    }
  }

  rows(): CounterRow[] {
    return Array.from(this.#rows.values(), ({ row, values }) => ({ ...row, values: new Map(values) }))
  }
}

function rawAt({ raw, ...columns }: SampleColumns, i: number): Record<string, number> {
  const { counters } = layoutAt(columns, i)
  return Object.fromEntries(counters.map((name, n) => [name, raw?.values[(raw.first[i] ?? 0) + n] ?? NaN]))
}

function layoutAt({ directory, layout }: SampleColumns, i: number): Layout {
  return directory.layouts[layout[i] ?? NaN] as Layout
}
