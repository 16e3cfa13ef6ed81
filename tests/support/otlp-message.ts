import { expect } from 'vitest'
import { otlpJson } from '#shared/metric/formats/otlp-json.ts'
import { otlpProto } from '#shared/metric/formats/otlp-proto.ts'
import type { FormatRecord, RecordPart, RecordReading } from '#shared/metric/formats/record-part.ts'
import { otlpBytes } from './otlp-protobuf.ts'

export type Json = Readonly<Record<string, unknown>>
export type Attributes = Readonly<Record<string, string | number | boolean>>

const second = 1_000_000_000n
/** 2026-11-28 10:00:00 */
const start = 1_795_860_000n
export const startMs = Number(start) * 1000

/** The time of a point, `seconds` after the start, as JSON has it. */
export function nanos(seconds: number): string {
  return String(start * second + BigInt(Math.round(seconds * 1e9)))
}

export function attributes(values: Attributes): readonly Json[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: string | number | boolean): Json {
  if (typeof value === 'boolean') return { boolValue: value }
  return typeof value === 'number' ? { intValue: String(value) } : { stringValue: value }
}

/** A point of a gauge or sum, `seconds` after the start. */
export function point(value: number, tags: Attributes = {}, seconds = 0): Json {
  return {
    attributes: attributes(tags),
    startTimeUnixNano: nanos(-3_600),
    timeUnixNano: nanos(seconds),
    asDouble: value,
  }
}

export function gauge(name: string, unit: string, ...dataPoints: readonly Json[]): Json {
  return { name, unit, gauge: { dataPoints } }
}

export function counter(name: string, unit: string, ...dataPoints: readonly Json[]): Json {
  return { name, unit, sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } }
}

/** Metrics of one resource and scope. */
export function resourceMetrics(resource: Attributes, metrics: readonly Json[], scope = 'my.scope'): Json {
  return { resource: { attributes: attributes(resource) }, scopeMetrics: [{ scope: { name: scope }, metrics }] }
}

/** A message with the metrics of a host. */
export function hostMessage(...metrics: readonly Json[]): Json {
  return { resourceMetrics: [resourceMetrics({ 'host.name': 'web-1' }, metrics)] }
}

/** A record of an OpenTelemetry Collector: without a key. */
export function otlpRecord(value: Uint8Array, change: Partial<FormatRecord> = {}): FormatRecord {
  return { value, key: null, topic: 'otlp_metrics', timestamp: startMs + 1_000, ...change }
}

export function readJson(json: unknown, change?: Partial<FormatRecord>): RecordReading {
  const text = JSON.stringify(json)
  return otlpJson.read(otlpRecord(Buffer.from(text), change), { family: 'json', json: JSON.parse(text) as unknown })
}

export function readProto(bytes: Uint8Array, change?: Partial<FormatRecord>): RecordReading {
  return otlpProto.read(otlpRecord(bytes, change), { family: 'binary', bytes })
}

/** What a reading means, without what differs between the two formats: their name, and places in reasons. */
export function meaningOf(reading: RecordReading) {
  if (reading.kind === 'rejected') return { kind: 'rejected', code: reading.reject.code }
  if (reading.kind === 'passed') return reading
  const parts = reading.parts.map(({ shape, ...part }) => ({ ...part, shape: { ...shape, format: '' } }))
  return { ...reading, parts, refused: reading.refused?.code }
}

/** Values by name of the series. */
export function valuesOf({ shape, values }: RecordPart): Record<string, number> {
  return Object.fromEntries(shape.names.map((name, i) => [name, values[i] as number]))
}

/** The reading of a message in JSON. In protobuf it means the same, also the second time. */
export function readBoth(json: Json, change?: Partial<FormatRecord>): RecordReading {
  const reading = readJson(json, change)
  for (let i = 0; i < 2; i++) expect(meaningOf(readProto(otlpBytes(json), change))).toEqual(meaningOf(reading))
  return reading
}

/** The parts of a message that has some. */
export function partsOf(json: Json, change?: Partial<FormatRecord>): readonly RecordPart[] {
  const reading = readBoth(json, change)
  if (reading.kind !== 'parts') throw new Error(JSON.stringify(reading))
  return reading.parts
}

/** The part of a host with these metrics. */
export function onlyPart(...metrics: readonly Json[]): RecordPart {
  const [part, ...others] = partsOf(hostMessage(...metrics))
  expect(others).toEqual([])
  return part as RecordPart
}
