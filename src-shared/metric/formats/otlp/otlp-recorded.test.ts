/** Two scrapes of a computer by an OpenTelemetry Collector, version 0.165.1, written as protobuf and as JSON. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PlainAssembler, type PlainSample } from '../../../../tests/support/plain-assembler.ts'
import { readRecord } from '../read-record.ts'

interface Recorded {
  readonly proto: readonly string[]
  readonly json: readonly string[]
}

const file = join(import.meta.dirname, '../../../../tests/fixtures/field/otlp.json')
const { proto, json } = JSON.parse(readFileSync(file, 'utf8')) as Recorded
const records = {
  proto: proto.map((base64) => Buffer.from(base64, 'base64')),
  json: json.map((text) => Buffer.from(text)),
}

function samplesOf(values: readonly Uint8Array[]): PlainSample[] {
  const assembler = new PlainAssembler()
  return values.flatMap((value) => {
    const reading = readRecord({ topic: 'otlp_metrics', key: null, value, timestamp: 1_796_015_130_000 })
    if (reading.kind !== 'parts' || reading.refused) throw new Error(`not read: ${JSON.stringify(reading)}`)
    return assembler.add(reading.parts)
  })
}

test('protobuf and JSON say the same', () => {
  const inOrder = (samples: readonly PlainSample[]): string[] =>
    samples.map((sample) => JSON.stringify([sample, Object.entries(sample.metrics).sort()])).sort()
  expect(inOrder(samplesOf(records.proto))).toEqual(inOrder(samplesOf(records.json)))
})

test('the second scrape gives rates, and the metrics of the house of this host', () => {
  const samples = samplesOf(records.proto)
  expect(new Set(samples.map(({ nodeId }) => nodeId))).toEqual(new Set(['web-01']))
  const metrics: Record<string, number> = Object.assign({}, ...samples.map((sample) => sample.metrics))
  // Without an attribute for the CPU, which is off by default: seconds of both CPUs together a second.
  const seconds = Object.entries(metrics).filter(([name]) => name.startsWith('system.cpu.time{state='))
  expect(seconds).toHaveLength(8)
  expect(seconds.reduce((sum, [, value]) => sum + value, 0)).toBeCloseTo(2, 0)
  for (const name of ['cpu_usage', 'memory_usage']) {
    expect(metrics[name], name).toBeGreaterThan(0)
    expect(metrics[name], name).toBeLessThanOrEqual(100)
  }
  for (const name of ['disk_io', 'network_traffic']) expect(metrics[name], name).toBeGreaterThanOrEqual(0)
})
