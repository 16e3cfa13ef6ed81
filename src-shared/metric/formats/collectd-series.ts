import type { Tag } from '../metric-name.ts'
import { unitOfType } from './collectd-types.ts'
import type { FormatName } from './format-name.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import type { HouseFormula, Term } from './record-part.ts'
import { isVirtualDisk, isVirtualInterface } from './virtual-devices.ts'

/** What names a value list of collectd, beside its host. An instance is '' if there is none. */
export interface CollectdIdentity {
  readonly plugin: string
  readonly pluginInstance: string
  readonly type: string
  readonly typeInstance: string
}

/** Values of one list, as their names say. */
export interface CollectdValues {
  /** Names of the data sources; `value` alone is no part of the name of the series. */
  readonly names: readonly string[]
  /** Indices of values that only grow. */
  readonly counters: readonly number[]
  /** Indices of values that are the rates of growing ones. */
  readonly rates: readonly number[]
}

/** The shape of a value list: `interface.if_octets.rx{plugin_instance=eth0}`, and the metrics of the house. */
export function collectdPart(format: FormatName, identity: CollectdIdentity, values: CollectdValues): PlannedPart {
  const group = `${identity.plugin}.${identity.type}`
  const tags = tagsOf(identity)
  const unit = unitOfType(identity.type)
  const isAlone = values.names.length === 1 && values.names[0] === 'value'
  return planPart({
    format,
    group,
    tags,
    series: values.names.map((name, i) => ({
      base: isAlone ? group : `${group}.${name}`,
      tags,
      unit: values.rates.includes(i) ? `${unit}/s` : unit,
      isCounter: values.counters.includes(i),
    })),
    house: houseOf(identity, values.names.length),
  })
}

function tagsOf({ pluginInstance, typeInstance }: CollectdIdentity): Tag[] {
  const tags: Tag[] = []
  if (pluginInstance !== '') tags.push(['plugin_instance', pluginInstance])
  if (typeInstance !== '') tags.push(['type_instance', typeInstance])
  return tags
}

/** MB/s is 10^6 bytes a second, Mbps 10^6 bits a second. */
const megabytes = 1 / 1e6
const megabits = 8 / 1e6

/** Memory in use, by the states of Linux, FreeBSD and macOS. The others are free, or caches that can be given up. */
const usedMemory: ReadonlySet<string> = new Set(['used', 'slab_unrecl', 'active', 'wired', 'kernel', 'locked'])

/**
 * Each record has one state of one CPU, so that the metrics of the house are shares and sums over records.
 * - CPU: 100 − the share of `idle` in all states. They are percentages, or jiffies a second.
 * - memory: the share of what is used in all states.
 * @see https://www.collectd.org/documentation/manpages/collectd.conf.html#plugin-cpu
 */
function houseOf({ plugin, pluginInstance, type, typeInstance }: CollectdIdentity, count: number): HouseFormula[] {
  switch (`${plugin}.${type}`) {
    case 'cpu.percent':
    case 'cpu.cpu':
      return cpuUsage(type, pluginInstance, typeInstance)
    case 'memory.memory':
      return [
        { metric: 'memory_usage', combine: 'share', over: 'records', terms: [share(usedMemory.has(typeInstance))] },
      ]
    case 'disk.disk_octets':
      return isVirtualDisk(pluginInstance)
        ? []
        : [{ metric: 'disk_io', combine: 'sum', over: 'records', terms: sums(count, megabytes) }]
    case 'interface.if_octets':
      return isVirtualInterface(pluginInstance)
        ? []
        : [{ metric: 'network_traffic', combine: 'sum', over: 'records', terms: sums(count, megabits) }]
    default:
      return []
  }
}

function cpuUsage(type: string, cpu: string, state: string): HouseFormula[] {
  if (state !== 'active') {
    return [{ metric: 'cpu_usage', combine: 'complement', over: 'records', terms: [share(state === 'idle')] }]
  }
  // `active` is beside the states only with `ReportByState false`, and then it is the only one.
  const isWhole = cpu === '' && type === 'percent'
  const terms = [{ index: 0, numerator: 1, denominator: 0 }]
  return isWhole ? [{ metric: 'cpu_usage', combine: 'sum', over: 'record', terms }] : []
}

function share(isNumerator: boolean): Term {
  return { index: 0, numerator: isNumerator ? 1 : 0, denominator: 1 }
}

function sums(count: number, numerator: number): Term[] {
  return Array.from({ length: count }, (_, index) => ({ index, numerator, denominator: 0 }))
}
