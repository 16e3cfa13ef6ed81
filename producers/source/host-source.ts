import { currentLoad, fsStats, mem, networkStats } from 'systeminformation'
import type { Metrics } from '#shared/metric/message-text.ts'
import type { MetricSource } from './metric-source.ts'
import { isWire } from './wires.ts'

const bytesPerMb = 1e6
const bitsPerByte = 8
const bitsPerMb = 1e6
/**
 * This host. Load, disk and network are rates between two readings. The first reading is taken here, so that `read`
 * returns them from its first call on. Unknown values are absent.
 */
export async function hostSource(): Promise<MetricSource> {
  await readings()
  return { read: async () => metricsOf(await readings()) }
}

type Readings = Awaited<ReturnType<typeof readings>>

async function readings() {
  // contrary to its type, fsStats returns null if there are no disks (some containers)
  const disks = fsStats() as Promise<Awaited<ReturnType<typeof fsStats>> | null>
  const [load, memory, disk, networks] = await Promise.all([currentLoad(), mem(), disks, networkStats('*')])
  return { load, memory, disk, networks }
}

function metricsOf({ load, memory, disk, networks }: Readings): Metrics {
  const wires = networks.filter(({ iface }) => isWire(iface))
  const candidates: Record<string, number | null | undefined> = {
    cpu_usage: load.currentLoad,
    // as in `free`: caches do not count as used
    memory_usage: ((memory.total - memory.available) / memory.total) * 100,
    disk_io: rate(disk?.tx_sec, bytesPerMb),
    network_traffic: rate(sumOf(wires.map(({ rx_sec, tx_sec }) => sumOf([rx_sec, tx_sec]))), bitsPerMb / bitsPerByte),
  }
  return Object.fromEntries(
    Object.entries(candidates).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  )
}

function rate(bytesPerSecond: number | null | undefined, per: number): number | null {
  return bytesPerSecond === null || bytesPerSecond === undefined ? null : Math.max(0, bytesPerSecond / per)
}

/** Ignores unknown values; `null` if all are unknown. */
function sumOf(values: ReadonlyArray<number | null>): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}
