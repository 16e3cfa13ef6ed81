import type { Tag } from '../metric-name.ts'
import type { Combination, HouseFormula, HouseMetric } from './record-part.ts'
import { isVirtualDisk, isVirtualInterface } from './virtual-devices.ts'

/** What one series adds to a metric of the house. */
export interface HouseTerm {
  readonly metric: HouseMetric
  readonly combine: Combination
  /** Of two ways to the same metric, the one with the lower rank counts. */
  readonly rank: number
  readonly numerator: number
  readonly denominator: number
}

const megabyte = 1e6
const bitsOfByte = 8

type TermOf = (tagOf: (key: string) => string | undefined) => HouseTerm | undefined

const traffic: TermOf = (tagOf) => {
  const device = tagOf('device')
  if (device === undefined || isVirtualInterface(device)) return undefined
  return { metric: 'network_traffic', combine: 'sum', rank: 0, numerator: bitsOfByte / megabyte, denominator: 0 }
}
const diskBytes: TermOf = (tagOf) => {
  const device = tagOf('device')
  if (device === undefined || isVirtualDisk(device)) return undefined
  return { metric: 'disk_io', combine: 'sum', rank: 0, numerator: 1 / megabyte, denominator: 0 }
}
const cpuSeconds: TermOf = (tagOf) => {
  const mode = tagOf('mode')
  if (mode === undefined) return undefined
  return { metric: 'cpu_usage', combine: 'complement', rank: 0, numerator: mode === 'idle' ? 1 : 0, denominator: 1 }
}
const memory = { metric: 'memory_usage', combine: 'complement', rank: 0 } as const
const availableMemory: TermOf = () => ({ ...memory, numerator: 1, denominator: 0 })
const allMemory: TermOf = () => ({ ...memory, numerator: 0, denominator: 1 })

/** Names of node_exporter, and of the host metrics of Vector with their usual namespace. */
const terms: ReadonlyMap<string, TermOf> = new Map([
  ['node_cpu_seconds_total', cpuSeconds],
  ['node_memory_MemAvailable_bytes', availableMemory],
  ['node_memory_MemTotal_bytes', allMemory],
  ['node_network_receive_bytes_total', traffic],
  ['node_network_transmit_bytes_total', traffic],
  ['node_disk_read_bytes_total', diskBytes],
  ['node_disk_written_bytes_total', diskBytes],
  ['host.cpu_seconds_total', cpuSeconds],
  ['host.memory_available_bytes', availableMemory],
  ['host.memory_total_bytes', allMemory],
  ['host.network_receive_bytes_total', traffic],
  ['host.network_transmit_bytes_total', traffic],
  ['host.disk_read_bytes_total', diskBytes],
  ['host.disk_written_bytes_total', diskBytes],
])

/**
 * What a series of node_exporter or Vector adds to a metric of the house: processor time that is not idle, memory that is
 * not available, and bytes of interfaces and disks that are not virtual.
 * @see https://github.com/prometheus/node_exporter
 * @see https://vector.dev/docs/reference/configuration/sources/host_metrics
 */
export function exporterTerm(name: string, tags: readonly Tag[]): HouseTerm | undefined {
  return terms.get(name)?.((key) => tags.find(([known]) => known === key)?.[1])
}

/** The formula to which a record with a single value adds, if it adds to any. */
export function houseOverRecords(term: HouseTerm | undefined): readonly HouseFormula[] {
  if (!term) return []
  const { metric, combine, numerator, denominator } = term
  return [{ metric, combine, terms: [{ index: 0, numerator, denominator }], over: 'records' }]
}
