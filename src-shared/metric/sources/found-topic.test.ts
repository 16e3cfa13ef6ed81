import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PartShape, RecordReading } from '../formats/record-part.ts'
import { contentOf, type LookedAt } from './found-topic.ts'
import { numbersIn } from './numbers-in.ts'

const record = (value: unknown): LookedAt => ({
  value: typeof value === 'string' ? Buffer.from(value) : Buffer.from(JSON.stringify(value)),
  key: null,
  timestamp: 0,
})
const shape: PartShape = {
  format: 'influx-line',
  part: 'cpu',
  names: ['cpu.usage_user{cpu=cpu0}', 'cpu.usage_idle{cpu=cpu0}'],
  units: {},
  counters: [],
  house: [],
  means: [],
  attributes: {},
}
const partOf = (nodeId: string, more: Partial<PartShape> = {}): RecordReading => ({
  kind: 'parts',
  parts: [{ nodeId, nodeName: nodeId, at: 0, shape: { ...shape, ...more }, values: [1, 2] }],
})
const unknown: RecordReading = { kind: 'passed', why: 'not-metrics', detail: 'order_id, customer, total' }
/** Readings in the order of the records. */
const content = (values: readonly unknown[], readings: readonly RecordReading[]) => {
  const records = values.map(record)
  return contentOf(records, (one) => readings[records.indexOf(one)] as RecordReading)
}

test('metrics: formats by their records, hosts, and what is measured', () => {
  const readings = [partOf('a', { format: 'collectd-json', names: ['load.shortterm', 'x'] }), partOf('a'), partOf('b')]
  expect(content([1, 2, 3], readings)).toEqual({
    kind: 'metrics',
    formats: ['influx-line', 'collectd-json'],
    hosts: 2,
    metrics: 4,
    names: ['load', 'x', 'cpu'],
  })
})

test('one record with metrics is enough', () => {
  expect(content([{}, 1], [unknown, partOf('a')])).toMatchObject({ kind: 'metrics', hosts: 1, metrics: 2 })
})

test('JSON of its own shape may hold metrics', () => {
  const press = {
    machine: { serial: 'PL-0417', label: 'Press 4' },
    meta: { measuredAt: 1795863869870, fw: '2.11' },
    readings: [
      { kind: 'oil_temp', v: 61.5 },
      { kind: 'oil_pressure', v: 4.52 },
      { kind: 'vibration', v: 2.25 },
      { kind: 'strokes', v: 31 },
      { kind: 'motor_load', v: 74.1 },
      { kind: 'door', v: 'shut' },
    ],
  }
  expect(content([press], [unknown])).toEqual({ kind: 'may-be', numbers: 5, hasHost: false })
  expect(content([{ ...press, host: 'a' }], [unknown])).toMatchObject({ hasHost: true })
})

test.each([
  ['an order', { order_id: 881234, customer: 'c-99', total: 12.5, created_at: 1795860001000 }],
  ['a log as JSON', { level: 'info', message: 'started', ms: 3, bytes: 17, took: 1 }],
  ['a text', 'text of a log'],
])('%s is not metrics', (_, value) => {
  expect(content([value], [unknown])).toEqual({ kind: 'not', why: 'not-metrics', detail: 'order_id, customer, total' })
})

test('a topic that needs a schema registry, and an empty one', () => {
  const avro: RecordReading = { kind: 'passed', why: 'needs-schema-registry', detail: 'Avro, schema 1042' }
  const empty: RecordReading = { kind: 'passed', why: 'empty' }
  expect(content([1, 2, 3], [empty, empty, avro])).toEqual({
    kind: 'not',
    why: 'needs-schema-registry',
    detail: 'Avro, schema 1042',
  })
  expect(content([''], [empty])).toEqual({ kind: 'not', why: 'empty' })
  expect(content([], [])).toEqual({ kind: 'not', why: 'empty' })
})

test('records that are refused say why', () => {
  const reject: RecordReading = { kind: 'rejected', reject: { code: 'not-json', reason: 'Telegraf JSON, fields: x' } }
  expect(content(['{'], [reject])).toEqual({ kind: 'not', why: 'rejected', detail: 'Telegraf JSON, fields: x' })
})

test('any bytes have numbers or none, in time', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void numbersIn(bytes)))
  fc.assert(fc.property(fc.json(), (text) => void numbersIn(Buffer.from(text))))
  const deep = '['.repeat(5_000) + ']'.repeat(5_000)
  expect(numbersIn(Buffer.from(deep))).toEqual({ numbers: 0, hasHost: false, isLog: false })
})
