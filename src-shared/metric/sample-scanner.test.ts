import { describe, expect, test } from 'vitest'
import { decode, maxMessageBytes } from './decode.ts'
import { scanAll, valuesInOneBuffer } from './sample-columns-builders.ts'
import { sampleAt } from './sample-columns.ts'
import { SampleScanner } from './sample-scanner.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Scans all values with one scanner, which must return for each what `decode` returns; -0 and 0 differ. */
function expectDecoded(values: ReadonlyArray<Uint8Array | null>, scanner = new SampleScanner()): void {
  expect(scanAll(values, scanner)).toStrictEqual(values.map(decode))
}

/** Scans the others behind messages with `text`, whose layout the scanner then expects. */
function expectPredicted(text: string, ...others: string[]): void {
  expectDecoded([text, text, ...others, text, ...others].map(bytesOf))
}

const usual = {
  node_id: 'node-1',
  node_name: 'Server-Alpha',
  timestamp: '2026-11-24T10:15:30.123Z',
  metrics: { cpu_usage: 71.3, memory_usage: 48.05, disk_io: 12.4, network_traffic: 88.1 },
}
const usualText = JSON.stringify(usual)

describe('a scanner returns what decode returns', () => {
  test('for a tombstone, no bytes, and a message that is too large', () => {
    expectDecoded([
      bytesOf(usualText),
      null,
      new Uint8Array(0),
      new Uint8Array(maxMessageBytes + 1).fill(0x20),
      bytesOf(usualText + ' '.repeat(maxMessageBytes - usualText.length)),
      bytesOf(usualText + ' '.repeat(maxMessageBytes + 1 - usualText.length)),
      bytesOf(usualText),
    ])
  })

  test.each([
    '0',
    '-0',
    '-0.0',
    '0.0',
    '7',
    '-7',
    '1e5',
    '1E5',
    '1e+5',
    '1e-05',
    '1.5e3',
    '0.1',
    '0.30000000000000004',
    '71.30000000000001',
    '9007199254740991',
    '9007199254740993',
    '90071992547409.93',
    '12345678901234567890',
    '0.00000000000000000000001',
    '0.0000000000000000000001',
    '5e-324',
    '2e-324',
    '1.7976931348623157e308',
    '1e400',
    '-1e400',
    '01',
    '-01',
    '00',
    '1.',
    '.5',
    '-.5',
    '-',
    '+1',
    '1e',
    '1e+',
    '1.e5',
    '0x10',
    '1_000',
    '1 ',
    ' 1',
    '١',
    'null',
    'true',
    '"1"',
    '[1]',
    '{}',
    'NaN',
    'Infinity',
    '1.2.3',
    '1-2',
    '--1',
    '',
    '9'.repeat(400),
    '1,"a":2',
    `0.${'1'.repeat(400)}`,
    `${'1'.repeat(30)}.5`,
  ])('for the number %s', (number) => {
    expectPredicted(usualText, usualText.replace('71.3', number), usualText.replace('88.1', number))
    expectPredicted(usualText.replace('{', '{"seq":1,'), usualText.replace('{', `{"seq":${number},`))
  })

  test.each([
    '2026-11-24T10:15:30Z',
    '2026-11-24t10:15:30z',
    '2026-11-24T10:15:30.1Z',
    '2026-11-24T10:15:30.12Z',
    '2026-11-24T10:15:30.123456Z',
    '2026-11-24T10:15:30.123456789Z',
    '2026-11-24T10:15:30.1234567890Z',
    '2026-11-24T10:15:30.Z',
    '2026-11-24T10:15:30+02:00',
    '2026-11-24T10:15:30.5-00:30',
    '2026-11-24T10:15:30+0200',
    '2026-11-24T10:15:30+24:00',
    '2026-11-24T10:15:30+00:60',
    '2026-11-24T10:15:30',
    '2026-11-24 10:15:30Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T10:60:00Z',
    '2026-11-24T10:15:60Z',
    '2026-02-30T10:15:30.123Z',
    '2026-02-29T10:15:30.123Z',
    '2024-02-29T10:15:30.123Z',
    '1900-02-29T10:15:30Z',
    '0000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    '1969-12-31T23:59:59.999Z',
    '2026-13-01T00:00:00Z',
    '2026-11-24T1:15:30.123Z',
    '2026-11-24T10:15:30.123Z ',
    '2026-11-24T10:15:30.123\\u005a',
    '2026-11-24T10:15:3é.123Z',
    '２026-11-24T10:15:30Z',
    '2026-11-24T10:15:30,5Z',
    '2026/11/24T10:15:30Z',
    '2026-11-2AT10:15:30Z',
    '',
    'Z',
    '2026-11-24T10:15:30.12aZ',
  ])('for the timestamp %s', (timestamp) => {
    expectPredicted(usualText, usualText.replace(usual.timestamp, timestamp))
  })

  test.each([
    'n',
    'node-11',
    'node-',
    'ä €',
    '\\u00e4',
    '\\"',
    '\\\\',
    'a\\\\\\"b',
    '\\',
    '\u0001',
    '\u007f',
    '\ufeff',
    '',
    'x'.repeat(128),
    'x'.repeat(129),
    'ä'.repeat(128),
    '😀'.repeat(64),
    '😀'.repeat(65),
    'x'.repeat(256),
    'x'.repeat(257),
    '\\ud800',
    '\\n',
    '","node_name":"',
    '{}',
    '\\u0000',
  ])('for a node called %s', (name) => {
    const byId = usualText.replace('node-1', () => name)
    const byName = usualText.replace('Server-Alpha', () => name)
    expectPredicted(usualText, byId, byName)
    expectPredicted(byId, usualText, byId)
    expectPredicted(byName, usualText, byName)
  })

  test('for invalid UTF-8 anywhere', () => {
    const message = bytesOf(JSON.stringify({ host: 'h', ...usual, units: { cpu_usage: '%' } }))
    const broken = Array.from(message, (_, i) => message.map((byte, at) => (at === i ? 0xff : byte)))
    expectDecoded(broken.flatMap((one) => [message, one]))
  })

  test('for a message that was cut anywhere, or has a byte more', () => {
    const message = bytesOf(usualText)
    const cut = Array.from(message, (_, i) => message.subarray(0, i))
    const longer = Array.from(message, (_, i) => Uint8Array.from([...message.slice(0, i), 0x31, ...message.slice(i)]))
    expectDecoded([message, ...cut, message, ...longer, message])
  })

  test('for every single byte changed', () => {
    const message = bytesOf(usualText)
    const changed = Array.from(message, (_, i) =>
      [0x00, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x31, 0x39, 0x3a, 0x5c, 0x65, 0x7b, 0x7d, 0x80].map((put) =>
        message.map((byte, at) => (at === i ? put : byte)),
      ),
    ).flat()
    expectDecoded([message, message, ...changed, message])
  })

  test.each([
    ['other order', JSON.stringify(Object.fromEntries(Object.entries(usual).reverse()))],
    ['white space', JSON.stringify(usual, null, 2)],
    ['units', JSON.stringify({ ...usual, units: { cpu_usage: '%', disk_io: 'MB/s' } })],
    ['units in front', JSON.stringify({ units: { cpu_usage: '%' }, ...usual })],
    [
      'other fields',
      JSON.stringify({ v: 1, host: 'a', tags: ['x', 2, null, { metrics: { a: 1 }, node_id: 'q' }], ...usual }),
    ],
    ['equal fields', usualText.replace('{', '{"node_id":"first",')],
    ['equal metrics', usualText.replace('"cpu_usage"', '"cpu_usage":1,"cpu_usage"')],
    ['two objects of metrics', usualText.replace('{', '{"metrics":{"cpu_usage":1},')],
    ['two units', usualText.replace('{', '{"units":{"a":"b"},"units":{"a":"c"},')],
    ['metrics that are numbers', usualText.replace('cpu_usage', '7').replace('disk_io', '3')],
    ['a metric __proto__', usualText.replace('cpu_usage', '__proto__')],
    ['a metric __proto__ that is no number', usualText.replace('"cpu_usage":71.3', '"a":1,"__proto__":{"b":[2]}')],
    ['a field __proto__', usualText.replace('{', '{"__proto__":{"units":3},')],
    ['an escaped key', usualText.replace('node_id', 'node\\u005fid')],
    ['an escaped metric', usualText.replace('cpu_usage', 'cpu\\u005fusage')],
    ['a key that is escaped and one that is not', usualText.replace('{', '{"node\\u005fid":"first",')],
    [
      'fields called like members of an object',
      usualText.replace('{', '{"constructor":"a","toString":1,"hasOwnProperty":"b",'),
    ],
    ['one metric', JSON.stringify({ ...usual, metrics: { t: 1 } })],
    [
      '64 metrics',
      JSON.stringify({ ...usual, metrics: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`m${i}`, i / 7])) }),
    ],
    [
      '65 metrics',
      JSON.stringify({ ...usual, metrics: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, i / 7])) }),
    ],
  ])('for a message with %s', (_, text) => {
    const changed = text.replaceAll('71.3', '-2.50').replaceAll('30.123', '31.5').replaceAll('"a"', '"ä"')
    expectPredicted(text, changed, usualText, text.replaceAll('node-1', 'node-2'))
    expectPredicted(usualText, text, changed)
  })
})

describe('columns', () => {
  const messageOf = (id: string, name = 'N'): Uint8Array =>
    bytesOf(usualText.replace('node-1', id).replace('Server-Alpha', name))

  test('contain all samples of a long batch in order, and none of the one before', () => {
    const scanner = new SampleScanner()
    const values = Array.from({ length: 5000 }, (_, i) => messageOf(`node-${i % 7}`))
    expectDecoded(values, scanner)
    expectDecoded(values.slice(0, 3), scanner)
    expect(scanner.take().count).toBe(0)
  })

  test('of an earlier batch stay as they are', () => {
    const scanner = new SampleScanner()
    const run = valuesInOneBuffer([messageOf('a'), messageOf('b')])
    scanner.scan(run, 0)
    const taken = scanner.take()
    scanner.scan(run, 1)
    expect(sampleAt(taken, 0).nodeId).toBe('a')
    const next = scanner.take()
    expect(next.directory).toBe(taken.directory)
    expect(sampleAt(next, 0).nodeId).toBe('b')
  })

  test('do not contain a dropped sample', () => {
    const scanner = new SampleScanner()
    const run = valuesInOneBuffer([messageOf('a'), messageOf('b'), bytesOf('{}'), messageOf('c')])
    scanner.scan(run, 0)
    scanner.scan(run, 1)
    scanner.dropLast()
    scanner.scan(run, 2)
    scanner.scan(run, 3)
    const columns = scanner.take()
    expect([0, 1].map((i) => sampleAt(columns, i).nodeId)).toEqual(['a', 'c'])
    expect(Array.from(columns.offset)).toEqual([0, 3])
  })

  test('have one index for each id with a name, however it is written', () => {
    const scanner = new SampleScanner()
    const values = [messageOf('a', 'ä'), messageOf('a', '\\u00e4'), messageOf('\\u0061', 'ä'), messageOf('a', 'b')]
    const run = valuesInOneBuffer([...values, ...values])
    for (let i = 0; i < 8; i++) expect(scanner.scan(run, i)).toBeUndefined()
    expect(Array.from(scanner.take().node)).toEqual([0, 0, 0, 1, 0, 0, 0, 1])
  })

  test('keep apart nodes whose texts have the same hash', () => {
    // "Aa" and "BB" have the same hash to the base 31, and so have all texts made of them
    const pairs = (length: number): string[] =>
      length === 0 ? [''] : pairs(length - 1).flatMap((text) => [`${text}Aa`, `${text}BB`])
    const values = pairs(5).flatMap((id) => [messageOf(id), messageOf('x', id)])
    expectDecoded([...values, ...values.toReversed(), ...values])
  })

  test('have a new directory once the old one is full', () => {
    const scanner = new SampleScanner()
    const values = Array.from({ length: 200_001 }, (_, i) => messageOf(`node-${i}`))
    expectDecoded(values.slice(0, 10), scanner)
    const run = valuesInOneBuffer(values)
    values.forEach((_, i) => scanner.scan(run, i))
    const full = scanner.take()
    expect(sampleAt(full, 200_000).nodeId).toBe('node-200000')
    expectDecoded(values.slice(0, 10), scanner)
    expect(scanner.take().directory).not.toBe(full.directory)
  })
})
