/** A metric of a fleet of hosts at one time. */
export interface FleetMetric {
  readonly host: string
  readonly measurement: string
  readonly tags: ReadonlyArray<readonly [key: string, value: string]>
  readonly fields: ReadonlyArray<readonly [name: string, value: number]>
  /** Epoch ms, whole seconds. */
  readonly at: number
}

/** Of a host at one time, see `collected`. */
export const metricsOfHost = 30
export const fieldsOfMetric = 8

const percents = [
  'usage_idle',
  'usage_iowait',
  'usage_irq',
  'usage_nice',
  'usage_softirq',
  'usage_steal',
  'usage_system',
  'usage_user',
]
const memory = ['active', 'available', 'buffered', 'cached', 'free', 'total', 'used', 'used_percent']
const disk = [
  'free',
  'inodes_free',
  'inodes_total',
  'inodes_used',
  'inodes_used_percent',
  'total',
  'used',
  'used_percent',
]
const diskio = [
  'io_time',
  'iops_in_progress',
  'read_bytes',
  'read_time',
  'reads',
  'write_bytes',
  'write_time',
  'writes',
]
const net = ['bytes_recv', 'bytes_sent', 'drop_in', 'drop_out', 'err_in', 'err_out', 'packets_recv', 'packets_sent']
const system = ['load1', 'load15', 'load5', 'n_cpus', 'n_physical_cpus', 'n_unique_users', 'n_users', 'uptime']

/** What Telegraf collects on a host: 30 metrics of 8 fields. */
const collected = [
  { measurement: 'mem', tag: undefined, instances: [''], fields: memory },
  { measurement: 'system', tag: undefined, instances: [''], fields: system },
  { measurement: 'cpu', tag: 'cpu', instances: ['cpu-total', ...count(8, 'cpu')], fields: percents },
  {
    measurement: 'disk',
    tag: 'path',
    instances: ['/', '/boot', '/home', '/var', '/var/lib/docker', '/tmp'],
    fields: disk,
  },
  { measurement: 'diskio', tag: 'name', instances: count(6, 'nvme0n'), fields: diskio },
  { measurement: 'net', tag: 'interface', instances: count(7, 'eth'), fields: net },
]

function count(most: number, prefix: string): string[] {
  return Array.from({ length: most }, (_, i) => `${prefix}${i}`)
}

/** The metrics of `hosts` hosts at `scrapes` times 10 s apart, as they come: time by time, host by host. */
export function* fleetMetrics(hosts: number, scrapes: number): Generator<FleetMetric> {
  const start = 1_795_860_000_000
  const random = numbers(7)
  for (let scrape = 0; scrape < scrapes; scrape++) {
    for (let host = 0; host < hosts; host++) {
      for (const { measurement, tag, instances, fields } of collected) {
        for (const instance of instances) {
          yield {
            host: `web-${host}.fra1.example.com`,
            measurement,
            tags: tag === undefined ? [] : [[tag, instance]],
            fields: fields.map((name) => [name, valueOf(measurement, name, { scrape, random })]),
            at: start + scrape * 10_000,
          }
        }
      }
    }
  }
}

/** Counters grow, percentages have the digits of a division, sizes are whole. */
function valueOf(
  measurement: string,
  name: string,
  from: { readonly scrape: number; readonly random: () => number },
): number {
  const random = from.random()
  if (measurement === 'net' || (measurement === 'diskio' && name !== 'iops_in_progress')) {
    return Math.floor(1e9 + from.scrape * 1e7 + random * 1e6)
  }
  if (name.startsWith('load')) return Math.round(random * 400) / 100
  // Within the levels of the stock rules: a fleet is quiet for the most part.
  if (name.includes('percent') || name.startsWith('usage')) return 30 + random * 20
  return Math.floor(random * 6.4e10)
}

/** Repeatable numbers from 0 to 1 (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** How a metric is written. @param turn its number in the fleet */
export type WriteMetric = (metric: FleetMetric, turn: number) => Buffer

/** The values of records, made one by one: a whole fleet would fill the memory. */
export function* fleetRecords(fleet: Iterable<FleetMetric>, write: WriteMetric): Generator<Buffer> {
  let turn = 0
  for (const metric of fleet) yield write(metric, turn++)
}

/** Where record `index` of a fleet goes if its key is the host: all records of a host to one partition. */
export function partitionOfHost(index: number, { hosts, partitions }: { hosts: number; partitions: number }): number {
  return (Math.floor(index / metricsOfHost) % hosts) % partitions
}

/** As Telegraf's serializer `json` writes it: keys sorted. */
export function telegrafJson({ host, measurement, tags, fields, at }: FleetMetric): Buffer {
  const all = [...tags, ['host', host] as const].sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify({
    fields: Object.fromEntries(fields),
    name: measurement,
    tags: Object.fromEntries(all),
    timestamp: at / 1000,
  })
  return Buffer.from(`${text}\n`)
}

/**
 * As Telegraf's serializer `influx` writes it. Telegraf takes the fields from a map of Go: up to 8 fields begin with any of
 * them, and go on in one order. `turn` gives the first one.
 */
export function telegrafLine({ host, measurement, tags, fields, at }: FleetMetric, turn: number): Buffer {
  const all = [...tags, ['host', host] as const].sort(([a], [b]) => (a < b ? -1 : 1))
  const first = Math.floor(numbers(turn)() * fields.length)
  const texts = [...fields.slice(first), ...fields.slice(0, first)].map(([name, value]) =>
    isFloat(measurement, name) ? `${name}=${value}` : `${name}=${value}i`,
  )
  const start = [measurement, ...all.map(([key, value]) => `${key}=${value}`)].join(',')
  return Buffer.from(`${start} ${texts.join(',')} ${at}000000\n`)
}

function isFloat(measurement: string, name: string): boolean {
  return measurement === 'cpu' || name.includes('percent') || name.startsWith('load')
}
