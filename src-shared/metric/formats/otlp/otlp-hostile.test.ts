import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectNamesFormatAndField, soundReading } from '../../../../tests/support/format-checks.ts'
import { formatVectors, vectorRecords } from '../../../../tests/support/format-vectors.ts'
import {
  attributes,
  gauge,
  hostMessage,
  nanos,
  otlpRecord,
  point,
  readProto,
} from '../../../../tests/support/otlp-message.ts'
import { otlpBytes } from '../../../../tests/support/otlp-protobuf.ts'
import { readRecord } from '../read-record.ts'
import type { RecordReading } from '../record-part.ts'

const whole = vectorRecords(formatVectors('otlp-proto')[0] as never)[0]?.value as Buffer
const resource = { attributes: attributes({ 'service.name': 'checkout', 'host.name': 'web-1' }) }

function read(value: Uint8Array): RecordReading {
  return soundReading(otlpRecord(value))
}

describe('a message that ends after any byte', () => {
  test('is rejected from the key of its first attribute on, and says so', () => {
    const kinds = Array.from(whole.keys(), (length) => {
      const reading = read(whole.subarray(0, length))
      if (reading.kind === 'rejected') {
        expect(reading.reject.code).toBe('wrong-shape')
        expectNamesFormatAndField(reading.reject.reason)
      }
      return reading.kind
    })
    const behindFirstKey = whole.indexOf('host.name') + 'host.name'.length
    expect(kinds.indexOf('rejected')).toBe(behindFirstKey)
    expect(new Set(kinds.slice(0, behindFirstKey))).toEqual(new Set(['passed']))
    expect(new Set(kinds.slice(behindFirstKey))).toEqual(new Set(['rejected']))
    expect(read(whole).kind).toBe('parts')
  })

  test('says which message of it, and how many bytes are missing', () => {
    const reading = read(whole.subarray(0, 600))
    expect(reading.kind === 'rejected' && reading.reject.reason).toBe(
      `OTLP protobuf, resource_metrics: expected 1376 bytes, got ${600 - 3}`,
    )
  })
})

describe('bytes that are no message', () => {
  test('are read, passed over or rejected, with any byte changed', () => {
    const edit = fc.record({ at: fc.nat(whole.length), cut: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let bytes = whole
        for (const { at, cut, put } of edits) {
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)])
        }
        read(bytes)
      }),
      { numRuns: 3_000 },
    )
  })

  test('are read, passed over or rejected, whatever they are', () => {
    const begins = fc.constantFrom('', '0a', '0a05', '0aff01', '0a100a0e0a0c0a0161', '0a0a120812060a0161')
    fc.assert(
      fc.property(begins, fc.uint8Array({ maxLength: 200 }), (begin, rest) => {
        const bytes = Buffer.concat([Buffer.from(begin, 'hex'), rest])
        read(bytes)
        const asMessage = readProto(bytes)
        if (asMessage.kind === 'rejected') expectNamesFormatAndField(asMessage.reject.reason)
      }),
      { numRuns: 5_000 },
    )
  })

  const message = (rest: string) => Buffer.concat([whole, Buffer.from(rest, 'hex')])
  test.each([
    ['a length of 2^31', '0affffffff07', /^OTLP protobuf, resource_metrics: expected 2147483647 bytes, got 0$/],
    ['a length of 2^63', '0affffffffffffffff7f', /expected 9223372036854776000 bytes, got 0$/],
    ['a number without an end', '0affffffffffffffffffffff', /expected a number of at most 10 bytes$/],
    ['a group', '0b', /expected a field, got the wire type 3$/],
    ['the field 0', '0200', /expected a field, got the number 0$/],
    ['a field number of 33 bits', 'ffffffffff0f00', /expected a field, got its number too great$/],
    ['half a number', '0900000000', /expected 8 bytes, got 4$/],
  ])('are rejected behind a message: %s', (_, rest, reason) => {
    const reading = read(message(rest))
    expect(reading).toMatchObject({ kind: 'rejected', reject: { code: 'wrong-shape' } })
    expect(reading.kind === 'rejected' && reading.reject.reason).toMatch(reason)
  })

  test('in a name leave the other metrics', () => {
    const bytes = otlpBytes(hostMessage(gauge('good', '', point(1)), gauge('bad!', '', point(2))))
    bytes[bytes.indexOf('bad!')] = 0xff
    const reading = read(bytes)
    expect(reading).toMatchObject({ parts: [{ shape: { names: ['good'] } }], refused: { code: 'bad-text' } })
    expect(reading.kind === 'parts' && reading.refused?.reason).toBe(
      'OTLP protobuf, metrics.name: expected UTF-8 text, got invalid bytes',
    )
  })

  test('in an attribute leave the other points, also the next time', () => {
    const bytes = otlpBytes(hostMessage(gauge('x', '', point(1, { a: 'bad!' }), point(2, { a: 'good' }))))
    bytes[bytes.indexOf('bad!')] = 0xff
    for (let i = 0; i < 3; i++) {
      expect(read(bytes)).toMatchObject({ parts: [{ shape: { names: ['x{a=good}'] } }], refused: { code: 'bad-text' } })
    }
  })
})

describe('other signals are passed over', () => {
  const span = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    name: 'GET /pay',
    kind: 2,
    startTimeUnixNano: nanos(0),
    endTimeUnixNano: nanos(1),
    attributes: attributes({ 'http.route': '/pay' }),
  }
  const log = { timeUnixNano: nanos(0), severityNumber: 9, severityText: 'INFO', body: { stringValue: 'started' } }
  const traces = { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'a' }, spans: [span] }] }] }
  const logs = { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'a' }, logRecords: [log] }] }] }

  test('in protobuf', () => {
    expect(read(otlpBytes(traces, { signal: 'TracesData' }))).toEqual({ kind: 'passed', why: 'otlp-traces' })
    expect(read(otlpBytes(logs, { signal: 'LogsData' }))).toEqual({ kind: 'passed', why: 'otlp-logs' })
    const observed = { ...log, timeUnixNano: undefined, severityNumber: undefined, observedTimeUnixNano: nanos(0) }
    const late = { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [observed] }] }] }
    expect(read(otlpBytes(late, { signal: 'LogsData' }))).toEqual({ kind: 'passed', why: 'otlp-logs' })
  })

  test('in JSON, also if they are cut off', () => {
    for (const [json, why] of [[traces, 'otlp-traces'] as const, [logs, 'otlp-logs'] as const]) {
      const text = JSON.stringify(json)
      expect(read(Buffer.from(text))).toEqual({ kind: 'passed', why })
      expect(read(Buffer.from(text.slice(0, 100)))).toEqual({ kind: 'passed', why })
    }
  })
})

test('metrics whose names look like ids of spans are metrics', () => {
  const described = { ...gauge('sixteen.letters.', 's', point(1)), description: '8letters' }
  expect(read(otlpBytes(hostMessage(described))).kind).toBe('parts')
})

test('a message of another protobuf is no metrics', () => {
  const other = Buffer.from('0a0b08c80110011a05068e9f0a0b', 'hex')
  expect(readRecord(otlpRecord(other))).toMatchObject({ kind: 'passed', why: 'not-metrics' })
})

describe('a record of megabytes', () => {
  const many = Array.from({ length: 60_000 }, (_, i) => i)

  test('of points with attributes of one hash is read', () => {
    // "Aa" and "BB" have the same hash.
    const text = (i: number) => Array.from({ length: 16 }, (_, bit) => (((i >> bit) & 1) === 0 ? 'Aa' : 'BB')).join('')
    const points = many.slice(0, 40_000).map((i) => point(i, { a: text(i) }))
    const reading = read(otlpBytes(hostMessage(gauge('x', '', ...points))))
    expect(reading).toMatchObject({ kind: 'parts', leftOut: [{ bound: 'metrics-of-record', left: 40_000 - 1_024 }] })
  })

  test('of points that each have a time of their own is read', () => {
    const points = many.map((i) => point(i, {}, i))
    const reading = read(otlpBytes(hostMessage(gauge('x', '', ...points))))
    expect(reading.kind === 'parts' && reading.parts.length).toBe(60_000)
  })

  test('of attributes within attributes is read', () => {
    let value: unknown = { stringValue: 'x' }
    for (let depth = 0; depth < 500; depth++) value = { arrayValue: { values: [value] } }
    const deep = { ...point(1), attributes: [{ key: 'a', value }] }
    const reading = read(otlpBytes(hostMessage(gauge('x', '', deep))))
    expect(reading.kind === 'parts' && reading.parts[0]?.shape.names[0]).toMatch(/^x\{a=\[+"…"\]+\}$/)
  })

  test('with a tag of a megabyte leaves it out by its name', () => {
    const points = [point(1, { query: 'q'.repeat(1_000_000) }), point(2, { query: 'short' })]
    expect(read(otlpBytes(hostMessage(gauge('x', '', ...points))))).toMatchObject({
      parts: [{ shape: { names: ['x{query=short}'] } }],
      leftOut: [{ bound: 'tag-length', tag: 'query', left: 1, nodeId: 'web-1' }],
    })
  })
})
