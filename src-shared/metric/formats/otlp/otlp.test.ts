import { describe, expect, test } from 'vitest'
import {
  attributes,
  gauge,
  hostMessage,
  onlyPart,
  partsOf,
  point,
  readBoth,
  resourceMetrics,
  startMs,
  valuesOf,
  type Attributes,
} from '../../../../tests/support/otlp-message.ts'
import type { FormatRecord } from '../record-part.ts'

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
    const reading = readBoth({ resourceMetrics: resources })
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

describe('a time', () => {
  const timeOf = (timeUnixNano: unknown, change?: Partial<FormatRecord>) =>
    readBoth(hostMessage(gauge('x', '', { ...point(1), timeUnixNano })), change)

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
