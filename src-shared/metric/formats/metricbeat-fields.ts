import type { HouseFormula, Term } from './record-part.ts'
import { unitOfName } from './units.ts'
import { isVirtualDisk, isVirtualInterface } from './virtual-devices.ts'

/**
 * Fields that only grow, by dataset; all others are gauges. Fields are relative to the dataset, as in the fields.yml of
 * each metricset.
 * @see https://github.com/elastic/beats/tree/main/metricbeat/module
 */
const counters: ReadonlyMap<string, RegExp> = new Map([
  ['system.cpu', /\.ticks$/],
  ['system.core', /\.ticks$/],
  ['system.network', /^(?:in|out)\.(?:bytes|packets|errors|dropped)$/],
  // `io.ops` is how many are under way.
  ['system.diskio', /^(?:read|write)\.(?:bytes|count|time)$|^io\.time$/],
  ['system.memory', /^page_stats\..*\.pages$|^swap\.(?:in|out)\.pages$/],
  [
    'system.network_summary',
    /^(?:icmp|ip|tcp|udp|udpLite)\.(?!CurrEstab|DefaultTTL|Forwarding|MaxConn|RtoAlgorithm|RtoM(?:ax|in))/,
  ],
  ['system.process', /^cpu\.(?:total\.value|(?:total|user|system)\.ticks)$/],
  ['docker.network', /^(?:in|out)bound\.(?:bytes|packets|errors|dropped)$/],
  ['docker.diskio', /^(?:read|write|summary)\.(?:bytes|ops|service_time|wait_time)$/],
  ['docker.cpu', /\.ticks$/],
  ['kubernetes.node', /^cpu\.usage\.core\.ns$|^network\.[rt]x\.(?:bytes|errors)$/],
  ['kubernetes.pod', /^network\.[rt]x\.(?:bytes|errors)$/],
  ['kubernetes.container', /^cpu\.usage\.core\.ns$/],
  ['prometheus.collector', /_(?:total|count|sum)(?:\.counter)?$/],
  ['prometheus.metrics', /_(?:total|count|sum)(?:\.counter)?$/],
])

/** Sizes whose names do not say so: in the fields.yml they have the format `bytes`. */
const bytes: ReadonlyMap<string, RegExp> = new Map([
  ['system.memory', /^(?:total|free|cached|actual\.free|swap\.(?:total|free)|hugepages\.default_size)$/],
  ['system.filesystem', /^(?:total|free|available)$/],
  ['system.fsstat', /^total_size\.(?:free|used|total)$/],
  ['system.process', /^memory\.(?:size|share)$/],
])

/** Whether the field only grows. */
export function isMetricbeatCounter(dataset: string, field: string): boolean {
  return counters.get(dataset)?.test(field) === true
}

/** A fraction of 1 (of a core, of cores, of a size) that is shown as a percentage. */
export function isFraction(field: string): boolean {
  return field === 'pct' || field.endsWith('.pct')
}

/** The unit of a field; of a counter, that of what it counts. '' if it is unknown. */
export function metricbeatUnit(dataset: string, field: string): string {
  if (isFraction(field)) return '%'
  if (bytes.get(dataset)?.test(field) === true) return 'B'
  if (dataset === 'system.diskio' && field.endsWith('.time')) return 'ms'
  // `per_sec.bytes`
  const rate = /(?:^|\.)per_sec\.(\w+)$/.exec(field)
  if (rate) return `${unitOfName(`x_${rate[1] as string}`)}/s`
  const end = field.slice(field.lastIndexOf('.') + 1)
  return unitOfName(end.length <= 2 ? `x_${end}` : end)
}

/** MB/s is 10^6 bytes a second, Mbps 10^6 bits a second. */
const megabytes = 1 / 1e6
const megabits = 8 / 1e6

/**
 * The metrics of the house that follow from a metricset.
 * @param fields names of the values, relative to the dataset
 * @param device the interface or disk
 */
export function metricbeatHouse(dataset: string, fields: readonly string[], device: string): HouseFormula[] {
  switch (dataset) {
    case 'system.cpu':
      return cpuUsage(fields)
    case 'system.memory':
      return formula(
        { metric: 'memory_usage', combine: 'sum', over: 'record' },
        termsOf(fields, ['actual.used.pct'], 1),
      )
    case 'system.diskio':
      return isVirtualDisk(device)
        ? []
        : formula(
            { metric: 'disk_io', combine: 'sum', over: 'records' },
            termsOf(fields, ['read.bytes', 'write.bytes'], megabytes),
          )
    case 'system.network':
      return isVirtualInterface(device)
        ? []
        : formula(
            { metric: 'network_traffic', combine: 'sum', over: 'records' },
            termsOf(fields, ['in.bytes', 'out.bytes'], megabits),
          )
    default:
      return []
  }
}

/** `total.norm.pct` is of all cores; `total.pct` is of one, and there are `cores`. */
function cpuUsage(fields: readonly string[]): HouseFormula[] {
  const whole = formula({ metric: 'cpu_usage', combine: 'sum', over: 'record' }, termsOf(fields, ['total.norm.pct'], 1))
  if (whole.length > 0) return whole
  const [total, cores] = [fields.indexOf('total.pct'), fields.indexOf('cores')]
  if (total < 0 || cores < 0) return []
  const terms = [
    { index: total, numerator: 1, denominator: 0 },
    { index: cores, numerator: 0, denominator: 100 },
  ]
  return [{ metric: 'cpu_usage', combine: 'share', over: 'record', terms }]
}

/** A term for each of the fields; none if one of them is missing. */
function termsOf(fields: readonly string[], wanted: readonly string[], numerator: number): Term[] {
  const indices = wanted.map((field) => fields.indexOf(field))
  return indices.includes(-1) ? [] : indices.map((index) => ({ index, numerator, denominator: 0 }))
}

function formula(kind: Omit<HouseFormula, 'terms'>, terms: readonly Term[]): HouseFormula[] {
  return terms.length === 0 ? [] : [{ ...kind, terms }]
}
