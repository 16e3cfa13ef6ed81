import { describe, expect, test } from 'vitest'
import {
  counter,
  gauge,
  hostMessage,
  nanos,
  onlyPart,
  partsOf,
  point,
  readBoth,
  valuesOf,
  type Attributes,
  type Json,
} from '../../../../tests/support/otlp-message.ts'

describe('values', () => {
  test('of deltas are divided by their own interval', () => {
    const sum = (change: Json) => ({
      name: 'requests',
      unit: '{request}',
      sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ ...point(30, {}, 10), ...change }] },
    })
    const part = onlyPart(sum({ startTimeUnixNano: nanos(7.5) }))
    expect([valuesOf(part), part.shape.units, part.shape.counters]).toEqual([{ requests: 12 }, { requests: '/s' }, []])
    expect(readBoth(hostMessage(sum({ startTimeUnixNano: nanos(10) })))).toMatchObject({
      kind: 'passed',
      why: 'no-numbers',
    })
    expect(readBoth(hostMessage(sum({ startTimeUnixNano: undefined })))).toMatchObject({
      kind: 'passed',
      why: 'no-numbers',
    })
  })

  test('of a sum that can fall are values, those of one that only grows are counters', () => {
    const usage = { name: 'usage', unit: 'By', sum: { aggregationTemporality: 2, dataPoints: [point(5)] } }
    const part = onlyPart(usage, counter('io', 'By', point(7)))
    expect([part.shape.names, part.shape.counters, part.shape.units]).toEqual([
      ['usage', 'io'],
      [1],
      { usage: 'B', io: 'B/s' },
    ])
  })

  test('of a ratio become a percentage where the unit is 1', () => {
    const part = onlyPart(
      gauge('system.cpu.utilization', '1', point(0.25)),
      gauge('cache_hit_ratio', '1', point(0.5)),
      gauge('container.cpu.utilization', '1', point(1.5)),
      gauge('pool.utilization', '%', point(70)),
    )
    expect(Object.values(valuesOf(part))).toEqual([25, 50, 1.5, 70])
    expect(part.shape.units).toEqual({ 'system.cpu.utilization': '%', cache_hit_ratio: '%', 'pool.utilization': '%' })
  })

  test('have the unit of their name if OTLP says none', () => {
    expect(onlyPart(counter('node_network_receive_bytes_total', '', point(1))).shape.units).toEqual({
      node_network_receive_bytes_total: 'B/s',
    })
  })

  test('beyond 2^53 are the nearest double', () => {
    const integer = { ...point(0), asDouble: undefined, asInt: '9007199254740993' }
    expect(onlyPart(gauge('x', '', integer)).values).toEqual([9007199254740992])
  })

  test('that are no numbers leave the others', () => {
    const nan = { ...point(0, { a: '1' }), asDouble: 'NaN' }
    expect(valuesOf(onlyPart(gauge('x', '', nan, point(2))))).toEqual({ x: 2 })
    expect(readBoth(hostMessage(gauge('x', '', nan)))).toEqual({ kind: 'passed', why: 'not-a-number' })
  })
})

describe('a histogram', () => {
  const dataPoint = (change: Json = {}) => ({
    ...point(0, { route: '/pay' }, 10),
    asDouble: undefined,
    count: '40',
    sum: 800,
    bucketCounts: ['30', '10'],
    explicitBounds: [50],
    min: 1,
    max: 99,
    ...change,
  })
  const histogram = (change?: Json, temporality = 2, field = 'histogram') => ({
    name: 'd',
    unit: 'ms',
    [field]: { aggregationTemporality: temporality, dataPoints: [dataPoint(change)] },
  })

  test('is the counters of its count and sum, and their mean', () => {
    const { shape, values } = onlyPart(histogram())
    expect(shape).toMatchObject({
      names: ['d.count{route=/pay}', 'd.sum{route=/pay}'],
      counters: [0, 1],
      means: [{ name: 'd.mean{route=/pay}', count: 0, sum: 1 }],
      units: { 'd.count{route=/pay}': '/s', 'd.sum{route=/pay}': 'ms/s', 'd.mean{route=/pay}': 'ms' },
    })
    expect(values).toEqual([40, 800])
  })

  test('without a sum is a count', () => {
    const { shape } = onlyPart(histogram({ sum: undefined }))
    expect([shape.names, shape.means]).toEqual([['d.count{route=/pay}'], []])
  })

  test('of an interval is its rates and its mean', () => {
    const part = onlyPart(histogram({ startTimeUnixNano: nanos(0) }, 1))
    expect(valuesOf(part)).toEqual({ 'd.count{route=/pay}': 4, 'd.sum{route=/pay}': 80, 'd.mean{route=/pay}': 20 })
    expect(part.shape.counters).toEqual([])
    const idle = onlyPart(histogram({ startTimeUnixNano: nanos(0), count: '0', sum: 0 }, 1))
    expect(valuesOf(idle)).toEqual({ 'd.count{route=/pay}': 0, 'd.sum{route=/pay}': 0 })
  })

  test('is read alike with exponential buckets', () => {
    const buckets = { bucketCounts: undefined, explicitBounds: undefined, scale: 3, zeroCount: '1' }
    const part = onlyPart(
      histogram({ ...buckets, positive: { offset: 1, bucketCounts: ['0', '2'] } }, 2, 'exponentialHistogram'),
    )
    expect(valuesOf(part)).toEqual({ 'd.count{route=/pay}': 40, 'd.sum{route=/pay}': 800 })
  })

  test('that stays the same is still counted', () => {
    expect(onlyPart(histogram()).values).toEqual(onlyPart(histogram({ bucketCounts: ['20', '20'] })).values)
  })
})

test('a summary is count, sum, their mean and its quantiles', () => {
  const quantileValues = [
    { quantile: 0.5, value: 12 },
    { quantile: 0.99, value: 80 },
    { quantile: 1, value: 'NaN' },
  ]
  const part = onlyPart({
    name: 'gc',
    unit: 's',
    summary: { dataPoints: [{ ...point(0), asDouble: undefined, count: '4', sum: 2, quantileValues }] },
  })
  expect(valuesOf(part)).toEqual({ 'gc.count': 4, 'gc.sum': 2, 'gc{quantile=0.5}': 12, 'gc{quantile=0.99}': 80 })
  expect([part.shape.counters, part.shape.means]).toEqual([[0, 1], [{ name: 'gc.mean', count: 0, sum: 1 }]])
})

test('a summary that is left out leaves nothing to the point behind it, or to the next host', () => {
  const summary = (name: string, tags: Attributes): Json => ({
    name,
    unit: 's',
    summary: {
      dataPoints: [{ ...point(0, tags), asDouble: undefined, quantileValues: [{ quantile: 0.5, value: 7 }] }],
    },
  })
  const tooLong = hostMessage(summary('gc', { path: 'y'.repeat(129) }))
  const fine = hostMessage(summary('gc', { path: 'y'.repeat(129) }), gauge('load', '', point(1)))
  expect(readBoth(tooLong)).toMatchObject({ parts: [], leftOut: [{ bound: 'tag-length', tag: 'path' }] })
  expect(onlyPart(gauge('load', '', point(1))).shape.names).toEqual(['load'])
  expect(partsOf(fine).map(({ shape }) => shape.names)).toEqual([['load']])
})

describe('metrics of the house', () => {
  const houseOf = (...metrics: readonly Json[]) =>
    onlyPart(...metrics).shape.house.map(({ metric, combine, terms }) => [
      metric,
      combine,
      terms.map(({ numerator, denominator }) => [numerator, denominator]),
    ])

  test.each(['state', 'cpu.mode'])('have the processor by its %s', (state) => {
    const dataPoints = ['idle', 'user'].map((value) => point(0.5, { cpu: '0', [state]: value }))
    const cpu = (name: string, unit: string) => ({ name, unit, gauge: { dataPoints } })
    const terms = [
      [1, 1],
      [0, 1],
    ]
    expect(houseOf(cpu('system.cpu.time', 's'))).toEqual([['cpu_usage', 'complement', terms]])
    expect(houseOf(cpu('system.cpu.utilization', '1'))).toEqual([['cpu_usage', 'complement', terms]])
    // Seconds are measured; the share of them is counted once.
    const both = onlyPart(cpu('system.cpu.utilization', '1'), cpu('system.cpu.time', 's'))
    expect(both.shape.house[0]?.terms.map(({ index }) => index)).toEqual([2, 3])
  })

  test('have the memory, in bytes or as a share', () => {
    const states = ['used', 'free', 'cached', 'buffered', 'slab_reclaimable'].map((state) => point(1, { state }))
    expect(houseOf(gauge('system.memory.usage', 'By', ...states))).toEqual([
      [
        'memory_usage',
        'share',
        [
          [1, 1],
          [0, 1],
          [0, 1],
          [0, 1],
        ],
      ],
    ])
    expect(houseOf(gauge('system.memory.utilization', '1', ...states))).toEqual([['memory_usage', 'sum', [[1, 0]]]])
  })

  test('have interfaces and disks that are not virtual', () => {
    const [eth0, lo, veth] = ['eth0', 'lo', 'veth1'].map((device) => point(1, { device, direction: 'receive' })) as [
      Json,
      Json,
      Json,
    ]
    expect(houseOf(counter('system.network.io', 'By', eth0, lo, veth))).toEqual([
      ['network_traffic', 'sum', [[8 / 1e6, 0]]],
    ])
    const named = point(1, { 'network.interface.name': 'eth0', 'network.io.direction': 'receive' })
    expect(houseOf(counter('system.network.io', 'By', named))).toHaveLength(1)
    const disks = ['sda', 'loop0', 'dm-0'].map((device) => point(1, { device, direction: 'read' }))
    expect(houseOf(counter('system.disk.io', 'By', ...disks))).toEqual([['disk_io', 'sum', [[1 / 1e6, 0]]]])
    expect(houseOf(counter('system.network.io', 'By', lo))).toEqual([])
  })

  test('have what node_exporter measures, collected by the receiver for Prometheus', () => {
    const modes = ['idle', 'user'].map((mode) => point(1, { cpu: '0', mode }))
    expect(
      houseOf(
        counter('node_cpu_seconds_total', '', ...modes),
        gauge('node_memory_MemAvailable_bytes', '', point(1)),
        gauge('node_memory_MemTotal_bytes', '', point(2)),
      ),
    ).toEqual([
      [
        'cpu_usage',
        'complement',
        [
          [1, 1],
          [0, 1],
        ],
      ],
      [
        'memory_usage',
        'complement',
        [
          [1, 0],
          [0, 1],
        ],
      ],
    ])
  })

  test('are not made of one side of a share', () => {
    expect(houseOf(counter('system.cpu.time', 's', point(1, { state: 'user' })))).toEqual([])
    expect(houseOf(gauge('node_memory_MemTotal_bytes', '', point(2)))).toEqual([])
  })
})
