import { describe, expect, test } from 'vitest'
import { KeptCounters } from '#shared/metric/assemble/assemble-builders.ts'
import { totalPart } from '#shared/metric/assemble/assembler.ts'
import { addedPrefix } from '#shared/metric/assemble/shape-plan.ts'
import { sampleAt, type SampleColumns } from '#shared/metric/sample-columns.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import {
  formatVectors,
  vectorFiles,
  vectorMappings,
  vectorRecords,
  type Expected,
  type FormatVector,
} from '../../tests/support/format-vectors.ts'
import { decodeBatch, type DecodedBatch } from './decode-batch.ts'
import { aRun } from './run-builders.ts'

// Every vector from the bytes of its records to the rows that are stored, and not only through its reader.

interface Merged {
  readonly node: string
  readonly nodeName: string
  readonly at: number
  readonly metrics: Record<string, number>
  readonly units: Record<string, string>
}

describe.each(vectorFiles)('%s', (file) => {
  test.each(formatVectors(file).map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const scanner = new SampleScanner()
    const kept = new KeptCounters()
    const read = inBatches(vector, scanner)
    for (const [i, expected] of vector.expected.entries()) {
      const batch = read(i)
      kept.keep(batch.columns)
      expect(mergedSamples(batch.columns)).toEqual((expected.samples ?? []).map(plainSample))
      if (expected.counters) expect(rawValues(kept)).toMatchObject(expected.counters)
      expectOutcome(batch, expected)
    }
  })

  test('all records of a vector are counted in one batch', () => {
    for (const vector of formatVectors(file)) {
      const { tally, rejects } = decoded(vector, new SampleScanner(), 0, vector.records.length)
      const counted = [...tally.formats.values(), ...tally.passed.values()].reduce((sum, count) => sum + count, 0)
      const bad = rejects.filter(({ position }) => (vector.expected[position.offset]?.samples ?? []).length === 0)
      expect([tally.records, counted + bad.length]).toEqual([vector.records.length, vector.records.length])
    }
  })
})

function inBatches(vector: FormatVector, scanner: SampleScanner): (i: number) => DecodedBatch {
  return (i) => decoded(vector, scanner, i, i + 1)
}

function decoded(vector: FormatVector, scanner: SampleScanner, from: number, to: number): DecodedBatch {
  const records = vectorRecords(vector).map((record, offset) => ({ ...record, offset }))
  scanner.mappings = vectorMappings
  const runs = [aRun(records.slice(from, to))]
  const batch = decodeBatch({ topic: vector.topic, partition: 0, runs, next: to, end: to }, undefined, scanner)
  if (!batch) throw new Error('expected a batch')
  return batch
}

/** One sample for each node and time, as the vectors have them: without totals over records. */
function mergedSamples(columns: SampleColumns): Merged[] {
  const merged = new Map<string, Merged>()
  for (let i = 0; i < columns.count; i++) {
    if (columns.directory.layouts[columns.layout[i] as number]?.part === totalPart) continue
    const { nodeId, nodeName, at, names, values, units } = sampleAt(columns, i)
    const key = JSON.stringify([nodeId, at])
    const sample = merged.get(key) ?? { node: nodeId, nodeName, at, metrics: {}, units: {} }
    merged.set(key, sample)
    for (const [n, name] of names.entries()) {
      sample.metrics[name] = rounded(values[n] as number)
      if (units?.[name] !== undefined) sample.units[name] = units[name]
    }
  }
  return [...merged.values()].filter(({ metrics }) => Object.keys(metrics).length > 0)
}

function plainSample({ node, nodeName, at, metrics, units = {} }: NonNullable<Expected['samples']>[number]): Merged {
  const entries = Object.entries(metrics).map(([name, value]) => [name, rounded(value)] as const)
  return { node, nodeName, at, metrics: Object.fromEntries(entries), units: { ...units } }
}

function rounded(value: number): number {
  return Number(value.toPrecision(9))
}

function rawValues(kept: KeptCounters): Record<string, number> {
  const values = kept.rows().flatMap((row) => Array.from(row.values, ([name, { raw }]) => [name, raw] as const))
  return Object.fromEntries(values.filter(([name]) => !name.startsWith(addedPrefix)))
}

function expectOutcome({ rejects, tally }: DecodedBatch, expected: Expected): void {
  expect(rejects.map(({ reject }) => reject.code)).toEqual(expected.reject ? [expected.reject.code] : [])
  if (expected.reject) {
    expect(rejects[0]?.reject.reason.toLowerCase()).toContain(expected.reject.reasonContains.toLowerCase())
  }
  const why = expected.topicState === 'undecided' ? 'empty' : (expected.topicState ?? expected.passedOver)
  expect([...tally.passed]).toEqual(why === undefined ? [] : [[why, 1]])
  const [detail] = tally.details.values()
  if (expected.detailContains) expect(detail).toContain(expected.detailContains)
  const isRead = why === undefined && (expected.reject === undefined || (expected.samples ?? []).length > 0)
  expect([...tally.formats.values()]).toEqual(isRead ? [1] : [])
}
