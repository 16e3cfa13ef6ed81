import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allVectorRecords, soundReading } from '../../../tests/support/format-checks.ts'
import { readRecord } from '../formats/read-record.ts'
import type { RecordReading } from '../formats/record-part.ts'
import { FieldMapping } from './field-mapping.ts'
import { pathText, type PathStep } from './field-path.ts'
import { jsonContents } from './json-contents.ts'
import { fieldsOf } from './mapped-fields.ts'
import { mappingIndex } from './mapping-index.ts'
import { previewMapping } from './preview-mapping.ts'

const at = 1_795_860_000_000
const recordOf = (text: string | Uint8Array) => ({ topic: 't', key: null, timestamp: at, value: Buffer.from(text) })
const read = (text: string, mapping: FieldMapping): RecordReading =>
  soundReading(recordOf(text), mappingIndex([mapping]))

const key = fc.constantFrom('a', 'b', 'host', 'ts', 'v', 'a.b', '__proto__', 'constructor', 'toString', '', 'length')
const step: fc.Arbitrary<PathStep> = fc.oneof(
  { weight: 4, arbitrary: key.map((one) => ({ key: one })) },
  { weight: 1, arbitrary: fc.nat(2).map((index) => ({ index })) },
  { weight: 2, arbitrary: fc.constant('each' as const) },
)
const path = (steps: fc.Arbitrary<PathStep>, minLength = 0) =>
  fc.array(steps, { minLength, maxLength: 4 }).map(pathText)
const inElement = step.filter((one) => one !== 'each')
const absent = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
const mapping: fc.Arbitrary<FieldMapping> = fc
  .record({
    topic: fc.constant('t'),
    node: path(step, 1),
    nodeName: absent(path(step, 1)),
    time: absent(path(step, 1)),
    values: path(step),
    name: absent(path(inElement, 1)),
    value: absent(path(inElement)),
    unit: absent(path(inElement, 1)),
    prefix: absent(fc.constantFrom('', 'p.', 'x'.repeat(64))),
    house: absent(fc.constant({ cpu_usage: 'a', disk_io: 'a' })),
  })
  .map((fields) => JSON.parse(JSON.stringify(fields)) as FieldMapping)
const scalar = fc.constantFrom<unknown[]>(
  at,
  1,
  -0.5,
  1e300,
  2 ** 60,
  'x',
  '61.5',
  'NaN',
  '',
  '\ud800',
  null,
  true,
  'y'.repeat(300),
)
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', maxDepth: 5 },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(key, tie('json'), { maxKeys: 4 }),
  ),
}))

describe('any mapping and any JSON', () => {
  test('give a reading that can be stored, and fields to show', () => {
    fc.assert(
      fc.property(mapping, json, (fields, value) => {
        expect(FieldMapping.safeParse(fields).error?.issues ?? []).toEqual([])
        const text = JSON.stringify(value)
        read(text, fields)
        fieldsOf(fields, value)
        previewMapping([recordOf(text)], fields)
      }),
      { numRuns: 5_000 },
    )
  })

  test('give a value or a reason for each value that the mapping names', () => {
    fc.assert(
      fc.property(mapping, json, (fields, value) => {
        const reading = readRecord(recordOf(JSON.stringify(value)), mappingIndex([fields]))
        const shown = fieldsOf(fields, value)
        if (reading.kind !== 'parts' || reading.parts[0]?.shape.format !== 'mapping') return
        const names = new Set(shown.values.map(({ name }) => name))
        for (const name of reading.parts.flatMap(({ shape }) => shape.names)) expect(names).toContain(name)
      }),
      { numRuns: 2_000 },
    )
  })
})

test('a record of another format is read alike with a mapping that does not find anything', () => {
  const nothing: FieldMapping = { topic: '', node: 'no_such_field', values: 'nor_this[*]' }
  for (const { record } of allVectorRecords()) {
    const alone = readRecord(record)
    const mapped = readRecord(record, { has: () => true, at: () => nothing })
    const isMissed = alone.kind === 'passed' && alone.why === 'not-metrics'
    expect(isMissed ? { ...mapped, detail: alone.detail } : mapped).toEqual(alone)
  }
})

const simple: FieldMapping = { topic: 't', node: 'id', time: 'ts', values: 'v[*]', name: 'n', value: 'x' }
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
const said = (reading: RecordReading): unknown => {
  if (reading.kind === 'passed') return reading.why
  if (reading.kind === 'rejected') return reading.reject.code
  return reading.leftOut?.map(({ bound, left }) => `${left} ${bound}`).join() ?? reading.parts.length
}

/** Each is at most 4 MB. Reading one takes less than a second. */
const huge: ReadonlyArray<readonly [string, () => string, Partial<FieldMapping>, unknown]> = [
  ['100,000 elements', () => element(many(100_000, (i) => ({ n: `m${i}`, x: i }))), {}, '98976 metrics-of-record'],
  ['100,000 elements of one name', () => element(many(100_000, (i) => ({ n: 'm', x: i }))), {}, 1],
  ['100,000 elements without a name', () => element(many(100_000, (i) => ({ x: i }))), {}, 'wrong-shape'],
  ['100,000 texts', () => element(many(100_000, () => ({ n: 'm', x: 'text' }))), {}, 'not-a-number'],
  [
    '50,000 nodes',
    () => JSON.stringify({ ts: at, v: many(50_000, (i) => ({ id: `h${i}`, x: i })) }),
    { node: 'v[*].id', values: 'v[*]', name: 'id' },
    50_000,
  ],
  [
    '20,000 records in a list',
    () => JSON.stringify(many(20_000, (i) => ({ id: `h${i}`, ts: at, v: [{ n: 'a', x: 1 }] }))),
    {},
    20_000,
  ],
  [
    '* on *',
    () => element(many(300, () => many(300, (i) => ({ n: `m${i}`, x: 1 })))),
    { values: 'v[*][*]' },
    '88976 metrics-of-record',
  ],
  ['lists in lists', () => `${'['.repeat(100_000)}1${']'.repeat(100_000)}`, {}, 'not-metrics'],
  [
    'lists in an element',
    () => `{"id":"a","ts":${at},"v":[{"n":"m","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`,
    {},
    'not-a-number',
  ],
  [
    'objects in objects',
    () => `{"id":"a","ts":${at},"v":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`,
    { values: 'v', value: undefined, name: undefined },
    'not-a-number',
  ],
  ['a name of 2 MB', () => element([{ n: 'm'.repeat(2_000_000), x: 1 }]), {}, '1 name-length'],
  [
    'a node of 2 MB',
    () => JSON.stringify({ id: 'a'.repeat(2_000_000), ts: at, v: [{ n: 'm', x: 1 }] }),
    {},
    'wrong-shape',
  ],
  ['a unit of 2 MB', () => element([{ n: 'm', x: 1, u: '{'.repeat(2_000_000) }]), { unit: 'u' }, 1],
  ['a number of 1 MB', () => `{"id":"a","ts":${at},"v":[{"n":"m","x":${'1'.repeat(1_000_000)}}]}`, {}, 'not-a-number'],
  ['10 MB', () => element([{ n: 'm', x: 1 }]).padEnd(10_000_000), {}, 'too-large'],
]

function element(v: unknown): string {
  return JSON.stringify({ id: 'a', ts: at, v })
}

test.each(huge)('a record with %s is read within its limits', (_, text, change, expected) => {
  const fields = JSON.parse(JSON.stringify({ ...simple, ...change })) as FieldMapping
  expect(said(read(text(), fields))).toEqual(expected)
})

test.each([
  ['12 orders too large', 1e12, 'bad-timestamp'],
  ['12 orders too small', 1e-12, 'bad-timestamp'],
  ['in seconds', 1e-3, 1],
  ['in microseconds', 1e3, 1],
  ['in nanoseconds', 1e6, 1],
])('a time %s', (_, factor, expected) => {
  expect(said(read(`{"id":"a","ts":${at * factor},"v":[{"n":"m","x":1}]}`, simple))).toEqual(expected)
})

test.each(['NaN', 'Infinity', '-Infinity', '"nan"', '1e400', '"inf"'])('%s is no number', (number) => {
  const text = `{"id":"a","ts":${at},"v":[{"n":"m","x":${number}},{"n":"k","x":1}]}`
  expect(read(text, simple)).toMatchObject({ parts: [{ values: [1] }] })
})

test('names of prototypes are names like any other', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const reading = read(element(names.map((n, x) => ({ n, x }))), simple)
  expect(reading).toMatchObject({ parts: [{ shape: { names }, values: [0, 1, 2, 3] }] })
  const below = `{"id":"a","ts":${at},"v":{"__proto__":1,"constructor":2}}`
  const bare: FieldMapping = { topic: 't', node: 'id', time: 'ts', values: 'v' }
  expect(read(below, bare)).toMatchObject({ parts: [{ shape: { names: ['__proto__', 'constructor'] } }] })
  // What an object has of its prototype is not in the record.
  expect(said(read(`{"ts":${at}}`, { ...bare, node: 'constructor.name', values: 'toString' }))).toBe('not-metrics')
})

test('a list of records is read by its elements, unless the node begins in a list', () => {
  const records = '[{"id":"a","m":1},{"id":"b","m":2}]'
  const each: FieldMapping = { topic: 't', node: 'id', values: '*' }
  const nodes = (fields: FieldMapping): unknown => {
    const reading = read(records, fields)
    return reading.kind === 'parts' && reading.parts.map(({ nodeId, values }) => [nodeId, values])
  }
  const ofEach = [
    ['a', [1]],
    ['b', [2]],
  ]
  expect(nodes(each)).toEqual(ofEach)
  expect(nodes({ ...each, node: '[*].id', values: '[*].m' })).toEqual(ofEach)
  expect(nodes({ ...each, node: '[1].id', values: '[*].m' })).toEqual([['b', [1, 2]]])
})

test('the JSON of a record is what a mapping reads of it', () => {
  const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), Buffer.from('{"schema":null,"payload":"{\\"a\\":1}"}')])
  expect(jsonContents(framed)).toEqual([{ a: 1 }])
  expect(jsonContents(Buffer.from('{"a":1}\n{"a":2}\n'))).toEqual([{ a: 1 }, { a: 2 }])
  expect(jsonContents(Buffer.from('{"a":1'))).toEqual([])
  expect(jsonContents(null)).toEqual([])
})
