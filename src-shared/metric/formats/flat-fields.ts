import type { Tag } from '../metric-name.ts'
import { formatLimits } from './limits.ts'
import { isJsonObject, isNodeId } from './readings.ts'
import { timeOf } from './timestamps.ts'

type Json = Readonly<Record<string, unknown>>

/** What an object of flat JSON says. */
export interface FlatFields {
  readonly nodeId: string
  /** Epoch ms. */
  readonly at: number
  readonly values: ReadonlyArray<readonly [name: string, value: number]>
  readonly tags: readonly Tag[]
  readonly attributes: readonly Tag[]
  /** Of the one value of an object with a name and a value. */
  readonly unit: string | undefined
}

const times = ['timestamp', 'time', 'ts', '@timestamp', 'datetime', 'date', '_time', 'event_time']
/** The first one that the object has names the node. */
const hosts = ['host', 'hostname', 'node', 'node_id', 'server', 'instance', 'device', 'machine', 'source']
/** Of an object with one value: the name of its metric. */
const metricNames = ['metric', 'metric_name', 'measurement', 'name']
/** Texts that tell series of one host apart. Other texts are attributes. */
const identity: ReadonlySet<string> = new Set([
  ...hosts,
  ...['sensor', 'sensor_id', 'sensor_name', 'channel', 'probe', 'axis', 'position', 'room', 'zone', 'location'],
  ...['cpu', 'core', 'disk', 'interface', 'iface', 'path', 'mount', 'mountpoint', 'mount_point', 'partition', 'gpu'],
  ...['container', 'pod', 'service', 'process', 'job', 'queue', 'topic', 'database', 'db', 'name', 'component'],
])

/** A log has a text for people and how severe it is. */
const logTexts = ['message', 'msg', 'log', 'short_message', 'exception', 'stack_trace', 'logger', 'logger_name']
const logLevels = ['level', 'severity', 'loglevel', 'log_level', 'log.level', 'levelname', 'priority', 'thread', 'pid']
/** Fields of requests, orders, sessions and other events. Hosts have none of them. */
const eventField =
  /^(?:customer|currency|email|user|username|user_agent|useragent|url|uri|method|http_method|referer|referrer|client_ip|remote_addr|ip|status_code|request|response|query|order|cart|basket|invoice|price|amount|sku|payload|before|after|op|event|event_type|eventtype|action|(?:order|user|customer|transaction|session|request|trace|span|event|message|account|payment|invoice|product|cart|correlation|parent)_?id|uuid|guid)$/i
/** Numbers that count nothing and measure nothing. */
const noMeasure =
  /^(?:id|pid|port|version|schema_version|seq|sequence|offset|partition|line|year|month|day)$|_id$|[a-z]Id$/

/** The fields of an object that is flat JSON; `undefined` if it is none. */
export function flatFields(json: Json): FlatFields | undefined {
  if (isEvent(json) || isOwnFormat(json)) return undefined
  const time = timeIn(json)
  const host = time && hostIn(json)
  if (!host) return undefined
  const used = new Set([time.key, host.key])
  const rest = Object.entries(json).filter(([key]) => !used.has(key))
  const named = namedValue(json)
  const values = named ? [named.value] : numbersIn(rest, '', 1)
  if (values.length === 0) return undefined
  const texts = rest.filter((entry): entry is [string, string] => isTag(entry[1]) && entry[0] !== named?.nameKey)
  const isUnit = (key: string): boolean => named !== undefined && key === 'unit'
  return {
    nodeId: host.nodeId,
    at: time.at,
    values,
    tags: texts.filter(([key]) => identity.has(key)),
    attributes: texts.filter(([key]) => !identity.has(key) && !isUnit(key)),
    unit: named?.unit,
  }
}

function isEvent(json: Json): boolean {
  const has = (key: string): boolean => json[key] !== undefined
  if (logTexts.some(has) && logLevels.some(has)) return true
  const text = json['message'] ?? json['msg'] ?? json['log']
  if (typeof text === 'string' && text.includes(' ')) return true
  return Object.keys(json).some((key) => eventField.test(key))
}

/** ReMo's own format with something wrong in it: its rejection says what. */
function isOwnFormat(json: Json): boolean {
  return isJsonObject(json['metrics']) && ('node_id' in json || 'node_name' in json)
}

/** The time, if exactly one field is one. */
function timeIn(json: Json): { readonly key: string; readonly at: number } | undefined {
  const found = times.flatMap((key) => {
    const at = timeOf(json[key])
    return at === undefined ? [] : [{ key, at }]
  })
  return found.length === 1 ? found[0] : undefined
}

function hostIn(json: Json): { readonly key: string; readonly nodeId: string } | undefined {
  for (const key of hosts) {
    const host = json[key]
    const text = isJsonObject(host) ? (host['name'] ?? host['hostname']) : host
    const nodeId = typeof text === 'number' && Number.isSafeInteger(text) ? String(text) : text
    if (isNodeId(nodeId)) return { key, nodeId }
  }
  return undefined
}

interface NamedValue {
  readonly value: readonly [name: string, value: number]
  readonly nameKey: string
  readonly unit: string | undefined
}

/** The value of an object such as `{"metric": "oil_pressure", "value": 4.5, "unit": "bar"}`. */
function namedValue(json: Json): NamedValue | undefined {
  const value = numberOf(json['value'])
  const nameKey = metricNames.find((key) => typeof json[key] === 'string' && json[key] !== '')
  if (value === undefined || nameKey === undefined) return undefined
  const unit = json['unit'] ?? json['units']
  return { value: [json[nameKey] as string, value], nameKey, unit: typeof unit === 'string' ? unit : undefined }
}

function numbersIn(entries: ReadonlyArray<[string, unknown]>, prefix: string, depth: number): Array<[string, number]> {
  return entries.flatMap(([key, value]): Array<[string, number]> => {
    const number = noMeasure.test(key) ? undefined : numberOf(value)
    if (number !== undefined) return [[prefix + key, number]]
    const isObject = isJsonObject(value) && depth < formatLimits.flatDepth
    return isObject ? numbersIn(Object.entries(value), `${prefix}${key}.`, depth + 1) : []
  })
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function isTag(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= formatLimits.tagValue
}
