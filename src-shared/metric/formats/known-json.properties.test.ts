import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KnownJson } from './known-json.ts'
import { readRecord } from './read-record.ts'
import { shapeIn } from './readings.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const record = (value: Uint8Array) => ({ value, key: bytesOf('key'), topic: 'telegraf', timestamp: 1_795_860_001_000 })

/** Reads all values in turn, from one buffer with digits around them. @returns how many were known */
function readAll(values: readonly Uint8Array[]): number {
  const known = new KnownJson()
  let count = 0
  for (const value of values) {
    const bytes = new Uint8Array(value.length + 2).fill(0x31)
    bytes.set(value, 1)
    const expected = readRecord(record(value))
    const fast = known.read(bytes, 1, 1 + value.length)
    if (fast) {
      count++
      expect(fast).toStrictEqual(expected)
      expect(shapeIn(fast)).toBe(shapeIn(expected))
    } else if (expected.kind !== 'rejected') known.learn(value, expected)
  }
  return count
}

describe('a known record is read as the reader of JSON of Telegraf reads it', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => String(n / 100)),
    fc.constantFrom(
      '0',
      '-0',
      '-1',
      '1e400',
      'null',
      'true',
      'false',
      '{}',
      '[1]',
      'NaN',
      '"x"',
      '"a\\"b"',
      '"ü"',
      '""',
    ),
  )
  const usual = fc.integer({ min: -8, max: 1e7 }).map((n) => String(n / 8))
  const key = fc.constantFrom(
    'speed',
    'usage_idle',
    'a',
    'b',
    '1',
    '10',
    'ü',
    'x}y',
    '__proto__',
    'constructor',
    '\\u0061',
  )
  const space = fc.oneof({ weight: 8, arbitrary: fc.constant('') }, fc.constantFrom(' ', '\n'))
  const fields = fc
    .array(fc.tuple(key, fc.oneof({ weight: 3, arbitrary: usual }, number)), { maxLength: 4 })
    .chain((list) => space.map((gap) => `{${list.map(([k, v]) => `"${k}":${gap}${v}${gap}`).join(`,${gap}`)}}`))
  const name = fc.constantFrom('"net"', '"cpu"', '"ü"', '""', '1', '"a\\nb"')
  const tags = fc.constantFrom(
    '{"cpu":"cpu-total","host":"a"}',
    '{"host":"b"}',
    '{"host":"a","interface":"lo"}',
    '{"host":""}',
    '{}',
    '{"host":1}',
    '{"host":"a","host":"b"}',
    '{"x":"}","host":"a"}',
  )
  const time = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1_795_860_000, max: 1_795_860_009 }).map(String) },
    fc.constantFrom('1795860000123', '1795860000.25', '17', '"2026-11-28T10:00:00Z"', 'null', '1795860000123000000'),
  )
  const metric = fc.tuple(fields, name, tags, time, fc.nat(20), space).map(([f, n, t, at, turn, gap]) => {
    const members = [`"fields":${f}`, `"name":${gap}${n}`, `"tags":${t}`, `"timestamp":${gap}${at}`]
    if (turn === 0) members.reverse()
    if (turn === 1) members.push('"node_id":"a"')
    if (turn === 2) members.pop()
    return bytesOf(`${gap}{${members.join(`,${gap}`)}${gap}}${turn % 2 === 0 ? '\n' : ''}`)
  })
  const edit = fc.record({ of: fc.nat(), at: fc.nat(), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) })

  test('whatever the records before were', () => {
    fc.assert(
      fc.property(fc.array(metric, { minLength: 2, maxLength: 10 }), (list) => void readAll([...list, ...list])),
      { numRuns: 3_000 },
    )
  })

  test('with any bytes of it changed', () => {
    fc.assert(
      fc.property(fc.array(metric, { minLength: 1, maxLength: 4 }), fc.array(edit, { maxLength: 6 }), (list, edits) => {
        const changed = edits.map(({ of, at, cut, put }) => {
          const value = [...(list[of % list.length] as Uint8Array)]
          value.splice(at % (value.length + 1), cut, ...put)
          return Uint8Array.from(value)
        })
        readAll([...list, ...list, ...changed, ...list])
      }),
      { numRuns: 3_000 },
    )
  })

  const text = (fields: object, host: string): Uint8Array =>
    bytesOf(`${JSON.stringify({ fields, name: 'net', tags: { host, interface: 'lo' }, timestamp: 1_795_860_000 })}\n`)

  test('in most cases it is known', () => {
    const list = Array.from({ length: 100 }, (_, i) =>
      text({ a: i, b: i / 8, c: i % 3 === 0, d: `x ${i}` }, `h${i % 5}`),
    )
    expect(readAll(list)).toBe(95)
  })

  test('without an unknown speed, and without any number', () => {
    const list = Array.from({ length: 20 }, (_, i) => text(i % 2 === 0 ? { speed: -1, x: i } : { y: 'text' }, 'a'))
    expect(readAll(list)).toBe(18)
  })
})
