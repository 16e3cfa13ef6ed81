import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KnownLines } from './known-lines.ts'
import { readRecord } from './read-record.ts'
import type { RecordReading } from './record-part.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const record = (value: Uint8Array) => ({ value, key: null, topic: 'telegraf', timestamp: 1_795_860_001_000 })

/** Reads all values in turn, from one buffer with digits around them. */
function readAll(values: readonly Uint8Array[]): { readonly known: number } {
  const lines = new KnownLines()
  let known = 0
  for (const value of values) {
    const bytes = new Uint8Array(value.length + 2).fill(0x31)
    bytes.set(value, 1)
    const expected = readRecord(record(value))
    const fast = lines.read(bytes, 1, 1 + value.length)
    if (fast) {
      known++
      expect(fast).toStrictEqual(expected)
      expectSameShape(fast, expected)
    } else if (expected.kind !== 'rejected') lines.learn(value, expected)
  }
  return { known }
}

function expectSameShape(a: RecordReading, b: RecordReading): void {
  const shapes = [a, b].map((reading) => (reading.kind === 'parts' ? reading.parts[0]?.shape : undefined))
  expect(shapes[0]).toBe(shapes[1])
}

describe('a known line is read as the reader of lines reads it', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map((n) => `${n}i`),
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => String(n / 100)),
    fc.constantFrom('0', '-0', '-0i', '-1', '-1i', '007i', '007', '12u', '9007199254740993i', '1.', '.5', '+1', '1e5i'),
    fc.constantFrom('t', 'f', 'true', 'false', 'True', 'T', 'tr', 'NaN', 'Inf', '', '-', '1e999', '5x', '"text"'),
    fc.constantFrom('"a, b=c"', '"ü"', '"a\\"b"', '"a\nb"', '"', 'i', '-i'),
  )
  const usual = fc.integer({ min: 0, max: 1e7 }).map((n) => String(n / 8))
  const field = fc.tuple(
    fc.constantFrom(
      'speed',
      'usage_idle',
      'bytes_recv',
      'a',
      'b',
      'ü',
      'x=y',
      'q"r',
      'e\\ f',
      '',
      '__proto__',
      'constructor',
    ),
    fc.oneof({ weight: 3, arbitrary: usual }, number),
  )
  const fields = fc
    .array(field, { minLength: 0, maxLength: 5 })
    .map((list) => list.map(([n, v]) => `${n}=${v}`).join(','))
  const start = fc.constantFrom(
    'net,host=a,interface=eth0',
    'net,host=b,interface=eth0',
    'cpu,cpu=cpu-total,host=a',
    'cpu,host=a,cpu=cpu-total',
    'cpu,cpu=cpu-total,host=a,host=b',
    'system,host=a',
    'system,host=',
    'system',
    '#system,host=a',
    'sys\\ tem,host=a',
    'ü,host=ü',
    'PUTVAL,host=a',
  )
  const time = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(' 1795860000000000000', ' 1795860000123456789\n', ' 1795860000') },
    fc.constantFrom(
      '',
      '\n',
      ' ',
      ' 1795860000123',
      ' 0795860000',
      ' 17958600001',
      ' -1',
      ' 1795860000\r\n',
      '  1795860000',
    ),
    fc.constantFrom(' 9999999999999999999', ' 1795860000 ', ' 179586000x', ' 1795860000\nsystem,host=a b=1'),
  )
  const line = fc.tuple(start, fields, time).map(([a, b, c]) => bytesOf(`${a} ${b}${c}`))
  const edit = fc.record({ of: fc.nat(), at: fc.nat(), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) })

  test('whatever the lines before were', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 12 }), (lines) => void readAll(lines)),
      { numRuns: 4_000 },
    )
  })

  test('with any bytes of it changed', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), fc.array(edit, { maxLength: 6 }), (lines, edits) => {
        const changed = edits.map(({ of, at, cut, put }) => {
          const value = [...(lines[of % lines.length] as Uint8Array)]
          value.splice(at % (value.length + 1), cut, ...put)
          return Uint8Array.from(value)
        })
        readAll([...lines, ...lines, ...changed, ...lines])
      }),
      { numRuns: 4_000 },
    )
  })

  test('in most cases it is known', () => {
    const lines = Array.from({ length: 100 }, (_, i) =>
      bytesOf(`cpu,cpu=cpu-total,host=h${i % 5} usage_idle=${i},usage_user=${i / 8} 1795860000000000000\n`),
    )
    expect(readAll(lines).known).toBe(95)
  })

  test('with the fields in any order, and texts among them', () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 })
    fc.assert(
      fc.property(fc.array(order, { minLength: 2, maxLength: 20 }), (orders) => {
        const lines = orders.map((places, i) => {
          const fields = [
            `a=${i}i`,
            `usage_idle=${i / 4}`,
            'c="x y"',
            'usage_user=true',
            `used=${i}`,
            `used_percent=${i}`,
          ]
          return bytesOf(`system,host=a ${places.map((place) => fields[place]).join(',')} 1795860000000000000\n`)
        })
        expect(readAll(lines).known).toBe(lines.length - 1)
      }),
    )
  })

  test.each([1, 8, 30, 31, 40])('with %i numbers in any order, once each, or not all', (count) => {
    const names = Array.from({ length: count }, (_, i) => `field_${i}`)
    const line = fc.oneof(
      { weight: 5, arbitrary: fc.shuffledSubarray(names, { minLength: count }) },
      fc.array(fc.constantFrom(...names, 'other'), { minLength: 1, maxLength: count + 1 }),
    )
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 10 }), fc.nat(1_000), (lines, first) => {
        readAll(
          lines.map((fields, i) => {
            const texts = fields.map((name, n) => `${name}=${first + i * 100 + n}`)
            return bytesOf(`system,host=a ${texts.join(',')} 1795860000000000000\n`)
          }),
        )
      }),
    )
  })

  test('without an unknown speed, and without any number', () => {
    const texts = ['net,host=a,interface=lo speed=-1i,x=1', 'system,host=a uptime_format="1 day"']
    const lines = Array.from({ length: 20 }, (_, i) => bytesOf(`${texts[i % 2]} 1795860000000000000\n`))
    expect(readAll(lines).known).toBe(18)
  })
})
