import type { Tag } from '../../metric-name.ts'
import { exporterTerm, type HouseTerm } from '../exporter-house.ts'
import { isVirtualDisk, isVirtualInterface } from '../virtual-devices.ts'

const megabyte = 1e6
const bitsOfByte = 8

type TagOf = (...keys: readonly string[]) => string | undefined

/** States of memory that are the whole of it together. `slab_*` is in others already; `total` is the sum. */
const memoryStates: ReadonlySet<string> = new Set(['used', 'free', 'cached', 'buffered', 'buffers', 'inactive'])

/**
 * What a series adds to a metric of the house. Names of attributes: those of the host metrics receiver (`state`), and
 * those of the semantic conventions since 1.26 (`cpu.mode`).
 * @see https://opentelemetry.io/docs/specs/semconv/system/system-metrics
 */
export function otlpTerm(name: string, tags: readonly Tag[]): HouseTerm | undefined {
  const tagOf: TagOf = (...keys) => tags.find(([key]) => keys.includes(key))?.[1]
  return ofSystem.get(name)?.(tagOf) ?? exporterTerm(name, tags)
}

const ofSystem: ReadonlyMap<string, (tagOf: TagOf) => HouseTerm | undefined> = new Map([
  ['system.cpu.time', (tagOf: TagOf) => cpuTerm(tagOf, 0)],
  ['system.cpu.utilization', (tagOf: TagOf) => cpuTerm(tagOf, 1)],
  ['system.memory.usage', memoryTerm],
  ['system.memory.utilization', usedShare],
  ['system.network.io', networkTerm],
  ['system.disk.io', diskTerm],
])

function cpuTerm(tagOf: TagOf, rank: number): HouseTerm | undefined {
  const state = tagOf('state', 'cpu.mode', 'system.cpu.state')
  if (state === undefined) return undefined
  const numerator = state === 'idle' ? 1 : 0
  return { metric: 'cpu_usage', combine: 'complement', rank, numerator, denominator: 1 }
}

function memoryTerm(tagOf: TagOf): HouseTerm | undefined {
  const state = tagOf('state', 'system.memory.state') ?? ''
  if (!memoryStates.has(state)) return undefined
  return { metric: 'memory_usage', combine: 'share', rank: 0, numerator: state === 'used' ? 1 : 0, denominator: 1 }
}

/** Only where the bytes are missing. The value is a percentage already. */
function usedShare(tagOf: TagOf): HouseTerm | undefined {
  if (tagOf('state', 'system.memory.state') !== 'used') return undefined
  return { metric: 'memory_usage', combine: 'sum', rank: 1, numerator: 1, denominator: 0 }
}

function networkTerm(tagOf: TagOf): HouseTerm | undefined {
  const device = tagOf('device', 'network.interface.name', 'system.device')
  if (device === undefined || isVirtualInterface(device)) return undefined
  return { metric: 'network_traffic', combine: 'sum', rank: 0, numerator: bitsOfByte / megabyte, denominator: 0 }
}

function diskTerm(tagOf: TagOf): HouseTerm | undefined {
  const device = tagOf('device', 'system.device')
  if (device === undefined || isVirtualDisk(device)) return undefined
  return { metric: 'disk_io', combine: 'sum', rank: 0, numerator: 1 / megabyte, denominator: 0 }
}
