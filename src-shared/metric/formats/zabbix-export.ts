import { isCleanText, messageLimits } from '../message.ts'
import type { RejectionCode } from '../sample.ts'
import { numberOrText, wrongField } from './field-checks.ts'
import { jsonReader } from './json-reader.ts'
import { planPart, type PlannedPart } from './part-plan.ts'
import { partReading } from './part-reading.ts'
import { isJsonObject, isNodeId, passed } from './readings.ts'
import type { RecordReading } from './record-part.ts'
import { ShapeCache } from './shape-cache.ts'
import { epochMs } from './timestamps.ts'

const format = 'zabbix-export'
const shapes = new ShapeCache<PlannedPart>()
/** Every line about an item begins with its host. */
const head = /^\s*\{\s*"host"\s*:\s*\{\s*"host"\s*:/
/** Types of items with numbers: float and unsigned. The others are character (1), log (2), text (4) and binary (5). */
const numeric: ReadonlySet<unknown> = new Set([0, 3])

const codes = new Map([
  ['clock', 'bad-timestamp'],
  ['ns', 'bad-timestamp'],
  ['value', 'bad-metric'],
] as const) as ReadonlyMap<string, RejectionCode>

type Json = Readonly<Record<string, unknown>>

/**
 * Lines of Zabbix' real-time export and of its connectors: values of items. Events and trends are passed over: a trend is
 * the mean of an hour whose values ReMo has.
 * @see https://www.zabbix.com/documentation/current/en/manual/appendix/protocols/real_time_export
 */
export const zabbixExport = jsonReader({
  name: format,
  head,
  match: (json) => (isItem(json) || isEvent(json) ? json : undefined),
  read(json) {
    if (!isItem(json)) return passed('not-metrics', 'events of Zabbix')
    if (!('value' in json)) return passed('not-metrics', 'trends of Zabbix')
    return readItem(json)
  },
})

/** With `value` a value, with `avg` a trend. */
function isItem(json: unknown): json is Json {
  return isJsonObject(json) && 'itemid' in json && 'clock' in json && ('value' in json || 'avg' in json)
}

function isEvent(json: unknown): json is Json {
  if (!isJsonObject(json) || !('eventid' in json && 'clock' in json && 'ns' in json && 'value' in json)) return false
  return Array.isArray(json['hosts']) || 'p_eventid' in json
}

function readItem(json: Json): RecordReading {
  const { name, value, type, clock, ns } = json
  const wrong = (field: string, expected: string, found: unknown): RecordReading =>
    wrongField(format, { field, expected, found, code: codes.get(field) })
  if (typeof type !== 'number') return wrong('type', 'a number', type)
  if (!numeric.has(type)) return passed('no-numbers')
  const node = nodeOf(json['host'])
  if (!node) return wrong('host.host', 'text of 1 to 128 characters', hostIn(json['host']))
  if (typeof name !== 'string' || name === '') return wrong('name', 'a text', name)
  const seconds = typeof clock === 'number' ? epochMs(clock) : undefined
  if (seconds === undefined) return wrong('clock', 'epoch seconds', clock)
  const fraction = fractionMs(ns)
  if (fraction === undefined) return wrong('ns', '0 to 999999999', ns)
  // Programs between Zabbix and Kafka may write its 64-bit numbers as texts.
  const number = numberOrText(value)
  if (number === undefined) return wrong('value', 'a number', value)
  if (!Number.isFinite(number)) return passed('not-a-number')
  const attributes = itemTags(json['item_tags'])
  const planned = shapes.get(JSON.stringify([name, attributes]), () => plannedItem(name, attributes))
  return partReading(planned, { ...node, at: seconds + fraction, values: [number] })
}

function fractionMs(ns: unknown = 0): number | undefined {
  return typeof ns === 'number' && ns >= 0 && ns < 1e9 ? Math.floor(ns / 1e6) : undefined
}

/** Before 5.0, `host` is the visible name alone. */
function hostIn(host: unknown): unknown {
  return isJsonObject(host) ? host['host'] : host
}

function nodeOf(host: unknown): { readonly nodeId: string; readonly nodeName: string } | undefined {
  const nodeId = hostIn(host)
  if (!isNodeId(nodeId)) return undefined
  const visible = isJsonObject(host) ? host['name'] : undefined
  const isName = typeof visible === 'string' && visible !== '' && visible.length <= messageLimits.nodeName
  return { nodeId, nodeName: isName && isCleanText(visible) ? visible : nodeId }
}

function itemTags(tags: unknown): Record<string, string> {
  const pairs = (Array.isArray(tags) ? (tags as readonly unknown[]) : []).slice(0, 32).flatMap((one) => {
    const { tag, value } = isJsonObject(one) ? one : {}
    return typeof tag === 'string' && tag !== '' && typeof value === 'string' ? [[tag, value] as const] : []
  })
  return Object.fromEntries(pairs)
}

/** The export has neither units nor keys of items, and names are those of the operator. */
function plannedItem(name: string, attributes: Readonly<Record<string, string>>): PlannedPart {
  const series = [{ base: name, tags: [], unit: '', isCounter: false }]
  return planPart({ format, group: name, tags: [], series, attributes })
}
