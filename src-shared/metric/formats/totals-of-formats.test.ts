import { describe, expect, test } from 'vitest'
import { rowsOf } from '../assemble/assemble-builders.ts'
import { Assembler } from '../assemble/assembler.ts'
import { readRecord } from './read-record.ts'
import type { RecordPart } from './record-part.ts'

const start = 1_795_860_000

/** The totals that follow from records, in their order. */
function totalsOf(records: readonly unknown[]): Array<Readonly<Record<string, number>>> {
  const assembler = new Assembler()
  assembler.begin({ topic: 't', partition: 0 })
  for (const [offset, json] of records.entries()) {
    const text = typeof json === 'string' ? json : JSON.stringify(json)
    const reading = readRecord({ topic: 't', key: null, timestamp: -1, value: Buffer.from(text) })
    expect(reading.kind).toBe('parts')
    assembler.add({ offset, timestamp: -1 }, (reading as { readonly parts: readonly RecordPart[] }).parts)
  }
  return rowsOf(assembler.take().columns)
    .filter(({ part }) => part === 'total')
    .map(({ values }) => values)
}

interface List {
  readonly plugin: string
  readonly instance?: string
  readonly type: string
  readonly state?: string
  readonly values: readonly number[]
  readonly growing?: boolean
}

/** A value list of collectd. @param second after `start`, with the fraction that collectd reads at */
function aList(second: number, { plugin, instance = '', type, state = '', values, growing = false }: List) {
  const names = values.length === 1 ? ['value'] : ['rx', 'tx']
  return [
    {
      values,
      dstypes: values.map(() => (growing ? 'derive' : 'gauge')),
      dsnames: names,
      time: start + second,
      interval: 10,
      host: 'a',
      plugin,
      plugin_instance: instance,
      type,
      type_instance: state,
    },
  ]
}

describe('collectd', () => {
  /** Two CPUs of three states. @param idle of both */
  const cpus = (second: number, idle: readonly [number, number], type = 'percent', growing = false) =>
    idle.flatMap((free, cpu) =>
      Object.entries({ user: 79.75 - free, wait: 20.25, idle: free }).map(([state, value], i) =>
        // the second CPU is read some milliseconds later
        aList(second + (cpu * 3 + i) / 1000, {
          plugin: 'cpu',
          instance: `${cpu}`,
          type,
          state,
          values: [value],
          growing,
        }),
      ),
    )

  test('CPU is what is not idle in all states of all CPUs', () => {
    expect(totalsOf([...cpus(0.959, [80, 80]), ...cpus(10.959, [60, 20]), ...cpus(20.96, [0, 0])])).toEqual([
      { cpu_usage: 60 },
      { cpu_usage: 100 },
    ])
  })

  test('CPU follows from jiffies as well, which the plugin writes by default', () => {
    // StoreRates: jiffies a second, with fractions
    const rates = cpus(0, [30.5, 30.5], 'cpu', true)
    const again = cpus(10, [60.5, 20.5], 'cpu', true)
    expect(totalsOf([...rates, ...again])).toEqual([{ cpu_usage: expect.closeTo(100 - 40.5, 9) as number }])
  })

  test('memory is what is used, also by the kernel', () => {
    const memory = (second: number) =>
      Object.entries({ used: 300, slab_unrecl: 50, buffered: 50, cached: 400, free: 200 }).map(([state, value]) =>
        aList(second, { plugin: 'memory', type: 'memory', state, values: [value] }),
      )
    expect(totalsOf([...memory(0), ...memory(10)])).toEqual([{ memory_usage: 35 }])
  })

  test('network is what all real interfaces moved, also from raw values', () => {
    const traffic = (second: number) =>
      ['lo', 'eth0', 'docker0', 'eth1'].map((instance, i) =>
        aList(second + i / 1000, {
          plugin: 'interface',
          instance,
          type: 'if_octets',
          values: [1 + 125_000 * second, 1 + 125_000 * second],
          growing: true,
        }),
      )
    expect(totalsOf([...traffic(0), ...traffic(10), ...traffic(20)])).toEqual([
      { network_traffic: 4 },
      { network_traffic: 4 },
    ])
  })

  test('disk is what all real disks moved, in lines of Graphite', () => {
    const lines = (second: number, moved: number) =>
      ['sda', 'sda1', 'dm-0', 'nvme0n1'].map((disk) =>
        ['read', 'write']
          .map((source) => `web_1.disk-${disk}.disk_octets.${source} ${moved} ${start + second}\r\n`)
          .join(''),
      )
    expect(totalsOf([...lines(0, 1_000_000), ...lines(10, 11_000_000), ...lines(20, 21_000_000)])).toEqual([
      { disk_io: 4 },
      { disk_io: 4 },
    ])
  })
})

test('Metricbeat: the sums over its interfaces and disks leave out virtual ones', () => {
  const event = (second: number, metricset: string, content: unknown) => ({
    '@timestamp': new Date((start + second) * 1000).toISOString(),
    event: { module: 'system', dataset: `system.${metricset}` },
    metricset: { name: metricset },
    host: { name: 'a' },
    system: { [metricset]: content },
  })
  const records = (second: number) => [
    ...['lo', 'eth0', 'veth1'].map((name) =>
      event(second, 'network', { name, in: { bytes: 125_000 * second }, out: { bytes: 125_000 * second } }),
    ),
    ...['sda', 'sda1'].map((name) =>
      event(second, 'diskio', { name, read: { bytes: 1e6 * second }, write: { bytes: 2e6 * second } }),
    ),
  ]
  expect(totalsOf([...records(0), ...records(10), ...records(20)])).toEqual([
    { network_traffic: 2 },
    { disk_io: 3 },
    { network_traffic: 2 },
    { disk_io: 3 },
  ])
})
