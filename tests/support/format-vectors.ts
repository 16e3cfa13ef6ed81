import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readRecord, type IncomingRecord } from '#shared/metric/formats/read-record.ts'
import type { RecordReading } from '#shared/metric/formats/record-part.ts'
import type { FieldMapping } from '#shared/metric/mapping/field-mapping.ts'
import { mappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import { PlainAssembler, type PlainSample } from './plain-assembler.ts'

/** A record of a vector. `payloadBase64` instead of `payload` if it is no text. */
interface VectorRecord {
  readonly key: string | null
  readonly timestamp: number
  readonly payload?: string | null
  readonly payloadBase64?: string
}

interface ExpectedSample {
  readonly node: string
  readonly nodeName: string
  readonly at: number
  readonly metrics: Readonly<Record<string, number>>
  readonly units?: Readonly<Record<string, string>>
  readonly attributes?: Readonly<Record<string, string>>
}

export interface Expected {
  readonly samples?: readonly ExpectedSample[]
  readonly counters?: Readonly<Record<string, number>>
  readonly reject?: { readonly code: string; readonly reasonContains: string }
  readonly passedOver?: string
  readonly topicState?: string
  readonly detailContains?: string
}

/** Records in order, and what ReMo makes of each. */
export interface FormatVector {
  readonly name: string
  readonly topic: string
  /** Present if the vector requires a schema registry. */
  readonly registry?: unknown
  /** Of its topic, which no other vector has. */
  readonly mapping?: FieldMapping
  readonly records: readonly VectorRecord[]
  readonly expected: readonly Expected[]
}

const folder = join(import.meta.dirname, '../fixtures/formats')

/** The vectors of `tests/fixtures/formats/<name>.json`. */
export function formatVectors(name: string): readonly FormatVector[] {
  const { vectors } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { vectors: FormatVector[] }
  return vectors.filter(({ registry }) => registry === undefined)
}

/** Files of vectors. */
export const vectorFiles = readdirSync(folder).map((file) => file.replace('.json', ''))

/** The mappings of all vectors. */
export const vectorMappings = mappingIndex(
  vectorFiles.flatMap((file) => formatVectors(file)).flatMap(({ mapping }) => (mapping ? [mapping] : [])),
)

/** The records of a vector as they come from Kafka. */
export function vectorRecords({ topic, records }: FormatVector): readonly IncomingRecord[] {
  return records.map(({ key, timestamp, payload, payloadBase64 }) => ({
    topic,
    timestamp,
    key: key === null ? null : Buffer.from(key),
    value: bytesOf(payload, payloadBase64),
  }))
}

function bytesOf(payload: string | null | undefined, base64: string | undefined): Uint8Array | null {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return payload === null || payload === undefined ? null : Buffer.from(payload)
}

/** Tests that each record of the vectors of a file is read as they say. */
export function testVectors(name: string): void {
  describe(`the vectors of ${name}`, () => {
    test.each(formatVectors(name).map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
      const assembler = new PlainAssembler()
      for (const [i, record] of vectorRecords(vector).entries()) {
        const reading = readRecord(record, vectorMappings)
        const samples = reading.kind === 'parts' ? assembler.add(reading.parts) : []
        expectReading({ reading, samples, assembler }, vector.expected[i] as Expected)
      }
    })
  })
}

interface Read {
  readonly reading: RecordReading
  readonly samples: readonly PlainSample[]
  readonly assembler: PlainAssembler
}

function expectReading({ reading, samples, assembler }: Read, expected: Expected): void {
  expect(samples.map(plain)).toEqual((expected.samples ?? []).map(expectedPlain))
  for (const [i, { attributes }] of (expected.samples ?? []).entries()) {
    if (attributes) expect(samples[i]?.attributes).toMatchObject(attributes)
  }
  if (expected.counters) expect(assembler.counters()).toMatchObject(expected.counters)
  expectReject(reading, expected)
  expectPassed(reading, expected)
}

function expectReject(reading: RecordReading, { reject: expected }: Expected): void {
  const reject = reading.kind === 'rejected' ? reading.reject : reading.kind === 'parts' ? reading.refused : undefined
  expect(reject?.code).toBe(expected?.code)
  if (expected) expect(reject?.reason.toLowerCase()).toContain(expected.reasonContains.toLowerCase())
}

function expectPassed(reading: RecordReading, { passedOver, topicState, detailContains }: Expected): void {
  const why = topicState === 'undecided' ? 'empty' : (topicState ?? passedOver)
  expect(reading.kind === 'passed' ? reading.why : undefined).toBe(why)
  if (detailContains) expect(reading.kind === 'passed' && reading.detail).toContain(detailContains)
}

/** A sum of doubles can differ in its last bits; a time finer than 2^53 by a millisecond. */
function plain({ nodeId, nodeName, at, metrics, units }: PlainSample) {
  return { nodeId, nodeName, at, metrics: closeTo(metrics), units: { ...units } }
}

function expectedPlain({ node, nodeName, at, metrics, units }: ExpectedSample) {
  return { nodeId: node, nodeName, at, metrics: closeTo(metrics), units: units ?? {} }
}

function closeTo(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(value.toPrecision(9))]))
}
