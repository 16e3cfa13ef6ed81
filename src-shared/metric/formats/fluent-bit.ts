import type { Tag } from '../metric-name.ts'
import { wrongField } from './field-checks.ts'
import { jsonReader } from './json-reader.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, isNodeId, nodeOfRecord } from './readings.ts'
import type { FormatRecord, HouseFormula, RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { timeOf } from './timestamps.ts'

const format = 'fluent-bit'
const shapes = new ShapeCache<PlannedPart>()
const timeKey = '@timestamp'
/** How a record begins: with its time, then the first key of an input with numbers. */
const head =
  /^\s*\{\s*"@timestamp"\s*:\s*(?:[\d.]+|"[^"]{1,40}")\s*,\s*"(?:cpu_p|Mem\.total|read_size|[^"]{1,16}\.[rt]x\.bytes)"\s*:/
/** Fields that name the node, which a filter adds. */
const nodeFields = ['hostname', 'host', 'node', 'node_name'] as const

/** Texts that are looked at: more are no attributes. */
const textsAtMost = 64

type Json = Readonly<Record<string, unknown>>

/** An input of Fluent Bit that writes numbers. */
interface Input {
  /** The part of its values. */
  readonly name: string
  /** Whether the record is one of it. */
  readonly has: (json: Json) => boolean
  /** The field that tells several of them apart. */
  readonly named?: string
}

const network = /^(.{1,16})\.[rt]x\.(?:bytes|packets|errors|drop|fifo|frame|compressed|multicast|collisions|carrier)$/

const inputs: readonly Input[] = [
  { name: 'cpu', has: (json) => 'cpu_p' in json && 'user_p' in json },
  { name: 'mem', has: (json) => 'Mem.total' in json && 'Mem.used' in json },
  { name: 'disk', has: (json) => 'read_size' in json && 'write_size' in json },
  { name: 'docker', has: (json) => 'cpu_used' in json && 'mem_used' in json && 'mem_limit' in json, named: 'name' },
  { name: 'proc', has: (json) => 'proc_name' in json && 'alive' in json, named: 'proc_name' },
  { name: 'thermal', has: (json) => 'temp' in json && 'type' in json && isThermal(json['name']), named: 'name' },
  { name: 'netif', has: (json) => interfaceOf(json) !== undefined },
]

/**
 * Records of Fluent Bit's inputs that write numbers: flat JSON with `@timestamp` and keys that each input has. All other
 * records are logs.
 * @see https://docs.fluentbit.io/manual/pipeline/outputs/kafka
 */
export const fluentBit = jsonReader({ name: format, head, match: inputIn, read: readInput })

interface FoundInput {
  readonly json: Json
  readonly input: Input
}

function inputIn(json: unknown): FoundInput | undefined {
  if (!isJsonObject(json) || !(timeKey in json)) return undefined
  const input = inputs.find(({ has }) => has(json))
  return input && { json, input }
}

function isThermal(name: unknown): boolean {
  return typeof name === 'string' && name.startsWith('thermal_zone')
}

/** Among the first keys: an object of millions is not looked through. */
function interfaceOf(json: Json): string | undefined {
  let left = 8
  for (const key in json) {
    const found = key.length <= 40 ? network.exec(key) : null
    if (found) return found[1]
    if (--left === 0) return undefined
  }
  return undefined
}

function readInput({ json, input }: FoundInput, record: FormatRecord): RecordReading {
  const at = timeOf(json[timeKey])
  if (at === undefined) {
    const expected = 'epoch seconds or ISO 8601 text'
    return wrongField(format, { field: timeKey, expected, found: json[timeKey], code: 'bad-timestamp' })
  }
  const nodeField = nodeFields.find((field) => field in json)
  const host = nodeField === undefined ? nodeOfRecord(record) : json[nodeField]
  if (!isNodeId(host)) {
    return wrongField(format, { field: nodeField ?? 'key', expected: 'text of 1 to 128 characters', found: host })
  }
  const { values, ...fields } = fieldsOf(json, nodeField)
  const key = JSON.stringify([input.name, fields])
  const planned = shapes.get(key, () => plannedInput(json, input, fields))
  return partReading(planned, { nodeId: host, nodeName: host, at, values })
}

function fieldsOf(json: Json, nodeField: string | undefined): Fields & { readonly values: readonly number[] } {
  const names: string[] = []
  const values: number[] = []
  const texts: Array<readonly [string, string]> = []
  for (const [key, value] of Object.entries(json)) {
    if (key === timeKey || key === nodeField) continue
    const number = typeof value === 'boolean' ? Number(value) : value
    if (typeof number === 'string') {
      if (texts.length < textsAtMost) texts.push([key, number])
    } else if (typeof number === 'number' && Number.isFinite(number)) {
      names.push(key)
      values.push(number)
    }
  }
  return { names, values, texts }
}

interface Fields {
  readonly names: readonly string[]
  readonly texts: ReadonlyArray<readonly [string, string]>
}

function plannedInput(json: Json, { name, named }: Input, { names, texts }: Fields): PlannedPart {
  const value = named === undefined ? undefined : json[named]
  const tags: Tag[] = named !== undefined && typeof value === 'string' && value !== '' ? [[named, value]] : []
  const face = name === 'netif' ? interfaceOf(json) : undefined
  return planPart({
    format,
    group: name,
    // The names of series have the interface already.
    tags: face === undefined ? tags : [['interface', face]],
    series: names.map((base) => ({
      base,
      tags,
      unit: unitOf(name, base),
      isCounter: name === 'docker' && base === 'cpu_used',
    })),
    house: houseOf(name, names),
    attributes: Object.fromEntries(texts.filter(([key]) => key !== named)),
  })
}

/** Sizes of memory are in KiB, those of disks and interfaces in bytes since the record before. */
function unitOf(input: string, name: string): string {
  if (input === 'cpu') return /^\w+_p$|\.p_\w+$/.test(name) ? '%' : ''
  if (input === 'mem') return /^(?:Mem|Swap)\./.test(name) ? 'KiB' : name === 'proc_bytes' ? 'B' : ''
  if (input === 'docker') return name === 'cpu_used' ? 'ns' : /^mem_(?:used|limit)$/.test(name) ? 'B' : ''
  if (input === 'thermal') return name === 'temp' ? '°C' : ''
  return /^(?:read|write)_size$|\.bytes$|^mem\.Vm/.test(name) ? 'B' : ''
}

/**
 * `cpu_p` is a percentage of all cores. Memory in use is what is not available: `Mem.used` counts caches, because the
 * program takes it from what is free, and `Mem.free` from what is available.
 * @see https://github.com/fluent/fluent-bit/blob/master/plugins/in_mem/mem.c
 */
function houseOf(input: string, names: readonly string[]): HouseFormula[] {
  const term = (name: string, numerator: number, denominator: number) => ({
    index: names.indexOf(name),
    numerator,
    denominator,
  })
  if (input === 'cpu' && names.includes('cpu_p')) {
    return [{ metric: 'cpu_usage', combine: 'sum', over: 'record', terms: [term('cpu_p', 1, 0)] }]
  }
  if (input !== 'mem' || !names.includes('Mem.free') || !names.includes('Mem.total')) return []
  const terms = [term('Mem.free', 1, 0), term('Mem.total', 0, 1)]
  return [{ metric: 'memory_usage', combine: 'complement', over: 'record', terms }]
}
