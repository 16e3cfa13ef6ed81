import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  allVectorRecords,
  expectNamesFormatAndField,
  soundReading,
  type NamedRecord,
} from '../../../tests/support/format-checks.ts'
import { readRecord } from './read-record.ts'

const vectors = allVectorRecords()
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const record = (value: Uint8Array | null, topic = 'any') => ({ value, key: null, topic, timestamp: 1_795_860_001_000 })
const some = fc.constantFrom(...vectors)
const edit = fc.record({ at: fc.nat(), cut: fc.nat(6), put: fc.uint8Array({ maxLength: 4 }) })
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never
const edits = fc.array(edit, { minLength: 1, maxLength: 3 })
function edited({ record: original }: NamedRecord, changes: readonly Edit[]): NamedRecord['record'] {
  const value = [...original.value]
  for (const { at, cut, put } of changes) value.splice(at % (value.length + 1), cut, ...put)
  return { ...original, value: Uint8Array.from(value) }
}
const isOwn = ({ record: { topic } }: NamedRecord): boolean => topic.startsWith('metrics-')

describe('a record of any bytes is read, passed over or rejected with a reason', () => {
  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (value) => void soundReading(record(value))),
      { numRuns: 5_000 },
    )
  })

  test('any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => void soundReading(record(bytesOf(text)))),
      { numRuns: 3_000 },
    )
  })

  test('any text', () => {
    const word = fc.constantFrom(
      'PUTVAL',
      'cpu',
      ',',
      ' ',
      '=',
      ':',
      ';',
      '1',
      '1795860000',
      'host=a',
      '"',
      '\\',
      '\n',
      '/',
      '.',
      'NaN',
    )
    const text = fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 20 })
    fc.assert(
      fc.property(text, (words) => void soundReading(record(bytesOf(words.join(''))))),
      { numRuns: 5_000 },
    )
  })

  test('a vector with some bytes changed', () => {
    fc.assert(
      fc.property(some, edits, (original, changes) => void soundReading(edited(original, changes))),
      { numRuns: 5_000 },
    )
  })

  test('two vectors joined', () => {
    fc.assert(
      fc.property(some, some, fc.constantFrom('', '\n', ' ', ','), (a, b, between) => {
        soundReading({ ...a.record, value: Buffer.concat([a.record.value, Buffer.from(between), b.record.value]) })
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('what a record is follows from it alone', () => {
  test('whatever was read before', () => {
    const alone = vectors.map(({ record: one }) => JSON.stringify(readRecord(one)))
    const turned = vectors.toReversed().map(({ record: one }) => JSON.stringify(readRecord(one)))
    expect(turned.toReversed()).toEqual(alone)
  })

  test('also if that was damaged', () => {
    const alone = new Map(vectors.map(({ name, record: one }) => [name, JSON.stringify(readRecord(one))]))
    fc.assert(
      fc.property(some, edits, some, (damaged, damage, { name, record: next }) => {
        readRecord(edited(damaged, damage))
        expect(JSON.stringify(readRecord(next))).toBe(alone.get(name))
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('a truncated record', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    for (let length = 0; length < vector.record.value.length; length++) {
      const reading = soundReading({ ...vector.record, value: vector.record.value.subarray(0, length) })
      if (isOwn(vector)) continue
      if (reading.kind === 'rejected') expectNamesFormatAndField(reading.reject.reason)
      if (reading.kind === 'parts' && reading.refused) expectNamesFormatAndField(reading.refused.reason)
    }
  })
})

describe('a record with another type at a field', () => {
  const others = [
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    '',
    'x',
    'NaN',
    '\0',
    '\ud800',
    'y'.repeat(300),
    [],
    [[]],
    {},
    { a: {} },
  ]
  const json = vectors.flatMap((vector) => {
    try {
      return [[vector.name, vector, JSON.parse(Buffer.from(vector.record.value).toString()) as unknown] as const]
    } catch {
      return []
    }
  })

  test.each(json)('%s', (_, vector, value) => {
    for (const changed of withEachFieldChanged(value, others)) {
      const reading = soundReading({ ...vector.record, value: bytesOf(JSON.stringify(changed)) })
      if (isOwn(vector) || reading.kind !== 'rejected') continue
      // With an object `metrics`, or a key of ReMo's own format, it is rejected as that.
      const { reason } = reading.reject
      if (!/^(?:node_id|node_name|timestamp|metrics): /.test(reason)) expectNamesFormatAndField(reason)
    }
  })

  /** Each value, at any depth, replaced by each of the others, and left out. */
  function* withEachFieldChanged(value: unknown, by: readonly unknown[]): Generator<unknown> {
    yield* by
    if (typeof value !== 'object' || value === null) return
    const entries = Object.entries(value)
    for (const [key, inner] of entries.slice(0, 12)) {
      for (const changed of withEachFieldChanged(inner, by)) {
        yield Array.isArray(value)
          ? value.map((one: unknown, i) => (String(i) === key ? changed : one))
          : { ...value, [key]: changed }
      }
      if (!Array.isArray(value)) yield Object.fromEntries(entries.filter(([other]) => other !== key))
    }
  }
})

describe('a record with a time in the wrong unit', () => {
  test.each([1e-12, 1e-3, 1e3, 1e12, -1])('times %s', (factor) => {
    for (const { record: original } of vectors) {
      const text = Buffer.from(original.value).toString('latin1')
      const changed = text.replaceAll(/\b1795860\d{3,}(?:\.\d+)?/g, (digits) => String(Number(digits) * factor))
      const reading = soundReading({ ...original, value: Buffer.from(changed, 'latin1') })
      if (reading.kind !== 'parts') continue
      for (const { at } of reading.parts) expect(at).toBeGreaterThan(Date.UTC(1973, 0))
    }
  })
})

describe('the usual damage, in each format', () => {
  const damages: ReadonlyArray<readonly [name: string, damage: (value: Uint8Array) => Uint8Array | null]> = [
    ['tombstone', () => null],
    ['empty', () => new Uint8Array(0)],
    ['not JSON', (value) => Buffer.concat([Buffer.from('not json '), value])],
    [
      'bad UTF-8',
      (value) => Buffer.concat([value.subarray(0, 20), Buffer.from([0xff, 0xfe, 0x7b]), value.subarray(20)]),
    ],
    ['numbers as texts', (value) => latin1(value, (text) => text.replaceAll(/:(-?\d[\d.]*)/g, ':"$1"'))],
    ['NaN', (value) => latin1(value, (text) => text.replaceAll(/([:=])-?\d[\d.]*/g, '$1NaN'))],
    ['infinities', (value) => latin1(value, (text) => text.replaceAll(/([:=])-?\d[\d.]*/g, '$11e400'))],
    ['a byte order mark', (value) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), value])],
    ['NUL bytes behind it', (value) => Buffer.concat([value, Buffer.alloc(8)])],
    ['two in one', (value) => Buffer.concat([value, value])],
  ]
  const latin1 = (value: Uint8Array, change: (text: string) => string): Uint8Array =>
    Buffer.from(change(Buffer.from(value).toString('latin1')), 'latin1')

  test.each(damages)('%s', (_, damage) => {
    for (const { record: original } of vectors) soundReading({ ...original, value: damage(original.value) })
  })
})
