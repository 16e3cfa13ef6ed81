import { expect, test } from 'vitest'
import { explainRecord } from './example-reading.ts'
import { houseReading } from './house-words.ts'
import type { HouseFormula, PartShape } from '../formats/record-part.ts'

const lines = (text: string, topic = 'telegraf') =>
  explainRecord({ value: Buffer.from(text), key: null, topic, timestamp: 1_795_863_870_118 })

test('a line of Telegraf is read as node, time, values and what follows from them', () => {
  const line =
    'cpu,cpu=cpu-total,host=web-01 usage_user=52.6,usage_system=8.8,usage_iowait=12.8,usage_idle=25.8 1795863870000000000'
  expect(lines(line)).toEqual({
    kind: 'parts',
    format: 'influx-line',
    partCount: 1,
    parts: [
      {
        nodeId: 'web-01',
        nodeName: 'web-01',
        at: 1_795_863_870_000,
        values: [
          { name: 'cpu.usage_idle{cpu=cpu-total}', value: 25.8, unit: '%', isCounter: false },
          { name: 'cpu.usage_iowait{cpu=cpu-total}', value: 12.8, unit: '%', isCounter: false },
          { name: 'cpu.usage_system{cpu=cpu-total}', value: 8.8, unit: '%', isCounter: false },
          { name: 'cpu.usage_user{cpu=cpu-total}', value: 52.6, unit: '%', isCounter: false },
        ],
        house: [{ text: 'CPU usage = 100 − usage_idle', value: 74.2, unit: '%' }],
        attributes: {},
      },
    ],
  })
})

test('a counter has the unit of what it counts, and a total needs more records', () => {
  const read = lines('net,host=web-01,interface=eth0 bytes_recv=100i,bytes_sent=50i 1795863870000000000')
  expect(read.kind === 'parts' && read.parts[0]?.values[0]).toMatchObject({ value: 100, unit: 'B', isCounter: true })
  expect(read.kind === 'parts' && read.parts[0]?.house).toEqual([
    {
      text: 'Network traffic = bytes_recv + bytes_sent a second, summed',
      unit: 'Mbps',
      note: 'from all records of one time',
    },
  ])
})

test('what is passed over and what is rejected say why', () => {
  expect(lines('{"order_id":1,"customer":"c","total":2}', 'orders')).toMatchObject({
    kind: 'passed',
    why: 'not-metrics',
  })
  expect(lines('{"node_id":"a"}', 'metrics-a')).toMatchObject({ kind: 'rejected' })
})

const shape: PartShape = {
  format: 'otlp-json',
  part: 'cpu',
  names: ['cpu.time{state=idle}', 'cpu.time{state=user}', 'mem.free', 'mem.total'],
  units: {},
  counters: [0, 1],
  house: [],
  means: [],
  attributes: {},
}
const formula = (part: Partial<HouseFormula>): HouseFormula => ({
  metric: 'cpu_usage',
  combine: 'sum',
  over: 'record',
  terms: [],
  ...part,
})

test.each<[string, Partial<HouseFormula>, string, number | undefined]>([
  [
    'a share of rates',
    {
      combine: 'complement',
      terms: [
        { index: 0, numerator: 1, denominator: 1 },
        { index: 1, numerator: 0, denominator: 1 },
      ],
    },
    'CPU usage = 100 − 100 × idle / (idle + user)',
    undefined,
  ],
  [
    'a share',
    {
      metric: 'memory_usage',
      combine: 'share',
      terms: [
        { index: 3, numerator: 1, denominator: 1 },
        { index: 2, numerator: -1, denominator: 0 },
      ],
    },
    'Memory usage = 100 × (total − free) / total',
    75,
  ],
])('%s in words', (_, part, text, value) => {
  const reading = houseReading(formula(part), shape, [1, 2, 25, 100])
  expect([reading.text, reading.value]).toEqual([text, value])
})
