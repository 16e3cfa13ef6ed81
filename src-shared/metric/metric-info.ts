import { shownText } from '../format/shown-text.ts'
import { parseMetricName } from './metric-name.ts'

/** Name, unit and CSV column of a metric. */
export interface MetricInfo {
  readonly name: string
  readonly label: string
  /** For places with little room: notifications, tiles. */
  readonly shortLabel: string
  /** Text after a number; '' if unknown. */
  readonly unit: string
  /** Column name with the unit in it, snake_case. */
  readonly csvColumn: string
  /** Greatest possible value, if there is one: the end of an axis. */
  readonly max?: number
}

/** MB/s is 10^6 bytes a second, Mbps 10^6 bits a second. */
export const knownMetrics: readonly MetricInfo[] = [
  { name: 'cpu_usage', label: 'CPU usage', shortLabel: 'CPU', unit: '%', csvColumn: 'cpu_percent', max: 100 },
  {
    name: 'memory_usage',
    label: 'Memory usage',
    shortLabel: 'Memory',
    unit: '%',
    csvColumn: 'memory_percent',
    max: 100,
  },
  { name: 'disk_io', label: 'Disk I/O', shortLabel: 'Disk I/O', unit: 'MB/s', csvColumn: 'disk_io_mb_per_s' },
  { name: 'network_traffic', label: 'Network traffic', shortLabel: 'Network', unit: 'Mbps', csvColumn: 'network_mbps' },
]

const knownByName = new Map(knownMetrics.map((metric) => [metric.name, metric]))

/** @param unit the producer's unit; used only for metrics that ReMo does not know */
export function metricInfo(name: string, unit = ''): MetricInfo {
  return knownByName.get(name) ?? unknownMetricInfo(name, unit)
}

/** The producer's unit of a metric. `constructor` is a metric name like any other. */
export function unitIn(units: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(units, name) ? units[name] : undefined
}

function unknownMetricInfo(name: string, unit: string): MetricInfo {
  return {
    name,
    ...labelsOf(name),
    unit: shownText(unit),
    csvColumn: [slug(name) || 'metric', unitSlug(unit)].filter(Boolean).join('_'),
  }
}

/**
 * A name with a measurement stays as its program has it, `disk.used_percent`, with its tags behind: `path=/var`, or only
 * the values where there is little room. Other names become words.
 */
function labelsOf(name: string): Pick<MetricInfo, 'label' | 'shortLabel'> {
  const { base, measurement, tags } = parseMetricName(name)
  if (measurement === '' && tags.length === 0) {
    const words = name.replaceAll(/[_\s]+/g, ' ').trim()
    const label = shownText(words === '' ? name : words.charAt(0).toUpperCase() + words.slice(1))
    return { label, shortLabel: label }
  }
  const withTags = (parts: readonly string[]): string => shownText([base, ...parts].join(' '))
  return {
    label: withTags(tags.map(([key, value]) => `${key}=${value}`)),
    shortLabel: withTags(tags.map(([, value]) => value)),
  }
}

function unitSlug(unit: string): string {
  const spelt = unit.replaceAll('%', 'percent').replaceAll('°', 'degrees ').replaceAll('/', ' per ')
  return slug(spelt)
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
}
