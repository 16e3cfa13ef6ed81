import { expect, test } from 'vitest'
import type { FieldMapping } from './field-mapping.ts'
import { previewedAtMost, previewMapping, rowsAtMost } from './preview-mapping.ts'

const at = 1_795_860_000_000
const mapping: FieldMapping = {
  topic: 'press-line',
  node: 'id',
  nodeName: 'label',
  time: 'at',
  values: 'readings',
  prefix: 'press.',
}
const record = (json: unknown) => ({ key: null, timestamp: at, value: Buffer.from(JSON.stringify(json)) })
const sent = (seconds: number, readings: unknown, id = 'a') =>
  record({ id, label: `Press ${seconds}`, at: at + seconds * 1000, readings })

test('a row is a metric of a node, with its values by time', () => {
  const records = [
    sent(20, { temp_celsius: 3, load: 1 }),
    sent(0, { temp_celsius: 1 }),
    sent(10, { temp_celsius: 2 }, 'b'),
    sent(10, { temp_celsius: 2, constructor: 5 }),
  ]
  expect(previewMapping(records, mapping)).toEqual({
    read: 4,
    records: [2, 1, 1, 2].map((values) => ({ kind: 'read', values })),
    rows: [
      {
        nodeId: 'a',
        nodeName: 'Press 20',
        name: 'press.temp_celsius',
        value: 3,
        unit: '°C',
        count: 3,
        values: [1, 2, 3],
      },
      { nodeId: 'a', nodeName: 'Press 20', name: 'press.load', value: 1, unit: '', count: 1, values: [1] },
      { nodeId: 'a', nodeName: 'Press 20', name: 'press.constructor', value: 5, unit: '', count: 1, values: [5] },
      { nodeId: 'b', nodeName: 'Press 10', name: 'press.temp_celsius', value: 2, unit: '°C', count: 1, values: [2] },
    ],
    rowCount: 4,
  })
})

test('a metric of the house has a row of its own, with the metric that it is taken from', () => {
  const house = { cpu_usage: 'press.load', disk_io: 'press.missing' }
  const { rows, rowCount, records } = previewMapping([sent(0, { load: 40 }), sent(10, { load: 41, temp: 7 })], {
    ...mapping,
    house,
  })
  expect(rows.map(({ name, value, unit, count, values, from }) => [name, value, unit, count, values, from])).toEqual([
    ['press.load', 41, '', 2, [40, 41], undefined],
    ['cpu_usage', 41, '%', 2, [40, 41], 'press.load'],
    ['press.temp', 7, '', 1, [7], undefined],
  ])
  expect(rowCount).toBe(3)
  expect(records).toEqual([
    { kind: 'read', values: 1 },
    { kind: 'read', values: 2 },
  ])
})

test('a metric with the name of one of the house is that one, and nothing is taken from another', () => {
  const { rows } = previewMapping([sent(0, { cpu_usage: 12, load: 40 })], {
    topic: 'press-line',
    node: 'id',
    time: 'at',
    values: 'readings',
    house: { cpu_usage: 'load' },
  })
  expect(rows.map(({ name, value, unit, from }) => [name, value, unit, from])).toEqual([
    ['cpu_usage', 12, '%', undefined],
    ['load', 40, '', undefined],
  ])
})

test('each record says why it is not read', () => {
  const own = { node_id: 'n', node_name: 'N', timestamp: '2026-11-28T10:00:00Z', metrics: { load: 1 } }
  const { read, records } = previewMapping(
    [
      sent(0, { door: 'shut' }),
      record({ id: 'a', at: 'x', readings: { load: 1 } }),
      record({ order: 5 }),
      record(own),
      { key: null, timestamp: at, value: null },
      { key: null, timestamp: at, value: Buffer.from('text') },
    ],
    mapping,
  )
  expect(read).toBe(0)
  expect(records.map((one) => one.kind === 'not' && one.reason)).toEqual([
    'without numbers',
    'your mapping, at: expected a time, got "x"',
    'your mapping finds neither id nor readings',
    'read as ReMo JSON',
    'without a value',
    'text: text',
  ])
})

test('envelopes are taken off, and a damaged record among good ones is said', () => {
  const good = { id: 'a', at, readings: { load: 1 } }
  const { records, rows } = previewMapping([record({ schema: null, payload: [good, { ...good, at: 1 }] })], mapping)
  expect(records).toEqual([{ kind: 'read', values: 1, reason: 'your mapping, [1].at: expected a time, got 1' }])
  expect(rows).toHaveLength(1)
})

test('many records and many metrics are cut', () => {
  const readings = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`m${i}`, i]))
  const { records, rows, rowCount } = previewMapping(Array(30).fill(sent(0, readings)), mapping)
  expect([records.length, rows.length, rowCount]).toEqual([previewedAtMost, rowsAtMost, 600])
})
