import fc from 'fast-check'

/** Messages of OTLP as JSON has them, for properties. */

const text = fc.oneof(
  fc.constantFrom('', 'a', 'eth0', 'cpu0', 'idle', 'used', '/var', 'host-1', 'a,b={c}\\', 'ä€😀', 'y'.repeat(129)),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
)
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
const count = fc.oneof(fc.nat(1_000).map(String), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String))
/** JSON of protobuf writes what no number can be as text. */
const double = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  },
  fc.constantFrom('NaN', 'Infinity', '-Infinity', 1e308),
)
const { anyValue } = fc.letrec<{ readonly anyValue: unknown; readonly keyValue: unknown }>((tie) => ({
  keyValue: fc.record({ key: text, value: tie('anyValue') }, { requiredKeys: ['key'] }),
  anyValue: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    int64.map((intValue) => ({ intValue })),
    double.map((doubleValue) => ({ doubleValue })),
    fc.uint8Array({ maxLength: 5 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.constant({}),
    fc.array(tie('anyValue'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc.array(tie('keyValue'), { maxLength: 3 }).map((values) => ({ kvlistValue: { values } })),
  ),
}))
const attribute = fc.oneof(
  fc
    .tuple(fc.constantFrom('cpu', 'state', 'device', 'direction', 'mountpoint', 'type'), text)
    .map(([key, stringValue]) => ({ key, value: { stringValue } })),
  fc.record({ key: text, value: anyValue }, { requiredKeys: ['key'] }),
)
const attributes = fc.array(attribute, { maxLength: 4 })
const resourceAttribute = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('host.name', 'service.name', 'service.instance.id', 'k8s.pod.name', 'os.type', 'process.pid'),
      text,
    )
    .map(([key, stringValue]) => ({ key, value: { stringValue } })),
  attribute,
)

const second = 1_000_000_000n
const base = 1_795_860_000n * second
const time = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(base, base + 10n * second) },
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1_795_860_000n, base + 999_999n, base + 999_999_999n),
)
const times = {
  timeUnixNano: time.map(String),
  startTimeUnixNano: fc.oneof(time, fc.constant(base - 60n * second)).map(String),
}
const flags = fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 3)
const numberPoint = fc.oneof(
  fc.record({ ...times, asDouble: double, attributes, flags }, { requiredKeys: ['timeUnixNano'] }),
  fc.record({ ...times, asInt: int64, attributes, flags }, { requiredKeys: ['timeUnixNano'] }),
)
const distribution = { ...times, count, sum: double, attributes, flags }
const buckets = fc.array(fc.nat(100).map(String), { maxLength: 3 })
const histogramPoint = fc.record(
  {
    ...distribution,
    bucketCounts: buckets,
    explicitBounds: fc.array(fc.double({ noNaN: true }), { maxLength: 3 }),
    min: double,
    max: double,
  },
  { requiredKeys: ['timeUnixNano'] },
)
const exponentialPoint = fc.record(
  {
    ...distribution,
    scale: fc.integer({ min: -10, max: 20 }),
    zeroCount: count,
    positive: fc.record({ offset: fc.integer({ min: -5, max: 5 }), bucketCounts: buckets }),
  },
  { requiredKeys: ['timeUnixNano'] },
)
const summaryPoint = fc.record(
  {
    ...distribution,
    quantileValues: fc.array(fc.record({ quantile: fc.constantFrom(0, 0.5, 0.99, 1), value: double }), {
      maxLength: 3,
    }),
  },
  { requiredKeys: ['timeUnixNano'] },
)
const temporality = fc.constantFrom(0, 1, 2, 2)
const name = fc.oneof(
  fc.constantFrom(
    'system.cpu.time',
    'system.memory.usage',
    'system.network.io',
    'system.disk.io',
    'http.requests',
    'a_ratio',
    'x',
  ),
  text,
)
const points = <T>(point: fc.Arbitrary<T>) => fc.array(point, { maxLength: 5 })
const data = fc.oneof(
  fc.record({ dataPoints: points(numberPoint) }).map((gauge) => ({ gauge })),
  fc
    .record({ dataPoints: points(numberPoint), aggregationTemporality: temporality, isMonotonic: fc.boolean() })
    .map((sum) => ({ sum })),
  fc
    .record({ dataPoints: points(histogramPoint), aggregationTemporality: temporality })
    .map((histogram) => ({ histogram })),
  fc
    .record({ dataPoints: points(exponentialPoint), aggregationTemporality: temporality })
    .map((exponentialHistogram) => ({ exponentialHistogram })),
  fc.record({ dataPoints: points(summaryPoint) }).map((summary) => ({ summary })),
)
const metric = fc
  .tuple(name, fc.constantFrom('', '1', 's', 'By', '{thread}', 'Cel', 'ms'), data)
  .map(([named, unit, kind]) => ({ name: named, description: 'A metric.', unit, ...kind }))
const scopeMetrics = fc.record(
  {
    scope: fc.record({ name: fc.constantFrom('', 'a', 'otelcol/hostmetricsreceiver'), version: text }),
    metrics: fc.array(metric, { maxLength: 4 }),
  },
  { requiredKeys: ['metrics'] },
)
const resourceMetrics = fc.record(
  {
    resource: fc.record({ attributes: fc.array(resourceAttribute, { maxLength: 4 }) }),
    scopeMetrics: fc.array(scopeMetrics, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['scopeMetrics'] },
)

/** Any message of metrics, also with points that have no value, no time or the wrong one. */
export const otlpMessages = fc.record({ resourceMetrics: fc.array(resourceMetrics, { minLength: 1, maxLength: 3 }) })
