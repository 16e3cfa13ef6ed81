import { describe, expect, test } from 'vitest'
import { soundReading } from '../../../tests/support/format-checks.ts'
import { testVectors } from '../../../tests/support/format-vectors.ts'
import { rowsOf, start as builtAt } from '../assemble/assemble-builders.ts'
import { Assembler } from '../assemble/assembler.ts'
import type { RecordPart, RecordReading } from './record-part.ts'

testVectors('prometheus-kafka-adapter')

type Labels = Readonly<Record<string, string>>

const timestampOf = (second: number): string => `2026-11-28T10:00:${String(second).padStart(2, '0')}Z`

/** A record of the adapter: the sample of a series of the host 10.0.0.7. */
function sample(name: string, value: number | string, labels: Labels = {}, second = 0) {
  const all = { __name__: name, instance: '10.0.0.7:9100', job: 'node', ...labels }
  return { labels: all, name, timestamp: timestampOf(second), value: String(value) }
}

function read(json: unknown): RecordReading {
  return soundReading({ topic: 't', key: null, timestamp: -1, value: Buffer.from(JSON.stringify(json)) })
}

function partOf(json: unknown): RecordPart {
  const reading = read(json)
  expect(reading).toMatchObject({ kind: 'parts', parts: [{}] })
  return (reading as { readonly parts: readonly RecordPart[] }).parts[0] as RecordPart
}

/** Totals of the host by their time in seconds. */
function totalsOf(samples: ReadonlyArray<ReturnType<typeof sample>>) {
  const assembler = new Assembler()
  assembler.begin({ topic: 't', partition: 0 })
  for (const [offset, json] of samples.entries()) assembler.add({ offset, timestamp: -1 }, [partOf(json)])
  const start = Date.parse(timestampOf(0))
  return rowsOf(assembler.take().columns)
    .filter(({ part }) => part === 'total')
    .map(({ second, values }) => [second - (start - builtAt) / 1_000, values])
}

test.each([
  ['10.0.0.7:9100', '10.0.0.7'],
  ['web-1.example.org:9100', 'web-1.example.org'],
  ['[2001:db8::1]:9100', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['web-1', 'web-1'],
  ['https://example.org:443/health', 'https://example.org:443/health'],
])('the node of the instance %s is %s', (instance, node) => {
  expect(partOf(sample('up', 1, { instance })).nodeId).toBe(node)
})

test('a series without an instance is of the node that the record names', () => {
  const json = sample('up', 1, { instance: '' })
  const key = Buffer.from('edge-1')
  const reading = soundReading({ topic: 't', key, timestamp: -1, value: Buffer.from(JSON.stringify(json)) })
  expect(reading).toMatchObject({ parts: [{ nodeId: 'edge-1' }] })
})

test.each([
  ['http_requests_total', true, '/s'],
  ['http_request_duration_seconds_sum', true, 's/s'],
  ['http_request_duration_seconds_count', true, '/s'],
  ['process_resident_memory_bytes', false, 'B'],
  ['up', false, undefined],
])('%s: a counter is %s, its unit is %s', (name, isCounter, unit) => {
  const { shape } = partOf(sample(name, 1))
  expect([shape.counters.length === 1, shape.units[`${name}{job=node}`]]).toEqual([isCounter, unit])
})

test('a ratio becomes a percentage', () => {
  const { shape, values } = partOf(sample('cache_hit_ratio', 0.25))
  expect([values, shape.units]).toEqual([[25], { 'cache_hit_ratio{job=node}': '%' }])
})

test('a file system is named by its mount point', () => {
  const labels = { device: '/dev/sda1', fstype: 'ext4', mountpoint: '/' }
  const { shape } = partOf(sample('node_filesystem_avail_bytes', 1, labels))
  expect(shape.names).toEqual(['node_filesystem_avail_bytes{job=node,mountpoint=/}'])
  expect(shape.attributes).toEqual({ device: '/dev/sda1', fstype: 'ext4' })
})

describe('totals over the records of node_exporter', () => {
  const cpus = (second: number, idle: number, user: number) =>
    ['0', '1'].flatMap((cpu) => [
      sample('node_cpu_seconds_total', idle, { cpu, mode: 'idle' }, second),
      sample('node_cpu_seconds_total', user, { cpu, mode: 'user' }, second),
    ])
  const available = (second: number, bytes: number) => sample('node_memory_MemAvailable_bytes', bytes, {}, second)
  const all = (second: number) => sample('node_memory_MemTotal_bytes', 1_000, {}, second)

  test('the processor is what is not idle', () => {
    expect(totalsOf([...cpus(0, 100, 50), ...cpus(15, 109, 56), ...cpus(30, 121, 59)])).toEqual([
      [15, { cpu_usage: expect.closeTo(40, 9) as number }],
      [30, { cpu_usage: expect.closeTo(20, 9) as number }],
    ])
  })

  test('memory is what is not available', () => {
    const scrape = (second: number, free: number) => [available(second, free), all(second)]
    expect(totalsOf([...scrape(0, 500), ...scrape(15, 250), ...scrape(30, 100)])).toEqual([
      [15, { memory_usage: 75 }],
      [30, { memory_usage: 90 }],
    ])
  })

  test('memory is unknown, not full, at a time without one of its records', () => {
    const samples = [available(0, 500), all(0), available(15, 250), all(15), all(30), available(45, 100), all(45)]
    expect(totalsOf(samples)).toEqual([
      [15, { memory_usage: 75 }],
      [45, { memory_usage: 90 }],
    ])
  })

  test('traffic and disks are without what is virtual', () => {
    const scrape = (second: number, bytes: number) => [
      ...['eth0', 'lo', 'veth12'].map((device) =>
        sample('node_network_receive_bytes_total', bytes, { device }, second),
      ),
      sample('node_network_transmit_bytes_total', bytes, { device: 'eth0' }, second),
      ...['sda', 'loop1'].map((device) => sample('node_disk_read_bytes_total', bytes, { device }, second)),
      sample('node_disk_written_bytes_total', bytes, { device: 'sda' }, second),
    ]
    const totals = totalsOf([...scrape(0, 0), ...scrape(10, 1e6), ...scrape(20, 11e6)])
    expect(totals).toEqual([
      [10, { network_traffic: expect.closeTo(1.6, 9) as number }],
      [10, { disk_io: expect.closeTo(0.2, 9) as number }],
      [20, { network_traffic: 16 }],
      [20, { disk_io: 2 }],
    ])
  })
})

describe('a damaged record is rejected by its field', () => {
  test.each([
    [{ value: 'high' }, 'value: expected a number as text, got "high"'],
    [{ value: '' }, 'value: expected a number as text, got ""'],
    [{ timestamp: '2026-11-28' }, 'timestamp: expected RFC 3339 text, got "2026-11-28"'],
    [{ timestamp: 1_795_860_000 }, 'timestamp: expected RFC 3339 text, got 1795860000'],
    [{ name: '' }, 'name: expected text, got ""'],
    [{ labels: { job: 7 } }, 'labels.job: expected text, got 7'],
    [
      { labels: { instance: 'h'.repeat(200) } },
      `labels.instance: expected text of 1 to 128 characters, got "${'h'.repeat(40)}…"`,
    ],
  ])('%j', (change, reason) => {
    expect(read({ ...sample('up', 1), ...change })).toMatchObject({
      kind: 'rejected',
      reject: { reason: `prometheus-kafka-adapter, ${reason}` },
    })
  })

  test('also if it ends too early', () => {
    const value = Buffer.from(JSON.stringify(sample('up', 1)).slice(0, -20))
    const reading = soundReading({ topic: 't', key: null, timestamp: -1, value })
    expect(reading).toMatchObject({ kind: 'rejected', reject: { code: 'not-json' } })
  })
})
