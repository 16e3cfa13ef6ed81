import { describe, expect, test } from 'vitest'
import { formatLabel, formatNames } from '#shared/metric/formats/format-name.ts'
import { detectedValue } from '#shared/metric/formats/detected-value.ts'
import { readRecord, type IncomingRecord } from '#shared/metric/formats/read-record.ts'
import { readers } from '#shared/metric/formats/readers.ts'
import type { RecordPart, RecordReading } from '#shared/metric/formats/record-part.ts'
import { messageLimits } from '#shared/metric/message.ts'
import { formatVectors, vectorMappings, vectorRecords } from './format-vectors.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

const labels = formatNames.map(formatLabel)
/** What reasons of ReMo's own format begin with: a field, also of what only looks like it. */
const ownReason = /^(?:value|node_id|node_name|timestamp|metrics|units)[:.]/

/** The reading, which must be one that the assembler and the store can take. */
export function soundReading(record: IncomingRecord): RecordReading {
  const reading = readRecord(record, vectorMappings)
  const refused = reading.kind === 'rejected' ? reading.reject : reading.kind === 'parts' ? reading.refused : undefined
  if (refused) {
    expect(refused.reason.length).toBeLessThan(600)
    const isNamed = ownReason.test(refused.reason) || labels.some((label) => refused.reason.startsWith(`${label}, `))
    expect(isNamed, refused.reason).toBe(true)
  }
  if (reading.kind !== 'parts') return reading
  // One comparison: records with many thousand parts are read too.
  expect(reading.parts.filter((part) => !isSound(part)).slice(0, 3)).toEqual([])
  return reading
}

function isSound({ nodeId, at, shape, values }: RecordPart): boolean {
  const { names } = shape
  return (
    values.length === names.length &&
    values.every((value) => Number.isFinite(value)) &&
    names.length <= messageLimits.metricsPerMessage &&
    new Set(names).size === names.length &&
    names.every((name) => name !== '' && name.length <= messageLimits.metricName) &&
    nodeId !== '' &&
    nodeId.length <= messageLimits.nodeId &&
    Number.isSafeInteger(at)
  )
}

/** Tests what a producer, a bridge or a disk can do to the records of the vectors of a file. */
export function testPoison(name: string): void {
  const records = formatVectors(name).flatMap((vector) => vectorRecords(vector))
  const texts = records.flatMap((record) =>
    record.value ? [{ record, text: Buffer.from(record.value).toString() }] : [],
  )
  const read = (record: IncomingRecord, text: string): RecordReading =>
    soundReading({ ...record, value: Buffer.from(text) })

  describe(`records of ${name}`, () => {
    test('that end after any byte are read, passed over or rejected', () => {
      for (const { record, text } of texts) {
        const bytes = Buffer.from(text)
        for (let length = 0; length < bytes.length; length++) {
          soundReading({ ...record, value: bytes.subarray(0, length) })
        }
      }
    })

    test('with another type in any field are read without it, passed over, or rejected by name', () => {
      for (const { record, text } of texts) {
        const json = parsed(text)
        if (json === undefined) continue
        for (const other of otherTypes(json)) read(record, JSON.stringify(other))
      }
    })

    test('with numbers that are none, and times in other units', () => {
      for (const { record, text } of texts) {
        for (const word of [
          'NaN',
          '-Infinity',
          '1e400',
          '-1',
          '0',
          '1795860000000000000000',
          '17958',
          '"nan"',
          'null',
        ]) {
          for (const changed of eachNumber(text, word)) read(record, changed)
        }
      }
    })

    test('with any byte replaced', () => {
      for (const { record, text } of texts) {
        const bytes = Buffer.from(text)
        for (let at = 0; at < bytes.length; at++) {
          for (const byte of [0x00, 0x22, 0x7b, 0xff]) {
            const changed = Buffer.from(bytes)
            changed[at] = byte
            soundReading({ ...record, value: changed })
          }
        }
      }
    })

    test('have one format, whatever is changed in them', () => {
      for (const { text } of texts) {
        const json = parsed(text)
        const others = json === undefined ? [text] : [json, ...otherTypes(json)].map((one) => JSON.stringify(one))
        for (const other of [...others, ...eachNumber(text, 'NaN')]) {
          const value = detectedValue(Buffer.from(other))
          expect(readers.filter((reader) => reader.detect(value)).length).toBeLessThanOrEqual(1)
        }
      }
    })

    test('a thousand times in one record', () => {
      for (const { record, text } of texts) {
        const json = parsed(text)
        read(record, `${text.trim()}\n`.repeat(1_000))
        if (json !== undefined) read(record, JSON.stringify(Array(1_000).fill(json)))
      }
    })
  })
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

const deep = JSON.parse('{"a":'.repeat(500) + '1' + '}'.repeat(500)) as Json
const instead: readonly Json[] = [
  ...[null, true, 0, -1, 0.5, 1e308, 4e18, '', 'x', 'x'.repeat(300), '\u0000', '12', '1e3', '2026-11-28T10:00:00Z'],
  ...[[], [1], ['x', null], {}, { a: 1 }, { name: 'x', pct: 0.5 }, deep],
]

/** The value with each field, and each element, replaced, left out, or twice as deep. */
function* otherTypes(json: Json): Iterable<Json> {
  yield* instead
  if (Array.isArray(json)) {
    for (const [i, one] of (json as readonly Json[]).entries()) {
      for (const other of otherTypes(one)) yield (json as readonly Json[]).with(i, other)
    }
  } else if (typeof json === 'object' && json !== null) {
    const object = json as { readonly [key: string]: Json }
    for (const key of Object.keys(object)) {
      const { [key]: one, ...others } = object
      yield others
      for (const other of otherTypes(one as Json)) yield { ...object, [key]: other }
      for (const odd of ['__proto__', 'constructor', 'a.b{c=d}', '\ud800', 'x'.repeat(300)])
        yield { ...others, [odd]: one as Json }
    }
  }
}

/** The text with each of its numbers replaced. */
function eachNumber(text: string, word: string): string[] {
  const numbers = [...text.matchAll(/(?<![\w".])-?\d+(?:\.\d+)?(?![\w".])/g)]
  return numbers.map(({ 0: number, index }) => text.slice(0, index) + word + text.slice(index + number.length))
}
