import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { otlpMessages } from '../../../../tests/support/otlp-arbitrary.ts'
import { otlpBytes } from '../../../../tests/support/otlp-protobuf.ts'
import { formatVectors, vectorRecords } from '../../../../tests/support/format-vectors.ts'
import { otlpJson } from '../otlp-json.ts'
import { otlpProto } from '../otlp-proto.ts'
import { readRecord } from '../read-record.ts'
import type { FormatRecord, RecordReading } from '../record-part.ts'

const record = (value: Uint8Array): FormatRecord => ({
  value,
  key: null,
  topic: 'otlp_metrics',
  timestamp: 1795860001000,
})

function readJson(json: unknown): RecordReading {
  const value = Buffer.from(JSON.stringify(json))
  return otlpJson.read(record(value), { family: 'json', json: JSON.parse(value.toString()) as unknown })
}

function readProto(bytes: Uint8Array): RecordReading {
  return otlpProto.read(record(bytes), { family: 'binary', bytes })
}

/** What is stored, without what differs between the formats: its name, and places in reasons. */
function meaning(reading: RecordReading) {
  if (reading.kind === 'rejected') return { kind: 'rejected', code: reading.reject.code }
  if (reading.kind === 'passed') return reading
  const parts = reading.parts.map(({ shape, ...part }) => ({ ...part, shape: { ...shape, format: '' } }))
  return { ...reading, parts, refused: reading.refused?.code }
}

/** The same message with other values, so that the template of the first one fits. */
function changed(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json), (key, value: unknown) => {
    if (key === 'asDouble' && typeof value === 'number') return value / 3 + 1
    if (key === 'asInt') return String(BigInt.asIntN(64, BigInt(value as string) + 7n))
    return value
  }) as unknown
}

describe('a message means the same in protobuf and in JSON', () => {
  test('whatever it has', () => {
    fc.assert(
      fc.property(otlpMessages, (message) => {
        expect(meaning(readProto(otlpBytes(message)))).toEqual(meaning(readJson(message)))
      }),
      { numRuns: 1_000 },
    )
  })

  test('also once one like it was read', () => {
    fc.assert(
      fc.property(otlpMessages, (message) => {
        for (const next of [message, changed(message), message]) {
          expect(meaning(readProto(otlpBytes(next)))).toEqual(meaning(readJson(next)))
        }
      }),
      { numRuns: 700 },
    )
  })

  test('with fields of a later version', () => {
    fc.assert(
      fc.property(otlpMessages, (message) => {
        const bytes = otlpBytes(message, { hasUnknownFields: true })
        for (let i = 0; i < 2; i++) expect(meaning(readProto(bytes))).toEqual(meaning(readJson(message)))
      }),
      { numRuns: 400 },
    )
  })
})
