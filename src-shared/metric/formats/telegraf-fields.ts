import { unitOfName } from './units.ts'

/**
 * Fields of Telegraf's inputs that only grow. All others are gauges. Source: README.md of each input in
 * `plugins/inputs` of Telegraf 1.37.
 */
const counters: ReadonlyMap<string, RegExp> = new Map([
  ['cpu', /^time_(?!active_percent)/],
  [
    'net',
    /^(?:bytes|packets|err|drop)_|^(?:icmp|icmpmsg|ip|tcp|udp|udplite)_(?!currestab|defaultttl|forwarding|rto|maxconn)/,
  ],
  [
    'diskio',
    /^(?:reads|writes|read_bytes|write_bytes|read_time|write_time|io_time|weighted_io_time|merged_reads|merged_writes)$/,
  ],
  ['kernel', /^(?:interrupts|context_switches|processes_forked|disk_pages_in|disk_pages_out)$/],
  ['swap', /^(?:in|out)$/],
  ['interrupts', /./],
  ['soft_interrupts', /./],
  ['nstat', /^(?!TcpCurrEstab|IpDefaultTTL|IpForwarding|TcpRto|TcpMaxConn)/],
  ['kernel_vmstat', /^(?!nr_|numa_)/],
  ['docker_container_cpu', /^(?:usage_(?:total|system|in_usermode|in_kernelmode)|throttling_\w+)$/],
  ['docker_container_net', /^[rt]x_/],
  ['docker_container_blkio', /^io_/],
  ['nginx', /^(?:accepts|handled|requests)$/],
  ['prometheus', /_(?:total|count|sum)$/],
])

/** The field whose -1 is no value. */
export const [speedMeasurement, speedField] = ['net', 'speed']

/** Whether the field only grows. A field named `counter` is one of the input `prometheus`. */
export function isTelegrafCounter(measurement: string, field: string): boolean {
  return field === 'counter' || counters.get(measurement)?.test(field) === true
}

const bytesOf: ReadonlyMap<string, RegExp> = new Map([
  ['mem', /^(?!huge_pages_|.*percent)/],
  ['swap', /^(?:total|used|free|in|out)$/],
  ['disk', /^(?:total|used|free)$/],
  ['net', /^bytes_/],
])

/** The unit of a field; of a counter, that of what it counts. '' if it is unknown. */
export function telegrafUnit(measurement: string, field: string): string {
  if (bytesOf.get(measurement)?.test(field) === true) return 'B'
  if (measurement === 'cpu') return field.startsWith('usage_') ? '%' : field.startsWith('time_') ? 's' : ''
  if (measurement === 'net' && field === 'speed') return 'Mbps'
  if (measurement === 'diskio' && field.endsWith('_time')) return 'ms'
  if (measurement === 'system') return field === 'uptime' ? 's' : ''
  return unitOfName(field)
}

/** Whether the value says that `net.speed` is unknown: the input writes -1, also as -1i. */
export function isUnknownSpeed(measurement: string, field: string, value: number): boolean {
  return value === -1 && measurement === speedMeasurement && field === speedField
}
