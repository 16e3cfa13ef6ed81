import { describe, expect, test } from 'vitest'
import {
  attributes,
  counter,
  gauge,
  hostMessage,
  meaningOf,
  nanos,
  point,
  readJson,
  readProto,
  resourceMetrics,
  startMs,
  valuesOf,
  type Attributes,
  type Json,
} from '../../../../tests/support/otlp-message.ts'
import { otlpBytes } from '../../../../tests/support/otlp-protobuf.ts'
import type { FormatRecord, RecordPart, RecordReading } from '../record-part.ts'

/** The reading of a message in JSON. In protobuf it means the same, also the second time. */
function read(json: Json, change?: Partial<FormatRecord>): RecordReading {
  const reading = readJson(json, change)
  for (let i = 0; i < 2; i++) expect(meaningOf(readProto(otlpBytes(json), change))).toEqual(meaningOf(reading))
  return reading
}

function partsOf(json: Json, change?: Partial<FormatRecord>): readonly RecordPart[] {
  const reading = read(json, change)
  if (reading.kind !== 'parts') throw new Error(JSON.stringify(reading))
  return reading.parts
}

function onlyPart(...metrics: readonly Json[]): RecordPart {
  const [part, ...others] = partsOf(hostMessage(...metrics))
  expect(others).toEqual([])
  return part as RecordPart
}

describe('the node of a resource', () => {
  const nodeOf = (resource: Attributes, change?: Partial<FormatRecord>) => {
    const [part] = partsOf({ resourceMetrics: [resourceMetrics(resource, [gauge('x', '', point(1))])] }, change)
    return [part?.nodeId, part?.nodeName, part?.shape.names[0]]
  }

  test.each<[string, Attributes, string, string]>([
    ['host.name', { 'service.name': 's', 'host.name': 'web-1' }, 'web-1', 'x{service.name=s}'],
    ['k8s.node.name', { 'k8s.pod.name': 'p', 'k8s.node.name': 'n' }, 'n', 'x{k8s.pod.name=p}'],
    ['k8s.pod.name', { 'k8s.pod.name': 'p', 'k8s.container.name': 'c' }, 'p', 'x{k8s.container.name=c}'],
    ['service.name', { 'service.name': 's', 'os.type': 'linux' }, 's', 'x'],
  ])('is %s', (_, resource, node, name) => {
    expect(nodeOf(resource)).toEqual([node, node, name])
  })

  test('is an instance with the name of its service', () => {
    expect(nodeOf({ 'service.name': 'shop', 'service.instance.id': 'i-1' })).toEqual(['i-1', 'shop (i-1)', 'x'])
  })

  test('is the key of the record, or its topic', () => {
    expect(nodeOf({ 'os.type': 'linux' }, { key: Buffer.from('edge-1') })).toEqual(['edge-1', 'edge-1', 'x'])
    expect(nodeOf({})).toEqual(['otlp_metrics', 'otlp_metrics', 'x'])
    // The key of a Collector that partitions by resource is a hash.
    expect(nodeOf({}, { key: Buffer.from('9f03c2d1e0ffaa10', 'hex') })[0]).toBe('otlp_metrics')
  })

  test('is refused if its name is too long, and other resources of the record are read', () => {
    const long = 'h'.repeat(129)
    const resources = [long, 'b'].map((name) => resourceMetrics({ 'host.name': name }, [gauge('x', '', point(1))]))
    const reading = read({ resourceMetrics: resources })
    expect(reading).toMatchObject({ kind: 'parts', parts: [{ nodeId: 'b' }], refused: { code: 'bad-text' } })
    expect(reading.kind === 'parts' && reading.refused?.reason).toMatch(
      /^OTLP JSON, resource host.name: expected text of 1 to 128/,
    )
  })
})

test('two services of a host do not overwrite each other', () => {
  const services = ['cart', 'shop'].map((name) =>
    resourceMetrics({ 'host.name': 'web-1', 'service.name': name }, [gauge('queue.size', '', point(1))]),
  )
  expect(partsOf({ resourceMetrics: services }).map(({ shape }) => [shape.part, shape.names])).toEqual([
    ['my.scope{service.name=cart}', ['queue.size{service.name=cart}']],
    ['my.scope{service.name=shop}', ['queue.size{service.name=shop}']],
  ])
})

test('what the host does has no name of a service', () => {
  const resource = { 'host.name': 'web-1', 'service.name': 'collector' }
  const [part] = partsOf({
    resourceMetrics: [resourceMetrics(resource, [gauge('system.cpu.load_average.1m', '{thread}', point(1))])],
  })
  expect(part?.shape.names).toEqual(['system.cpu.load_average.1m'])
})

describe('a part', () => {
  test('has the points of one node, scope and time', () => {
    const metrics = [
      gauge('a', '', point(1, {}, 0), point(2, {}, 10)),
      gauge('b', '', point(3, {}, 0), point(4, {}, 10), point(5, {}, 20)),
    ]
    expect(partsOf(hostMessage(...metrics)).map((part) => [part.at - startMs, valuesOf(part)])).toEqual([
      [0, { a: 1, b: 3 }],
      [10_000, { a: 2, b: 4 }],
      [20_000, { b: 5 }],
    ])
  })

  test('has the points of a resource that the record has twice', () => {
    const twice = ['a', 'b'].map((name) => resourceMetrics({ 'host.name': 'web-1' }, [gauge(name, '', point(1))]))
    expect(partsOf({ resourceMetrics: twice }).map(valuesOf)).toEqual([{ a: 1, b: 1 }])
  })

  test.each([
    [
      'github.com/open-telemetry/opentelemetry-collector-contrib/receiver/hostmetricsreceiver/internal/scraper/cpuscraper',
      'hostmetricsreceiver/cpu',
    ],
    ['otelcol/hostmetricsreceiver/cpu', 'hostmetricsreceiver/cpu'],
    ['otelcol/hostmetricsreceiver', 'hostmetricsreceiver'],
    ['io.opentelemetry.runtime-telemetry', 'io.opentelemetry.runtime-telemetry'],
    ['', 'otlp'],
  ])('is named by the scope %s', (scope, part) => {
    const message = { resourceMetrics: [resourceMetrics({ 'host.name': 'h' }, [gauge('x', '', point(1))], scope)] }
    expect(partsOf(message)[0]?.shape.part).toBe(part)
  })

  test('has the last of two points with one name', () => {
    const tags = { mountpoint: '/', device: 'a' }
    const part = onlyPart(
      gauge('fs', 'By', point(1, tags), point(2, { ...tags, device: 'b' }), point(3, { mountpoint: '/var' })),
    )
    expect(valuesOf(part)).toEqual({ 'fs{mountpoint=/}': 2, 'fs{mountpoint=/var}': 3 })
  })

  test('has attributes of every kind as tags', () => {
    const values = [
      { stringValue: 'text' },
      { intValue: '-9223372036854775808' },
      { boolValue: true },
      { doubleValue: 0.5 },
      { bytesValue: 'AQID' },
      { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } },
      { kvlistValue: { values: [{ key: 'k', value: { boolValue: false } }] } },
    ]
    const list = values.map((value, i) => ({ key: `k${i}`, value }))
    const part = onlyPart(gauge('x', '', { ...point(1), attributes: list }))
    expect(part.shape.names).toEqual([
      String.raw`x{k0=text,k1=-9223372036854775808,k2=true,k3=0.5,k4=AQID,k5=["a"\,1],k6=\{"k":false\}}`,
    ])
  })
})

describe('values', () => {
  test('of deltas are divided by their own interval', () => {
    const sum = (change: Json) => ({
      name: 'requests',
      unit: '{request}',
      sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ ...point(30, {}, 10), ...change }] },
    })
    const part = onlyPart(sum({ startTimeUnixNano: nanos(7.5) }))
    expect([valuesOf(part), part.shape.units, part.shape.counters]).toEqual([{ requests: 12 }, { requests: '/s' }, []])
    expect(read(hostMessage(sum({ startTimeUnixNano: nanos(10) })))).toMatchObject({
      kind: 'passed',
      why: 'no-numbers',
    })
    expect(read(hostMessage(sum({ startTimeUnixNano: undefined })))).toMatchObject({
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
    expect(read(hostMessage(gauge('x', '', nan)))).toEqual({ kind: 'passed', why: 'not-a-number' })
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

describe('metrics of the house', () => {
  const houseOf = (...metrics: readonly Json[]) =>
    onlyPart(...metrics).shape.house.map(({ metric, combine, terms }) => [
      metric,
      combine,
      terms.map(({ numerator, denominator }) => [numerator, denominator]),
    ])

  test.each(['state', 'cpu.mode'])('have the processor by its %s', (state) => {
    const cpu = (name: string, unit: string) =>
      ['idle', 'user']
        .map((value) => point(0.5, { cpu: '0', [state]: value }))
        .reduce<readonly Json[]>((all, one) => [...all, one], [])
        .map((one) => one) && {
        name,
        unit,
        gauge: { dataPoints: ['idle', 'user'].map((value) => point(0.5, { cpu: '0', [state]: value })) },
      }
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

describe('a time', () => {
  const timeOf = (timeUnixNano: unknown, change?: Partial<FormatRecord>) =>
    read(hostMessage(gauge('x', '', { ...point(1), timeUnixNano })), change)

  test('is cut to milliseconds', () => {
    expect(timeOf('1795860000123999999')).toMatchObject({ parts: [{ at: 1795860000123 }] })
    expect(timeOf('1795860000999999999')).toMatchObject({ parts: [{ at: 1795860000999 }] })
  })

  test('is that of the record if the point has none', () => {
    expect(timeOf('0')).toMatchObject({ parts: [{ at: startMs + 1_000 }] })
    expect(timeOf(undefined)).toMatchObject({ parts: [{ at: startMs + 1_000 }] })
    expect(timeOf('0', { timestamp: -1 })).toMatchObject({ kind: 'rejected', reject: { code: 'bad-timestamp' } })
  })

  test.each([['1795860000'], ['1795860000000'], ['1795860000000000'], ['1']])('of %s is in another unit', (time) => {
    const reading = timeOf(time)
    expect(reading).toMatchObject({ kind: 'rejected', reject: { code: 'bad-timestamp' } })
    expect(reading.kind === 'rejected' && reading.reject.reason).toBe(
      `OTLP JSON, resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[0].timeUnixNano: expected nanoseconds since 1970, got ${time}`,
    )
  })
})

test('the example of the specification is read', () => {
  const tags = { attributes: attributes({ 'my.attr': 'some value' }) }
  const time = { timeUnixNano: '1544712660300000000', startTimeUnixNano: '1544712660300000000' }
  const message = {
    resourceMetrics: [
      resourceMetrics({ 'service.name': 'my.service' }, [
        {
          name: 'my.counter',
          unit: '1',
          description: 'I am a Counter',
          sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ asDouble: 5, ...time, ...tags }] },
        },
        {
          name: 'my.gauge',
          unit: '1',
          description: 'I am a Gauge',
          gauge: { dataPoints: [{ asDouble: 10, ...time, ...tags }] },
        },
        {
          name: 'my.histogram',
          unit: '1',
          histogram: {
            aggregationTemporality: 1,
            dataPoints: [{ ...time, count: '2', sum: 2, bucketCounts: ['1', '1'], explicitBounds: [1], ...tags }],
          },
        },
      ]),
    ],
  }
  // Its deltas begin when they end.
  expect(partsOf(message).map(valuesOf)).toEqual([{ 'my.gauge{my.attr=some value}': 10 }])
})
