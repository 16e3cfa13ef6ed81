/** Messages of OTLP in protobuf, from what JSON of OTLP has. Follows the .proto files of opentelemetry-proto. */

type Json = Readonly<Record<string, unknown>>
type FieldType = 'string' | 'bool' | 'int64' | 'uint32' | 'double' | 'fixed64' | 'sfixed64' | 'bytes' | 'sint32'
/** `list`: repeated; numbers are packed. */
type Field = readonly [number: number, type: FieldType | MessageName, list?: 'list']
type MessageName = keyof typeof messages

const number64 = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] } as const

const messages = {
  MetricsData: { resourceMetrics: [1, 'ResourceMetrics', 'list'] },
  ResourceMetrics: { resource: [1, 'Resource'], scopeMetrics: [2, 'ScopeMetrics', 'list'], schemaUrl: [3, 'string'] },
  Resource: { attributes: [1, 'KeyValue', 'list'], droppedAttributesCount: [2, 'uint32'] },
  ScopeMetrics: { scope: [1, 'Scope'], metrics: [2, 'Metric', 'list'], schemaUrl: [3, 'string'] },
  Scope: { name: [1, 'string'], version: [2, 'string'], attributes: [3, 'KeyValue', 'list'] },
  Metric: {
    name: [1, 'string'],
    description: [2, 'string'],
    unit: [3, 'string'],
    gauge: [5, 'Points'],
    sum: [7, 'Points'],
    histogram: [9, 'Histogram'],
    exponentialHistogram: [10, 'ExponentialHistogram'],
    summary: [11, 'Summary'],
    metadata: [12, 'KeyValue', 'list'],
  },
  Points: {
    dataPoints: [1, 'NumberDataPoint', 'list'],
    aggregationTemporality: [2, 'uint32'],
    isMonotonic: [3, 'bool'],
  },
  Histogram: { dataPoints: [1, 'HistogramDataPoint', 'list'], aggregationTemporality: [2, 'uint32'] },
  ExponentialHistogram: { dataPoints: [1, 'ExponentialPoint', 'list'], aggregationTemporality: [2, 'uint32'] },
  Summary: { dataPoints: [1, 'SummaryDataPoint', 'list'] },
  NumberDataPoint: {
    ...number64,
    asDouble: [4, 'double'],
    exemplars: [5, 'Exemplar', 'list'],
    asInt: [6, 'sfixed64'],
    attributes: [7, 'KeyValue', 'list'],
    flags: [8, 'uint32'],
  },
  HistogramDataPoint: {
    ...number64,
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    bucketCounts: [6, 'fixed64', 'list'],
    explicitBounds: [7, 'double', 'list'],
    exemplars: [8, 'Exemplar', 'list'],
    attributes: [9, 'KeyValue', 'list'],
    flags: [10, 'uint32'],
    min: [11, 'double'],
    max: [12, 'double'],
  },
  ExponentialPoint: {
    attributes: [1, 'KeyValue', 'list'],
    ...number64,
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    scale: [6, 'sint32'],
    zeroCount: [7, 'fixed64'],
    positive: [8, 'Buckets'],
    flags: [10, 'uint32'],
    min: [12, 'double'],
    max: [13, 'double'],
    zeroThreshold: [14, 'double'],
  },
  Buckets: { offset: [1, 'sint32'], bucketCounts: [2, 'int64', 'list'] },
  SummaryDataPoint: {
    ...number64,
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    quantileValues: [6, 'Quantile', 'list'],
    attributes: [7, 'KeyValue', 'list'],
    flags: [8, 'uint32'],
  },
  Quantile: { quantile: [1, 'double'], value: [2, 'double'] },
  Exemplar: { timeUnixNano: [2, 'fixed64'], asDouble: [3, 'double'], filteredAttributes: [7, 'KeyValue', 'list'] },
  TracesData: { resourceSpans: [1, 'ResourceSpans', 'list'] },
  ResourceSpans: { resource: [1, 'Resource'], scopeSpans: [2, 'ScopeSpans', 'list'] },
  ScopeSpans: { scope: [1, 'Scope'], spans: [2, 'Span', 'list'] },
  Span: {
    traceId: [1, 'bytes'],
    spanId: [2, 'bytes'],
    parentSpanId: [4, 'bytes'],
    name: [5, 'string'],
    kind: [6, 'uint32'],
    startTimeUnixNano: [7, 'fixed64'],
    endTimeUnixNano: [8, 'fixed64'],
    attributes: [9, 'KeyValue', 'list'],
  },
  LogsData: { resourceLogs: [1, 'ResourceLogs', 'list'] },
  ResourceLogs: { resource: [1, 'Resource'], scopeLogs: [2, 'ScopeLogs', 'list'] },
  ScopeLogs: { scope: [1, 'Scope'], logRecords: [2, 'LogRecord', 'list'] },
  LogRecord: {
    timeUnixNano: [1, 'fixed64'],
    severityNumber: [2, 'uint32'],
    severityText: [3, 'string'],
    body: [5, 'AnyValue'],
    attributes: [6, 'KeyValue', 'list'],
    observedTimeUnixNano: [11, 'fixed64'],
  },
  KeyValue: { key: [1, 'string'], value: [2, 'AnyValue'] },
  AnyValue: {
    stringValue: [1, 'string'],
    boolValue: [2, 'bool'],
    intValue: [3, 'int64'],
    doubleValue: [4, 'double'],
    arrayValue: [5, 'ArrayValue'],
    kvlistValue: [6, 'KeyValueList'],
    bytesValue: [7, 'bytes'],
  },
  ArrayValue: { values: [1, 'AnyValue', 'list'] },
  KeyValueList: { values: [1, 'KeyValue', 'list'] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly [number, string, 'list'?]>>>>

/** `hasUnknownFields`: each message has fields of each wire type that no version of OTLP has. */
export interface WriteOptions {
  readonly hasUnknownFields?: boolean
  readonly signal?: 'MetricsData' | 'TracesData' | 'LogsData'
}

/** The bytes of a message. Fields that the JSON has not are absent, and so are `null` ones. */
export function otlpBytes(json: unknown, options: WriteOptions = {}): Buffer {
  return message(json as Json, options.signal ?? 'MetricsData', options)
}

const unknownFields = Buffer.concat([
  ...[key(2_000, 0), varint(300n), key(2_001, 1), Buffer.alloc(8, 1)],
  ...[key(2_002, 2), varint(3n), Buffer.from('new'), key(2_003, 5), Buffer.alloc(4, 7)],
])

function message(json: Json, name: MessageName, options: WriteOptions): Buffer {
  const fields: Array<readonly [string, Field]> = Object.entries(messages[name])
  const written = fields.flatMap(([field, type]) =>
    json[field] === undefined || json[field] === null ? [] : fieldOf(json[field], type, options),
  )
  return Buffer.concat(options.hasUnknownFields ? [unknownFields, ...written, unknownFields] : written)
}

function fieldOf(value: unknown, [number, type, list]: Field, options: WriteOptions): Buffer[] {
  if (list === undefined) return [single(value, [number, type], options)]
  const values = value as readonly unknown[]
  if (type in messages) return values.map((item) => single(item, [number, type], options))
  return [lengthDelimited(number, Buffer.concat(values.map((item) => scalar(item, type as FieldType))))]
}

function single(value: unknown, [number, type]: Field, options: WriteOptions): Buffer {
  if (type in messages) return lengthDelimited(number, message(value as Json, type as MessageName, options))
  const bytes = scalar(value, type as FieldType)
  if (type === 'string' || type === 'bytes') return lengthDelimited(number, bytes)
  return Buffer.concat([key(number, bytes.length === 8 && type !== 'int64' ? 1 : 0), bytes])
}

function scalar(value: unknown, type: FieldType): Buffer {
  const eight = Buffer.alloc(8)
  switch (type) {
    case 'string':
      return Buffer.from(value as string)
    case 'bytes':
      return Buffer.from(value as string, 'base64')
    case 'double':
      eight.writeDoubleLE(Number(value))
      return eight
    case 'fixed64':
    case 'sfixed64':
      eight.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value as string)))
      return eight
    case 'sint32':
      return varint(BigInt.asUintN(64, (BigInt(value as number) << 1n) ^ (BigInt(value as number) >> 31n)))
    default:
      return varint(BigInt.asUintN(64, BigInt(value as string)))
  }
}

function key(number: number, wireType: number): Buffer {
  return varint(BigInt(number * 8 + wireType))
}

function lengthDelimited(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([key(number, 2), varint(BigInt(bytes.length)), bytes])
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}
