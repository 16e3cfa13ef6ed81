import { describe, expect, test } from 'vitest'
import { soundReading } from '../../../tests/support/format-checks.ts'
import { testVectors } from '../../../tests/support/format-vectors.ts'
import { rowsOf, start as builtAt } from '../assemble/assemble-builders.ts'
import { Assembler } from '../assemble/assembler.ts'
import type { RecordPart, RecordReading } from './record-part.ts'

testVectors('vector')

type Json = Readonly<Record<string, unknown>>

const start = Date.parse('2026-11-28T10:00:00Z')

function metric(name: string, value: Json, change: Json = {}) {
  return {
    name,
    tags: { host: 'edge-1' },
    timestamp: '2026-11-28T10:00:00.000000000Z',
    kind: 'absolute',
    ...value,
    ...change,
  }
}

function read(json: unknown, timestamp = -1): RecordReading {
  return soundReading({ topic: 't', key: null, timestamp, value: Buffer.from(JSON.stringify(json)) })
}

function partOf(json: unknown): RecordPart {
  const reading = read(json)
  expect(reading).toMatchObject({ kind: 'parts', parts: [{}] })
  return (reading as { readonly parts: readonly RecordPart[] }).parts[0] as RecordPart
}

function valuesOf(json: unknown): Record<string, number> {
  const { shape, values } = partOf(json)
  return Object.fromEntries(shape.names.map((name, i) => [name, values[i] as number]))
}

describe('values of each kind', () => {
  const histogram = { aggregated_histogram: { buckets: [{ upper_limit: 1, count: 3 }], count: 4, sum: 10 } }

  test('a set is its number of values', () => {
    expect(valuesOf(metric('users', { set: { values: ['a', 'b'] } }))).toEqual({ users: 2 })
  })

  test('a distribution is count, sum and mean', () => {
    const samples = [
      { value: 10, rate: 3 },
      { value: 20, rate: 1 },
    ]
    const json = metric('d', { distribution: { samples, statistic: 'histogram' } }, { kind: 'incremental' })
    expect(valuesOf(json)).toEqual({ 'd.count': 4, 'd.sum': 50, 'd.mean': 12.5 })
  })

  test('a histogram that counts from its start is two counters and their mean', () => {
    const { shape, values } = partOf(metric('wait_seconds', histogram))
    expect(values).toEqual([4, 10])
    expect(shape).toMatchObject({ names: ['wait_seconds.count', 'wait_seconds.sum'], counters: [0, 1] })
    expect(shape.means).toEqual([{ name: 'wait_seconds.mean', count: 0, sum: 1 }])
    expect(shape.units).toEqual({ 'wait_seconds.count': '/s', 'wait_seconds.sum': 's/s', 'wait_seconds.mean': 's' })
  })

  test('a histogram of an interval has its own numbers', () => {
    const json = metric('wait', histogram, { kind: 'incremental' })
    expect(valuesOf(json)).toEqual({ 'wait.count': 4, 'wait.sum': 10, 'wait.mean': 2.5 })
    expect(partOf(json).shape.counters).toEqual([])
  })

  test('a summary has its quantiles', () => {
    const quantiles = [
      { quantile: 0.5, value: 1 },
      { quantile: 0.99, value: null },
    ]
    const json = metric('gc', { aggregated_summary: { quantiles, count: 2, sum: 3 } })
    expect(valuesOf(json)).toEqual({ 'gc.count': 2, 'gc.sum': 3, 'gc{quantile=0.5}': 1 })
  })

  test('a change of a gauge and a sketch are passed over', () => {
    expect(read(metric('g', { gauge: { value: 1 } }, { kind: 'incremental' }))).toMatchObject({ why: 'no-numbers' })
    expect(read(metric('s', { sketch: { AgentDDSketch: {} } }))).toMatchObject({ why: 'no-numbers' })
    expect(read(metric('n', { gauge: { value: null } }))).toEqual({ kind: 'passed', why: 'not-a-number' })
  })
})

test('the last value of a tag counts', () => {
  const json = metric('x', { gauge: { value: 1 } }, { tags: { host: 'edge-1', a: ['first', null, 'second'], b: null } })
  expect(valuesOf(json)).toEqual({ 'x{a=second}': 1 })
})

test('totals follow from the records of a host', () => {
  const scrape = (second: number, cpu: readonly [number, number], bytes: number) => {
    const change = (collector: string, tags: Json = {}) => ({
      namespace: 'host',
      tags: { collector, host: 'edge-1', ...tags },
      timestamp: `2026-11-28T10:00:${second}.000000000Z`,
    })
    return [
      metric('cpu_seconds_total', { counter: { value: cpu[0] } }, change('cpu', { cpu: '0', mode: 'idle' })),
      metric('cpu_seconds_total', { counter: { value: cpu[1] } }, change('cpu', { cpu: '0', mode: 'user' })),
      metric('memory_available_bytes', { gauge: { value: 250 } }, change('memory')),
      metric('memory_total_bytes', { gauge: { value: 1_000 } }, change('memory')),
      metric('network_receive_bytes_total', { counter: { value: bytes } }, change('network', { device: 'eth0' })),
      metric('network_receive_bytes_total', { counter: { value: bytes } }, change('network', { device: 'lo' })),
      metric('disk_written_bytes_total', { counter: { value: bytes } }, change('disk', { device: 'sda' })),
    ]
  }
  const records = [...scrape(10, [0, 0], 0), ...scrape(25, [10, 5], 0), ...scrape(40, [13, 17], 15e6)]
  const assembler = new Assembler()
  assembler.begin({ topic: 't', partition: 0 })
  for (const [offset, json] of records.entries()) assembler.add({ offset, timestamp: -1 }, [partOf(json)])
  const totals = rowsOf(assembler.take().columns).filter(
    ({ part, second }) => part === 'total' && second === (start - builtAt) / 1_000 + 40,
  )
  expect(Object.assign({}, ...totals.map(({ values }) => values))).toEqual({
    cpu_usage: expect.closeTo(80, 9) as number,
    memory_usage: 75,
    network_traffic: 8,
    disk_io: 1,
  })
})

describe('a damaged record is rejected by its field', () => {
  const gauge = { gauge: { value: 1 } }

  test.each([
    [metric('x', { gauge: { value: 'high' } }), 'gauge.value: expected a number, got "high"'],
    [metric('x', { gauge: 7 }), 'gauge: expected an object, got 7'],
    [metric('x', { aggregated_histogram: { count: 1 } }), 'aggregated_histogram.sum: expected a number, got nothing'],
    [metric('x', { set: { values: 1 } }), 'set.values: expected an array, got 1'],
    [metric('x', gauge, { timestamp: 'today' }), 'timestamp: expected RFC 3339 text, got "today"'],
    [metric('x', gauge, { timestamp: 1_795_860_000 }), 'timestamp: expected RFC 3339 text, got 1795860000'],
    [metric('x', gauge, { timestamp: undefined }), 'timestamp: expected RFC 3339 text, got nothing'],
    [metric('', gauge), 'name: expected text, got ""'],
    [metric('x', gauge, { namespace: 7 }), 'namespace: expected text, got 7'],
    [metric('x', gauge, { tags: [] }), 'tags: expected an object, got an array'],
    [metric('x', gauge, { tags: { a: 7 } }), 'tags.a: expected text, got 7'],
  ])('%j', (json, reason) => {
    expect(read(json)).toMatchObject({ kind: 'rejected', reject: { reason: `Vector, ${reason}` } })
  })
})
