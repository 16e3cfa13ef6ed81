import type { FleetMetric } from './telegraf-records.ts'

/** One message of OTLP for each host and time: every field is a metric with one data point for each instance. */
export function* otlpRecords(
  metrics: Iterable<FleetMetric>,
): Generator<{ readonly value: Buffer; readonly values: number }> {
  let scrape: FleetMetric[] = []
  for (const metric of metrics) {
    const [first] = scrape
    if (first && (first.host !== metric.host || first.at !== metric.at)) {
      yield message(scrape)
      scrape = []
    }
    scrape.push(metric)
  }
  if (scrape.length > 0) yield message(scrape)
}

function message(scrape: readonly FleetMetric[]): { readonly value: Buffer; readonly values: number } {
  const { host, at } = scrape[0] as FleetMetric
  const points = new Map<string, Buffer[]>()
  for (const { measurement, tags, fields } of scrape) {
    const attributes = tags.map(([key, value]) => attribute(7, key, value))
    for (const [name, value] of fields) {
      const point = Buffer.concat([fixed64(2, 1_795_856_400_000), fixed64(3, at), double(4, value), ...attributes])
      const key = `${measurement}.${name}`
      points.set(key, [...(points.get(key) ?? []), bytes(1, point)])
    }
  }
  const all = Array.from(points, ([name, list]) =>
    bytes(2, Buffer.concat([text(1, name), text(3, '1'), bytes(5, Buffer.concat(list))])),
  )
  const scope = bytes(1, text(1, 'otelcol/hostmetricsreceiver/cpu'))
  const resource = bytes(1, attribute(1, 'host.name', host))
  const value = bytes(1, Buffer.concat([resource, bytes(2, Buffer.concat([scope, ...all]))]))
  return { value, values: scrape.reduce((sum, { fields }) => sum + fields.length, 0) }
}

function attribute(field: number, key: string, value: string): Buffer {
  return bytes(field, Buffer.concat([text(1, key), bytes(2, text(1, value))]))
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value))
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content])
}

function fixed64(field: number, ms: number): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64LE(BigInt(ms) * 1_000_000n)
  return Buffer.concat([varint(field * 8 + 1), buffer])
}

function double(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeDoubleLE(value)
  return Buffer.concat([varint(field * 8 + 1), buffer])
}

function varint(value: number): Buffer {
  const found: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) found.push((rest % 128) + 128)
  return Buffer.from([...found, rest])
}
