import type { Tag } from '../metric-name.ts'
import type { FormatName } from './format-name.ts'
import { splitTags } from './identity-tags.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import type { HouseFormula, Term } from './record-part.ts'
import { isTelegrafCounter, telegrafUnit } from './telegraf-fields.ts'
import { isVirtualDisk, isVirtualInterface } from './virtual-devices.ts'

/** The tag of Telegraf that names the node. */
export const hostTag = 'host'

/** What a record of Telegraf says apart from its node, time and values. */
export interface TelegrafMetric {
  readonly format: FormatName
  readonly measurement: string
  /** Without the one that names the node. */
  readonly tags: readonly Tag[]
  /** Names of the fields with a number. */
  readonly fields: readonly string[]
}

/** The shape of a metric of Telegraf: series `measurement.field{tags}`, and the metrics of the house. */
export function telegrafPart({ format, measurement, tags, fields }: TelegrafMetric): PlannedPart {
  const { identity, attributes } = splitTags(measurement, tags)
  return planPart({
    format,
    group: measurement,
    tags: identity,
    series: fields.map((field) => ({
      base: `${measurement}.${field}`,
      tags: identity,
      unit: telegrafUnit(measurement, field),
      isCounter: isTelegrafCounter(measurement, field),
    })),
    house: houseOf(measurement, new Map(identity), fields),
    attributes,
  })
}

/** MB/s is 10^6 bytes a second, Mbps 10^6 bits a second. */
const megabytes = 1 / 1e6
const megabits = 8 / 1e6

function houseOf(measurement: string, tags: ReadonlyMap<string, string>, fields: readonly string[]): HouseFormula[] {
  switch (measurement) {
    case 'cpu':
      return tags.get('cpu') === 'cpu-total'
        ? formula({ metric: 'cpu_usage', combine: 'complement', over: 'record' }, termsOf(fields, ['usage_idle'], 1))
        : []
    case 'mem':
      return formula({ metric: 'memory_usage', combine: 'sum', over: 'record' }, termsOf(fields, ['used_percent'], 1))
    case 'diskio':
      return isVirtualDisk(tags.get('name') ?? '')
        ? []
        : formula(
            { metric: 'disk_io', combine: 'sum', over: 'records' },
            termsOf(fields, ['read_bytes', 'write_bytes'], megabytes),
          )
    case 'net':
      return isVirtualInterface(tags.get('interface') ?? '')
        ? []
        : formula(
            { metric: 'network_traffic', combine: 'sum', over: 'records' },
            termsOf(fields, ['bytes_recv', 'bytes_sent'], megabits),
          )
    default:
      return []
  }
}

/** A term for each of the fields; none if one of them is missing. */
function termsOf(fields: readonly string[], wanted: readonly string[], numerator: number): Term[] {
  const indices = wanted.map((field) => fields.lastIndexOf(field))
  return indices.includes(-1) ? [] : indices.map((index) => ({ index, numerator, denominator: 0 }))
}

function formula(kind: Omit<HouseFormula, 'terms'>, terms: readonly Term[]): HouseFormula[] {
  return terms.length === 0 ? [] : [{ ...kind, terms }]
}
