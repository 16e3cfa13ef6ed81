import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, isFuture, maxMessageBytes } from './decode.ts'
import { messageLimits, MetricMessage } from './message.ts'
import { parseTimestamp } from './timestamp.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const decodeJson = (message: unknown) => decode(bytesOf(JSON.stringify(message)))

const message = {
  node_id: 'node-1',
  node_name: 'Server-Alpha',
  timestamp: '2026-11-24T10:15:30.123456Z',
  metrics: { cpu_usage: 71.3, memory_usage: 48.0, disk_io: 12.4, network_traffic: 88.1 },
}

const sample = {
  nodeId: 'node-1',
  nodeName: 'Server-Alpha',
  at: Date.UTC(2026, 10, 24, 10, 15, 30, 123),
  names: ['cpu_usage', 'memory_usage', 'disk_io', 'network_traffic'],
  values: [71.3, 48, 12.4, 88.1],
}

describe('a message is read', () => {
  test('as producers in the field write it', () => {
    expect(decodeJson(message)).toEqual({ ok: true, sample })
  })

  test('with spaces, reordered fields and unknown fields', () => {
    const text = `{ "metrics" : {"cpu_usage": 71.0},
      "extra": [1, {"a": null}], "timestamp": "2026-11-24T10:15:30Z", "node_name": "Ä €", "node_id": "n" }`
    const at = Date.UTC(2026, 10, 24, 10, 15, 30)
    expect(decode(bytesOf(text))).toEqual({
      ok: true,
      sample: { nodeId: 'n', nodeName: 'Ä €', at, names: ['cpu_usage'], values: [71] },
    })
  })

  test("with the producer's units", () => {
    const decoded = decodeJson({ ...message, metrics: { temp: 40 }, units: { temp: '°C' } })
    expect(decoded).toMatchObject({ ok: true, sample: { names: ['temp'], values: [40], units: { temp: '°C' } } })
  })

  test('with the last of two equal keys, as JSON.parse does', () => {
    const text = JSON.stringify(message).replace('"cpu_usage":71.3', '"cpu_usage":"n/a","cpu_usage":5')
    expect(decode(bytesOf(text))).toMatchObject({ ok: true, sample: { values: [5, 48, 12.4, 88.1] } })
  })

  test('with metrics named like members of an object', () => {
    const text = JSON.stringify(message).replace('"cpu_usage":71.3', '"constructor":1,"__proto__":2')
    const decoded = decode(bytesOf(text.replace('}}', '},"units":{"__proto__":"x"}}')))
    expect(decoded).toMatchObject({
      ok: true,
      sample: { names: ['constructor', '__proto__', 'memory_usage', 'disk_io', 'network_traffic'] },
    })
    expect(decoded.ok && Object.entries(decoded.sample.units ?? {})).toEqual([['__proto__', 'x']])
    expect(decoded.ok && decoded.sample.units?.['constructor']).toBeUndefined()
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})

describe('one odd value leaves the other metrics', () => {
  const withMetric = (value: string) => bytesOf(JSON.stringify(message).replace('71.3', value))
  const others = { ...sample, names: sample.names.slice(1), values: sample.values.slice(1) }

  test('null means no value', () => {
    expect(decode(withMetric('null'))).toEqual({ ok: true, sample: others })
  })

  test.each([
    ['"n/a"', '"n/a"'],
    ['true', 'true'],
    ['{"value":1}', 'an object'],
    ['1e400', 'Infinity'],
    ['NaN', 'NaN'],
    ['-Infinity', '-Infinity'],
  ])('%s is refused with its name', (value, got) => {
    const refused = { code: 'bad-metric', reason: `metrics.cpu_usage: expected a number, got ${got}` }
    expect(decode(withMetric(value))).toEqual({ ok: true, sample: others, refused })
  })

  test('several are named, at most three', () => {
    const metrics = { a: 'x', b: 1, c: true, d: [], e: null, f: '' }
    const decoded = decodeJson({ ...message, metrics })
    expect(decoded).toMatchObject({ ok: true, sample: { names: ['b'] } })
    expect(decoded.ok && decoded.refused?.reason).toBe(
      'metrics.a: expected a number, got "x"; metrics.c: expected a number, got true; ' +
        'metrics.d: expected a number, got an array; and 1 more',
    )
  })

  test('NaN in a text stays text, and elsewhere than in a metric it is no value', () => {
    const text = JSON.stringify({ ...message, node_name: 'NaN "Infinity"' }).replace('71.3', 'NaN')
    expect(decode(bytesOf(text))).toMatchObject({ ok: true, sample: { nodeName: 'NaN "Infinity"' } })
    expect(decode(bytesOf(text.replace('"node-1"', 'NaN')))).toMatchObject({ ok: false, reject: { code: 'bad-text' } })
  })
})

test.each<[string, object, string]>([
  ['a node id', { node_id: 'c\ud800' }, 'node_id: expected well-formed Unicode without NUL, got "c\\ud800"'],
  ['a node name', { node_name: 'a\0b' }, 'node_name: expected well-formed Unicode without NUL, got "a\\u0000b"'],
  ['a metric', { metrics: { 'x\udc00': 1 } }, 'metrics: expected well-formed Unicode without NUL, got "x\\udc00"'],
  ['a unit', { units: { a: '\0' } }, 'units.a: expected well-formed Unicode without NUL, got "\\u0000"'],
  [
    'a metric of a unit',
    { units: { '\ud800': '%' } },
    'units: expected well-formed Unicode without NUL, got "\\ud800"',
  ],
])('broken text in %s is rejected with its reason', (_, change, reason) => {
  expect(decodeJson({ ...message, ...change })).toEqual({ ok: false, reject: { code: 'bad-text', reason } })
})

test('surrogate pairs and every other character are text', () => {
  expect(decodeJson({ ...message, node_id: '\ud83d\ude00\u0001\ufffe' })).toMatchObject({ ok: true })
})

describe('a record is rejected', () => {
  const withMetric = (value: string) => JSON.stringify(message).replace('71.3', value)
  const tooMany = Object.fromEntries(
    Array.from({ length: messageLimits.metricsPerMessage + 1 }, (_, i) => [`m${i}`, i]),
  )

  test.each([
    ['tombstone', null, /a tombstone/],
    ['empty', new Uint8Array(), 'value: expected a JSON message, got 0 bytes'],
    ['too-large', new Uint8Array(maxMessageBytes + 1), 'value: expected at most 1048576 bytes, got 1048577'],
    ['not-utf8', Uint8Array.of(0x22, 0xff, 0x22), 'value: expected UTF-8 text, got invalid bytes'],
    ['not-json', bytesOf('{"node_id":'), /^value: expected JSON: /],
    ['not-json', bytesOf(`\ufeff${JSON.stringify(message)}`), /^value: expected JSON: /],
    ['not-json', bytesOf(withMetric('nan')), /^value: expected JSON: /],
    ['not-json', bytesOf(withMetric('NaN,')), /^value: expected JSON: /],
  ] as const)('as %s', (code, bytes, reason) => {
    expect(decode(bytes)).toEqual({ ok: false, reject: { code, reason: expect.stringMatching(reason) } })
  })

  test.each([
    ['[1]', 'value: expected an object, got an array'],
    ['null', 'value: expected an object, got null'],
    ['7', 'value: expected an object, got 7'],
    [JSON.stringify({ ...message, node_id: '' }), 'node_id: expected text of 1 to 128 characters, got ""'],
    [
      JSON.stringify({ ...message, node_name: undefined }),
      'node_name: expected text of 1 to 256 characters, got nothing',
    ],
    [
      JSON.stringify({ ...message, node_id: 'x'.repeat(129) }),
      `node_id: expected text of 1 to 128 characters, got "${'x'.repeat(40)}"… (129 characters)`,
    ],
    [JSON.stringify({ ...message, metrics: [] }), 'metrics: expected an object with numeric values, got an array'],
    [JSON.stringify({ ...message, metrics: {} }), 'metrics: expected at least one metric, got none'],
    [JSON.stringify({ ...message, metrics: tooMany }), 'metrics: expected at most 1024 metrics, got 1025'],
    [
      JSON.stringify({ ...message, metrics: { '': 1 } }),
      'metrics: expected names of text of 1 to 256 characters, got ""',
    ],
    [
      JSON.stringify({ ...message, metrics: { cpu_usage: 'n/a', gpu: null } }),
      'metrics.cpu_usage: expected a number, got "n/a"',
    ],
    [
      JSON.stringify({ ...message, metrics: { gpu: null } }),
      'metrics: expected at least one metric with a value, got none',
    ],
    [JSON.stringify({ ...message, units: 'x' }), 'units: expected an object with string values, got "x"'],
    [JSON.stringify({ ...message, units: { a: 1 } }), 'units.a: expected text of at most 16 characters, got 1'],
  ])('for its shape: %s', (text, reason) => {
    expect(decode(bytesOf(text))).toEqual({ ok: false, reject: { code: 'wrong-shape', reason } })
  })

  test.each([
    [1_795_515_330, 'bad-timestamp', 'a number'],
    [1_795_515_330_123, 'bad-timestamp', 'a number'],
    ['2026-02-30T10:15:30Z', 'bad-timestamp', '"2026-02-30T10:15:30Z"'],
    ['yesterday', 'bad-timestamp', '"yesterday"'],
    [undefined, 'wrong-shape', 'nothing'],
    [null, 'wrong-shape', 'null'],
  ])('for the timestamp %s', (timestamp, code, got) => {
    const reason = `timestamp: expected RFC 3339 text such as 2026-11-24T10:15:30Z, got ${got}`
    expect(decodeJson({ ...message, timestamp })).toEqual({ ok: false, reject: { code, reason } })
  })
})

test('a sample more than five minutes ahead of its record is from the future', () => {
  expect(isFuture(sample, sample.at - 300_000)).toBe(false)
  expect(isFuture(sample, sample.at - 300_001)).toBe(true)
})

describe('decode returns what the schema returns', () => {
  /** What UTF-8, JSON and the schema return, in the shape of a sample. */
  const bySchema = (bytes: Uint8Array) => {
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      const { node_id, node_name, timestamp, metrics, units } = MetricMessage.parse(JSON.parse(text))
      const head = { nodeId: node_id, nodeName: node_name, at: parseTimestamp(timestamp) }
      const sample = { ...head, names: Object.keys(metrics), values: Object.values(metrics) }
      return units === undefined ? sample : { ...sample, units }
    } catch {
      return 'refused'
    }
  }
  const byDecode = (bytes: Uint8Array) => {
    const decoded = decode(bytes)
    if (!decoded.ok) return 'refused'
    const { units, ...rest } = decoded.sample
    return units === undefined ? rest : { ...rest, units: { ...units } }
  }
  /** -0 and 0 differ, as their bits do. */
  const expectSame = (bytes: Uint8Array): void => {
    expect(byDecode(bytes)).toStrictEqual(bySchema(bytes))
  }

  const name = fc.oneof(
    fc.constantFrom(
      'cpu_usage',
      'memory_usage',
      '__proto__',
      'constructor',
      'toString',
      '0',
      '1e3',
      '',
      'x'.repeat(256),
      'x'.repeat(257),
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.constantFrom(-0, 0, 71, 5e-324, 1.7976931348623157e308),
  )
  const timestamp = fc.oneof(
    { weight: 6, arbitrary: fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString()) },
    fc.constantFrom(
      '2026-02-30T00:00:00Z',
      '2026-11-24T24:00:00Z',
      '2026-11-24T10:15:30.123456789+02:00',
      '2026-11-24T10:15:60Z',
      '',
      1,
      null,
    ),
    fc.string(),
  )
  const rarely = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 12, arbitrary: usual }, fc.jsonValue())
  // A null prototype, because JSON may have a key named __proto__.
  const record = (value: fc.Arbitrary<unknown>, maxKeys: number) =>
    fc.dictionary(name, value, { maxKeys, noNullPrototype: false })
  const nearlyValid = fc.record(
    {
      node_id: rarely(fc.string({ minLength: 1, maxLength: 130, unit: 'grapheme' })),
      node_name: rarely(fc.string({ minLength: 1, maxLength: 20 })),
      timestamp: rarely(timestamp),
      metrics: rarely(record(rarely(number), 70)),
      units: rarely(record(rarely(fc.string({ maxLength: 17 })), 4)),
      other: fc.jsonValue(),
    },
    { requiredKeys: ['node_id', 'node_name', 'timestamp', 'metrics'] },
  )
  // JSON.stringify cannot write -0.
  const write = (value: unknown): string =>
    JSON.stringify(value, (_, v: unknown) => (Object.is(v, -0) ? '-0.0' : v)).replaceAll('"-0.0"', '-0.0')

  test('for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), expectSame), { numRuns: 2000 })
  })

  test('for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => expectSame(bytesOf(text))),
      { numRuns: 1000 },
    )
  })

  test('for almost valid messages', () => {
    fc.assert(
      fc.property(nearlyValid, (value) => expectSame(bytesOf(write(value)))),
      { numRuns: 4000 },
    )
  })

  test('for valid messages with a byte changed, removed or inserted', () => {
    const valid = bytesOf(JSON.stringify({ ...message, units: { cpu_usage: '%' } }))
    const edit = fc.record({ at: fc.nat(valid.length), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) })
    fc.assert(
      fc.property(edit, ({ at, cut, put }) =>
        expectSame(Uint8Array.from([...valid.slice(0, at), ...put, ...valid.slice(at + cut)])),
      ),
      { numRuns: 4000 },
    )
  })

  test('for numbers in any spelling', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 25 })
    const spelling = fc
      .tuple(
        fc.constantFrom('', '-', '+'),
        digits,
        fc.constantFrom('', '.'),
        digits,
        fc.constantFrom('', 'e', 'E-', 'e+'),
        fc.nat(400),
      )
      .map(
        ([sign, whole, point, fraction, e, exponent]) =>
          sign + whole + (point && point + fraction) + (e && e + exponent),
      )
    fc.assert(
      fc.property(spelling, (text) => expectSame(bytesOf(JSON.stringify(message).replace('71.3', text)))),
      { numRuns: 2000 },
    )
  })
})
