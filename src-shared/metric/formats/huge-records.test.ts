import { expect, test } from 'vitest'
import { soundReading } from '../../../tests/support/format-poison.ts'
import { formatLimits } from './limits.ts'
import type { RecordReading } from './record-part.ts'

const read = (text: string): RecordReading =>
  soundReading({ topic: 't', key: null, timestamp: 1_795_860_000_000, value: Buffer.from(text) })
/** What is said about a record: parts and what is left out, or why there are none. */
const saidOf = (reading: RecordReading): unknown => {
  if (reading.kind === 'passed') return reading.why
  if (reading.kind === 'rejected') return reading.reject.code
  return [...new Set((reading.leftOut ?? []).map(({ bound }) => bound))].join() || reading.parts.length
}
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

const metricbeat = {
  '@timestamp': '2026-11-28T10:00:00Z',
  event: { module: 'system', dataset: 'system.load' },
  metricset: { name: 'load' },
  host: { name: 'a' },
}
const list = {
  values: [1],
  dstypes: ['gauge'],
  dsnames: ['value'],
  time: 1_795_860_000,
  interval: 10,
  host: 'a',
  plugin: 'load',
  plugin_instance: '',
  type: 'load',
  type_instance: '',
}
const numbers = (count: number) => Object.fromEntries(many(count, (i) => [`n${i}`, i]))
const texts = (count: number) => Object.fromEntries(many(count, (i) => [`t${i}`, 'x']))

/** Each is some MB, and below the limit of a record. Reading one takes less than a second. */
const huge: ReadonlyArray<readonly [string, () => string, unknown]> = [
  ['100,000 fields', () => JSON.stringify({ ...metricbeat, system: { load: numbers(100_000) } }), 'metrics-of-record'],
  ['100,000 texts', () => JSON.stringify({ ...metricbeat, system: { load: { ...texts(100_000), 1: 0.5 } } }), 1],
  [
    '100,000 labels of Prometheus',
    () =>
      JSON.stringify({
        ...metricbeat,
        event: { module: 'prometheus', dataset: 'prometheus.metrics' },
        metricset: { name: 'metrics' },
        prometheus: { labels: texts(100_000), metrics: { up: 1 } },
      }),
    'name-length',
  ],
  [
    'objects in objects',
    () => `${JSON.stringify(metricbeat).slice(0, -1)},"system":{"load":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_002)}`,
    'no-numbers',
  ],
  ['20,000 value lists', () => JSON.stringify(many(20_000, () => list)), 20_000],
  [
    'a list of 100,000 values',
    () =>
      JSON.stringify([
        {
          ...list,
          values: many(100_000, (i) => i),
          dstypes: many(100_000, () => 'gauge'),
          dsnames: many(100_000, (i) => `s${i}`),
        },
      ]),
    'metrics-of-record',
  ],
  [
    'a family with 100,000 labels',
    () =>
      JSON.stringify([
        { name: 'm', type: 'GAUGE', metrics: [{ labels: texts(100_000), timestamp_ms: '1795860000000', value: '1' }] },
      ]),
    'name-length',
  ],
  [
    'a command with 100,000 values',
    () => `PUTVAL a/load/load interval=10 1795860000:${many(100_000, String).join(':')}`,
    'metrics-of-record',
  ],
  [
    '60,000 commands',
    () => many(60_000, (i) => `PUTVAL a/load-${i}/load interval=10 1795860000:1`).join('\n'),
    'metrics-of-record',
  ],
  ['a quoted command that never ends', () => `PUTVAL "${'\\"'.repeat(1_000_000)}`, 'wrong-shape'],
  ['100,000 lines', () => many(100_000, (i) => `a.b${i} 1 1795860000`).join('\n'), 'metrics-of-record'],
  ['100,000 groups of lines', () => many(100_000, (i) => `a.b${i}.c 1 1795860000`).join('\n'), 'metrics-of-record'],
  ['a line with 8,000 tags', () => `a;${many(8_000, (i) => `t${i}=x`).join(';')} 1 1795860000`, 'name-length'],
  ['a path with 10,000 points', () => `${'a.'.repeat(10_000)}b 1 1795860000`, 'name-length'],
  [
    'an item with 60,000 tags',
    () =>
      JSON.stringify({
        host: { host: 'a' },
        item_tags: many(60_000, (i) => ({ tag: `t${i}`, value: 'x' })),
        itemid: 1,
        name: 'm',
        clock: 1_795_860_000,
        ns: 0,
        value: 1,
        type: 0,
      }),
    1,
  ],
  [
    '100,000 keys beside an input',
    () => JSON.stringify({ '@timestamp': 1_795_860_000, cpu_p: 1, user_p: 1, ...numbers(100_000), ...texts(100_000) }),
    'metrics-of-record',
  ],
  [
    '20,000 dimensions',
    () =>
      JSON.stringify(
        many(20_000, (i) => ({
          hostname: 'a',
          chart_id: 'c',
          id: `d${i}`,
          units: 'x',
          value: 1,
          timestamp: 1_795_860_000,
        })),
      ),
    'metrics-of-record',
  ],
]

test.each(huge)('a record with %s is read within its limits', (_, text, said) => {
  const record = text()
  expect(record.length).toBeLessThan(formatLimits.recordBytes)
  expect(saidOf(read(record))).toEqual(said)
})

test('a record of 10 MB is rejected by its first bytes, or passed over', () => {
  const beginnings = [
    '[{"values":[1],"dstypes":["gauge"],"dsnames":["value"],"time":1795860000,',
    'PUTVAL a/load/load interval=10 1795860000:1\n',
    'a.b 1 1795860000\n',
    '{"host":{"host":"a"},"item_tags":[',
    '{"@timestamp":1795860000,"cpu_p":1,',
    '{"@timestamp":"2026-11-28T10:00:00Z","@metadata":{"beat":"metricbeat",',
    '{"prefix":"netdata","hostname":"a",',
  ]
  for (const begin of beginnings) expect(saidOf(read(begin.padEnd(10_000_000, ' \n"x'))), begin).toBe('too-large')
  expect(saidOf(read('{"a":'.padEnd(10_000_000, ' ')))).toBe('not-metrics')
})
