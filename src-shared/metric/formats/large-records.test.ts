import { describe, expect, test } from 'vitest'
import { allVectorRecords, expectNamesFormatAndField, soundReading } from '../../../tests/support/format-checks.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const record = (value: Uint8Array) => ({ value, key: null, topic: 'any', timestamp: 1_795_860_001_000 })
const many = Array.from({ length: 100_000 }, (_, i) => `tag${i}`)
const manyTags = Object.fromEntries(many.map((tag) => [tag, 'x']))
const megabytes = 1_048_576
const otlp = (attributes: unknown): string =>
  JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'host.name', value: { stringValue: 'a' } }] },
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'temp',
                gauge: { dataPoints: [{ timeUnixNano: '1795860000000000000', asDouble: 1, attributes }] },
              },
            ],
          },
        ],
      },
    ],
  })

describe('100,000 tags: the series is left out, and the limit or the tags are named', () => {
  const fields = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`field${i}`, i]))
  test.each([
    [
      'Telegraf JSON',
      JSON.stringify({ fields, name: 'x', tags: { host: 'a', ...manyTags }, timestamp: 1_795_860_000 }),
    ],
    ['Telegraf lines', `x,host=a,${many.map((tag) => `${tag}=x`).join(',')} a=1,b=2 1795860000000000000`],
    ['OTLP JSON', otlp(many.map((key) => ({ key, value: { stringValue: 'x' } })))],
    [
      'prometheus-kafka-adapter',
      JSON.stringify({
        name: 'up',
        timestamp: '2026-11-28T10:00:00Z',
        value: '1',
        labels: { instance: 'a:1', ...manyTags },
      }),
    ],
    ['Vector', JSON.stringify({ name: 'up', kind: 'absolute', tags: { host: 'a', ...manyTags }, gauge: { value: 1 } })],
    ['Graphite lines', `up;host=a;${many.map((tag) => `${tag}=x`).join(';')} 1 1795860000`],
  ])('%s', (_, text) => {
    const reading = soundReading(record(bytesOf(text)))
    if (reading.kind === 'rejected') expectNamesFormatAndField(reading.reject.reason)
    else expect(reading).toMatchObject({ kind: 'parts', parts: [], leftOut: [{ nodeId: 'a' }] })
  })
})

describe('100,000 values: the first 1,024 are read, and the limit is said', () => {
  const values = Object.fromEntries(many.map((name, i) => [name, i]))
  test.each([
    ['Telegraf JSON', JSON.stringify({ fields: values, name: 'x', tags: { host: 'a' }, timestamp: 1_795_860_000 })],
    ['Telegraf lines', `x,host=a ${many.map((name) => `${name}=1`).join(',')} 1795860000000000000`],
    ['flat JSON', JSON.stringify({ ts: 1_795_860_000, host: 'a', ...values })],
  ])('%s', (_, text) => {
    const reading = soundReading(record(bytesOf(text)))
    expect(reading).toMatchObject({ kind: 'parts', leftOut: [{ bound: 'metrics-of-record', left: 98_976 }] })
    expect(reading.kind === 'parts' && reading.parts[0]?.values.length).toBe(1_024)
  })
})

describe('10 MB', () => {
  test.each(allVectorRecords().map(({ name, record: one }) => [name, one] as const))('of %s', (_, one) => {
    const value = Buffer.alloc(10 * megabytes, 0x20)
    value.set(one.value)
    const reading = soundReading({ ...one, value })
    if (reading.kind === 'passed') expect(reading.detail).toContain('10485760 bytes')
    else if (reading.kind === 'rejected' && !one.topic.startsWith('metrics-')) {
      expect(reading.reject.code).toBe('too-large')
      expectNamesFormatAndField(reading.reject.reason)
    }
  })

  test.each([
    ['one text', 'x'],
    ['brackets', '['],
    ['objects', '{"a":'],
    ['lines', 'a,b=c d=1\n'],
    ['quotes', 'a b="'],
    ['backslashes', 'a,b=\\'],
    ['bad lines', 'a,host=b c=\n'],
    ['metric objects', '{"fields":{},"name":"a","tags":{},"timestamp":1},'],
    ['PUTVAL', 'PUTVAL a/b/c interval=10 1795860000:1\n'],
    ['Graphite', 'a.b.c 1 1795860000\n'],
    ['a Connect payload', '{"schema":null,"payload":'],
  ])('or 4 MB of %s', (_, text) => {
    for (const size of [4 * megabytes, 10 * megabytes]) {
      soundReading(record(bytesOf(text.repeat(Math.floor(size / text.length)))))
    }
  })
})

describe('deeply nested', () => {
  const nested = (inner: string, depth: number): string => `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`
  test.each([
    ['flat JSON', (depth: number) => `{"ts":1795860000,"host":"a","x":1,"y":${nested('1', depth)}}`],
    ['Connect', (depth: number) => `{"schema":null,"payload":{"node_id":"a","x":${nested('1', depth)}}}`],
    ['envelopes', (depth: number) => `${'{"schema":null,"payload":'.repeat(depth)}1${'}'.repeat(depth)}`],
    [
      'Metricbeat',
      (depth: number) =>
        `{"@timestamp":"2026-11-28T10:00:00Z","event":{"dataset":"system.cpu","module":"system"},"metricset":{"name":"cpu"},"host":{"name":"a"},"system":{"cpu":${nested('1', depth)}}}`,
    ],
    [
      'Telegraf JSON',
      (depth: number) => `{"fields":{"a":${nested('1', depth)}},"name":"x","tags":{"host":"a"},"timestamp":1795860000}`,
    ],
    [
      'OTLP JSON',
      (depth: number) =>
        otlp(JSON.parse(`[{"key":"a","value":{"kvlistValue":{"values":[]}}}]`)).replace(
          '[]',
          `[${nested('1', depth)}]`,
        ),
    ],
  ])('%s', (_, text) => {
    for (const depth of [100, 10_000, 300_000]) soundReading(record(bytesOf(text(depth))))
  })
})
