import { collectdPart, type CollectdIdentity } from './collectd-series.ts'
import { readFamily, isFamily } from './collectd-families.ts'
import { wrongField } from './field-checks.ts'
import { jsonReader } from './json-reader.ts'
import { mergedReading } from './merged-reading.ts'
import type { PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, isNodeId, passed } from './readings.ts'
import type { RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { timeOf } from './timestamps.ts'

const format = 'collectd-json'
const shapes = new ShapeCache<PlannedPart>()
/** How a record begins: a value list of 5.x, or a family of metrics of 6.0. */
const head =
  /^\s*\[\s*\{\s*(?:"values"\s*:\s*\[|"name"\s*:\s*"[^"]{1,256}"\s*,\s*"type"\s*:\s*"[A-Z_]+"\s*,\s*"metrics"\s*:)/

type Json = Readonly<Record<string, unknown>>

/**
 * JSON of collectd: an array of value lists (5.x), or of families of metrics (6.0).
 * @see https://www.collectd.org/wiki/index.php/JSON
 */
export const collectdJson = jsonReader({
  name: format,
  head,
  match: (json) => (isArray(json) && (isValueList(json[0]) || isFamily(json[0])) ? json : undefined),
  read: (lists, record) =>
    mergedReading(
      lists.map((one, i) => {
        const path = lists.length === 1 ? '' : `[${i}].`
        return isFamily(one) ? readFamily(record, one, path) : readList(one, path)
      }),
    ),
})

function isValueList(json: unknown): json is Json {
  return isJsonObject(json) && 'values' in json && 'dstypes' in json && 'dsnames' in json && 'plugin' in json
}

/** @param path of the list in the record, for reasons */
function readList(json: unknown, path: string): RecordReading {
  const wrong = (field: string, expected: string, found: unknown): RecordReading =>
    wrongField(format, { field: path + field, expected, found, code: field === 'time' ? 'bad-timestamp' : undefined })
  if (!isValueList(json)) return wrong('value list', 'an object with values, dstypes and dsnames', json)
  const { values, dstypes, dsnames, host } = json
  if (!isArray(values)) return wrong('values', 'an array of numbers', values)
  if (!isTexts(dstypes, values.length)) return wrong('dstypes', `an array of ${values.length} texts`, dstypes)
  if (!isTexts(dsnames, values.length)) return wrong('dsnames', `an array of ${values.length} texts`, dsnames)
  const odd = values.find((value) => value !== null && typeof value !== 'number' && !isNotNumber(value))
  if (odd !== undefined) return wrong('values', 'numbers or null', odd)
  if (!isNodeId(host)) return wrong('host', 'text of 1 to 128 characters', host)
  const identity = identityOf(json)
  if (typeof identity === 'string') return wrong(identity, 'a text', json[identity])
  const at = timeOf(json['time'])
  if (at === undefined) return wrong('time', 'epoch seconds', json['time'])
  return readValues({ host, at, identity, interval: json['interval'] }, { values, dstypes, dsnames })
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

function isTexts(value: unknown, count: number): value is readonly string[] {
  return Array.isArray(value) && value.length === count && value.every((one) => typeof one === 'string')
}

/** NaN and infinities that a bridge wrote: texts, see `detectedValue`. */
function isNotNumber(value: unknown): boolean {
  return typeof value === 'string' && /^[+-]?(?:nan|inf(?:inity)?)$/i.test(value)
}

/** @returns the name of the field that is no text, if there is one */
function identityOf(json: Json): CollectdIdentity | string {
  const fields = ['plugin', 'plugin_instance', 'type', 'type_instance'] as const
  const texts = fields.map((field) => json[field] ?? (field.endsWith('instance') ? '' : undefined))
  const odd = texts.findIndex((text, i) => typeof text !== 'string' || (text === '' && i % 2 === 0))
  if (odd >= 0) return fields[odd] as string
  const [plugin, pluginInstance, type, typeInstance] = texts as [string, string, string, string]
  return { plugin, pluginInstance, type, typeInstance }
}

interface ListFacts {
  readonly host: string
  readonly at: number
  readonly identity: CollectdIdentity
  readonly interval: unknown
}

interface ListValues {
  readonly values: readonly unknown[]
  readonly dstypes: readonly string[]
  readonly dsnames: readonly string[]
}

function readValues(
  { host, at, identity, interval }: ListFacts,
  { values, dstypes, dsnames }: ListValues,
): RecordReading {
  const kept = [...values.keys()].filter((i) => Number.isFinite(values[i]))
  if (kept.length === 0) return passed('not-a-number')
  const growing = kept.map((i) => dstypes[i] !== 'gauge')
  const areRates = growing.includes(true) && storedAsRates(values, dstypes)
  const perInterval = typeof interval === 'number' && interval > 0 ? interval : undefined
  const isDelta = kept.map((i) => dstypes[i] === 'absolute' && !areRates && perInterval !== undefined)
  const key = JSON.stringify([identity, kept.map((i) => dsnames[i]), growing, areRates, isDelta])
  const planned = shapes.get(key, () =>
    collectdPart(format, identity, {
      names: kept.map((i) => dsnames[i] as string),
      counters: indicesWhere(growing, (i) => !areRates && isDelta[i] !== true),
      rates: indicesWhere(growing, (i) => areRates || isDelta[i] === true),
    }),
  )
  const found = kept.map((i, k) => (values[i] as number) / (isDelta[k] === true ? (perInterval as number) : 1))
  return partReading(planned, { nodeId: host, nodeName: host, at, values: found })
}

function indicesWhere(growing: readonly boolean[], isWanted: (i: number) => boolean): number[] {
  return [...growing.keys()].filter((i) => growing[i] === true && isWanted(i))
}

/**
 * Whether growing values are written as rates, as `StoreRates` has it, which is the default. The record does not say so,
 * but only a rate has a fraction or is null. All values 0 are rates too: a counter at 0 has not moved.
 */
function storedAsRates(values: readonly unknown[], dstypes: readonly string[]): boolean {
  const growing = values.filter((_, i) => dstypes[i] !== 'gauge')
  return growing.some((value) => !Number.isInteger(value)) || growing.every((value) => value === 0)
}
