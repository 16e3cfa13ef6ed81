import { numberOrText } from '../formats/field-checks.ts'
import { isJsonObject, isNodeId } from '../formats/readings.ts'
import { timeOf } from '../formats/timestamps.ts'
import type { LookedAt } from '../sources/found-topic.ts'
import type { FieldMapping } from './field-mapping.ts'
import { pathLimits, pathText, type FieldPath } from './field-path.ts'
import { jsonContents } from './json-contents.ts'

/** A first guess. What is not sure is open. */
export type SuggestedMapping = Partial<FieldMapping> & Pick<FieldMapping, 'topic'>

type Json = Readonly<Record<string, unknown>>

/** Objects that are looked at, and what of each. A record can have 4 MB. */
const most = { records: 20, objects: 50, fields: 500, depth: 5, elements: 20 } as const

/**
 * Guesses from real records which field is what: only what most of them say. Never throws.
 * @param records of the topic, in any order
 */
export function suggestMapping(topic: string, records: readonly LookedAt[]): SuggestedMapping {
  const contents = records.slice(0, most.records).flatMap(({ value }) => jsonContents(value))
  const objects = contents
    .flatMap((json) => (Array.isArray(json) ? (json.slice(0, most.elements) as unknown[]) : [json]))
    .filter(isJsonObject)
    .slice(0, most.objects)
  const whole = new Sampled(objects)
  const elements = whole.lists().map((path) => ({ path, inside: whole.elementsOf(path) }))
  const node = nodeIn(whole)
  const hosts = node ? undefined : elements.find(({ inside }) => nodeIn(inside) && inside.numbers().length > 0)
  const found = hosts ? inHosts(whole, hosts.path, hosts.inside) : inRecord(whole, node, elements)
  return { topic, ...withoutUndefined(found) }
}

type Guess = {
  readonly [field in 'node' | 'nodeName' | 'time' | 'values' | 'name' | 'value' | 'unit']?: string | undefined
}

interface Elements {
  readonly path: FieldPath
  readonly inside: Sampled
}

/** Node and time once a record. */
function inRecord(whole: Sampled, node: FieldPath | undefined, lists: readonly Elements[]): Guess {
  const time = timeIn(whole)
  const shared = {
    node: node && textOf(node),
    nodeName: node && optionalText(shownNameIn(whole, node)),
    time: time && textOf(time),
  }
  for (const { path, inside } of lists) {
    const named = namedValueIn(inside)
    if (named) return { ...shared, ...withValues([...path, 'each'], named) }
  }
  const one = namedValueIn(whole, node)
  return { ...shared, ...(one ? withValues([], one) : numbersAs([], whole, [node, time])) }
}

/** Each element of a list is a host with its numbers. */
function inHosts(whole: Sampled, list: FieldPath, inside: Sampled): Guess {
  const begin = [...list, 'each' as const]
  const below = (path: FieldPath | undefined): string | undefined => path && textOf([...begin, ...path])
  const node = nodeIn(inside)
  const time = timeIn(inside)
  const outer = timeIn(whole)
  const named = namedValueIn(inside, node)
  return {
    node: below(node),
    nodeName: node && below(shownNameIn(inside, node)),
    time: below(time) ?? (outer && textOf(outer)),
    ...(named ? withValues(begin, named) : numbersAs(begin, inside, [node, time])),
  }
}

/** A value in one of the objects. */
interface Leaf {
  readonly path: FieldPath
  readonly key: string
  readonly value: unknown
}

/** Objects of which most are alike. */
class Sampled {
  readonly #objects: readonly Json[]
  /** Values of the objects by path. */
  readonly #leaves = new Map<string, Leaf[]>()

  constructor(objects: readonly Json[]) {
    this.#objects = objects
    for (const object of objects) {
      const leaves: Leaf[] = []
      collect(object, [], leaves)
      for (const leaf of leaves) {
        const key = pathText(leaf.path)
        const known = this.#leaves.get(key)
        if (known) known.push(leaf)
        else this.#leaves.set(key, [leaf])
      }
    }
  }

  /** Paths whose value is like that in most objects, in the order of the record. */
  paths(isSo: (leaf: Leaf) => boolean): FieldPath[] {
    const enough = this.#objects.length / 2
    return [...this.#leaves.values()]
      .filter((leaves) => leaves.filter(isSo).length > enough)
      .map(([first]) => (first as Leaf).path)
  }

  numbers(): FieldPath[] {
    return this.paths(({ value, key }) => isNumber(value) && !noValue.test(key) && !isTimeName(key))
  }

  lists(): FieldPath[] {
    return this.paths(({ value }) => Array.isArray(value) && isJsonObject(value[0]))
  }

  elementsOf(path: FieldPath): Sampled {
    const lists = (this.#leaves.get(pathText(path)) ?? []).map(({ value }) => value)
    const elements = lists.flatMap((list) => (Array.isArray(list) ? (list.slice(0, most.elements) as unknown[]) : []))
    return new Sampled(elements.filter(isJsonObject).slice(0, most.objects))
  }

  /** Texts at a path. */
  textsAt(path: FieldPath): string[] {
    return (this.#leaves.get(pathText(path)) ?? []).flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
  }
}

function collect(object: Json, path: FieldPath, leaves: Leaf[]): void {
  for (const key of Object.keys(object)) {
    if (leaves.length >= most.fields) return
    const value = object[key]
    const own = [...path, { key }]
    if (!isJsonObject(value)) leaves.push({ path: own, key, value })
    else if (own.length < most.depth) collect(value, own, leaves)
  }
}

/** Names of fields that name a node, the surest first. */
const nodeNames = [
  ...['host', 'hostname', 'fqdn', 'nodename', 'node', 'nodeid', 'server', 'instance'],
  ...[
    'machine',
    'machineid',
    'machinename',
    'device',
    'deviceid',
    'devicename',
    'deveui',
    'serial',
    'serialnumber',
    'sn',
  ],
  ...['asset', 'assetid', 'assettag', 'equipment', 'equipmentid', 'meter', 'meterid', 'mrid', 'station', 'stationid'],
  ...['gateway', 'gatewayid', 'unitid', 'turbine', 'source', 'sensorid', 'sensor', 'thing', 'thingid', 'agent'],
]
/** Of an object with such a name, these name it. */
const idNames = ['serial', 'serialnumber', 'id', 'uid', 'name', 'key']

/** The field that names the node in most objects. */
function nodeIn(sampled: Sampled): FieldPath | undefined {
  const isName = (value: unknown): boolean => isNodeId(value) && timeOf(value) === undefined
  const paths = sampled.paths(({ value }) => isName(value) || Number.isSafeInteger(value))
  const ranked = paths.flatMap((path) => {
    const rank = nodeRank(path)
    const isText = sampled.textsAt(path).length > 0
    // A number named `source` counts something.
    const isSure = isText || /id$|serial|^sn$|node|device|machine/i.test(keyOf(path))
    return rank === undefined || !isSure ? [] : [{ path, rank }]
  })
  return ranked.sort((a, b) => a.rank - b.rank || a.path.length - b.path.length)[0]?.path
}

function nodeRank(path: FieldPath): number | undefined {
  const own = nodeNames.indexOf(plain(keyOf(path)))
  if (own >= 0) return own * 10
  const around = nodeNames.indexOf(plain(keyOf(path.slice(0, -1))))
  const id = idNames.indexOf(plain(keyOf(path)))
  return around >= 0 && id >= 0 ? around * 10 + 1 + id : undefined
}

const shownNames = /^(?:label|name|display_?name|title|alias|friendly_?name|description)$/i

/** A text beside the node's that is for people. */
function shownNameIn(sampled: Sampled, node: FieldPath): FieldPath | undefined {
  const beside = node.slice(0, -1)
  return sampled
    .paths(({ key, value }) => shownNames.test(key) && typeof value === 'string' && value !== '')
    .find((path) => path.length > 1 && isSame(path.slice(0, -1), beside) && !isSame(path, node))
}

const exactTimes = ['timestamp', 'time', 'ts', 'attimestamp', 'datetime', 'eventtime', 'measuredat', 'sampledat', 't']

/** The field that is a time in most objects: by its name, or the only one. */
function timeIn(sampled: Sampled): FieldPath | undefined {
  // A long number is a time only by its name: ids are long numbers too.
  const paths = sampled.paths(
    ({ key, value }) => timeOf(value) !== undefined && (isTimeName(key) || /^\d{4}-/.test(String(value))),
  )
  const rank = (path: FieldPath): number => {
    const at = exactTimes.indexOf(plain(keyOf(path)))
    return at < 0 ? exactTimes.length : at
  }
  const [first, second] = paths.toSorted((a, b) => rank(a) - rank(b) || a.length - b.length)
  if (!first || !second) return first
  const isSurer = rank(first) < rank(second) || (rank(first) < exactTimes.length && first.length < second.length)
  return isSurer ? first : undefined
}

const metricNames = [
  'metric',
  'metricname',
  'kind',
  'type',
  'name',
  'key',
  'id',
  'channel',
  'tag',
  'sensor',
  'code',
  'label',
]
const valueNames = ['value', 'val', 'v', 'reading', 'measurement', 'result', 'number']
const unitNames = ['unit', 'units', 'uom', 'u', 'unitofmeasure']

/** Elements that are one metric each: a text that names it, and a number beside it. */
function namedValueIn(sampled: Sampled, node?: FieldPath): NamedValue | undefined {
  const numbers = sampled.paths(({ value, key }) => Number.isFinite(numberOrText(value)) && !isTimeName(key))
  const texts = sampled.paths(({ value }) => typeof value === 'string' && value !== '')
  for (const value of ranked(numbers, valueNames)) {
    const around = value.slice(0, -1)
    const beside = texts.filter((path) => isSame(path.slice(0, -1), around) && !(node && isSame(path, node)))
    const [name] = ranked(beside, metricNames)
    if (name)
      return { around, name: name.slice(-1), value: value.slice(-1), unit: ranked(beside, unitNames)[0]?.slice(-1) }
  }
  return undefined
}

/** A metric in an object. Paths of name, value and unit begin at it. */
interface NamedValue {
  readonly around: FieldPath
  readonly name: FieldPath
  readonly value: FieldPath
  readonly unit: FieldPath | undefined
}

/** Of at most two keys, with one of the names as the last one; the first names first. */
function ranked(paths: readonly FieldPath[], names: readonly string[]): FieldPath[] {
  const rank = (path: FieldPath): number => names.indexOf(plain(keyOf(path)))
  return paths.filter((path) => path.length <= 2 && rank(path) >= 0).sort((a, b) => rank(a) - rank(b))
}

function withValues(begin: FieldPath, { around, name, value, unit }: NamedValue): Guess {
  return {
    values: textOf([...begin, ...around]),
    name: textOf(name),
    value: textOf(value),
    unit: optionalText(unit),
  }
}

/** Where most numbers are, as a field of a mapping. */
function numbersAs(begin: FieldPath, sampled: Sampled, used: ReadonlyArray<FieldPath | undefined>): Guess {
  const path = objectOfNumbers(sampled, used)
  if (!path) return {}
  const inside = sampled.numbers().filter((one) => one.length > path.length && isSame(one.slice(0, path.length), path))
  const keys = new Set(inside.map((one) => (one.length === path.length + 2 ? keyOf(one) : '')))
  const [key = ''] = keys
  const isOfValues = keys.size === 1 && inside.length > 1 && valueNames.includes(plain(key))
  if (!isOfValues) return { values: textOf([...begin, ...path]) }
  return { values: textOf([...begin, ...path, 'each']), value: textOf([{ key }]) }
}

/** The object with most numbers in it; the record itself if they are all in it. */
function objectOfNumbers(sampled: Sampled, used: ReadonlyArray<FieldPath | undefined>): FieldPath | undefined {
  const isUsed = new Set(used.flatMap((path) => (path ? [pathText(path)] : [])))
  const numbers = sampled.numbers().filter((path) => !isUsed.has(pathText(path)))
  const counts = new Map<string, { readonly path: FieldPath; count: number }>()
  for (const number of numbers) {
    const [first] = number
    const path = number.length > 1 && first ? [first] : []
    const known = counts.get(pathText(path)) ?? { path, count: 0 }
    counts.set(pathText(path), { path, count: known.count + 1 })
  }
  const [best] = [...counts.values()].sort((a, b) => b.count - a.count)
  return best && deepest(best.path, numbers)
}

/** The object around all of the numbers below the path. */
function deepest(path: FieldPath, numbers: readonly FieldPath[]): FieldPath {
  if (path.length === 0) return path
  const inside = numbers.filter((one) => one.length > path.length && isSame(one.slice(0, path.length), path))
  const [first] = inside
  if (!first) return path
  let length = path.length
  const isCommon = (one: FieldPath): boolean => isSame(one.slice(0, length + 1), first.slice(0, length + 1))
  while (first.length > length + 1 && inside.every(isCommon)) length++
  return first.slice(0, length)
}

const noValue =
  /^(?:id|pid|port|version|seq|sequence|offset|partition|line|year|month|day|f_?cnt|f_?port)$|_id$|[a-z]Id$|(?:^|_)(?:serial|version|fw|code)$/

const timeName = /^(?:t|ts|time|epoch|date|when|clock)$|(?:^|[_.@-])(?:time|timestamp|ts|date|clock|at|datetime)$/i
const camelTimeName = /[a-z](?:At|Time|Timestamp|Date|Ts)$|^(?:timestamp|datetime)/

function isTimeName(key: string): boolean {
  return timeName.test(key) || camelTimeName.test(key)
}

function isSame(a: FieldPath, b: FieldPath): boolean {
  return pathText(a) === pathText(b)
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value)
}

function keyOf(path: FieldPath): string {
  const step = path.at(-1)
  return step !== undefined && step !== 'each' && 'key' in step ? step.key : ''
}

function plain(key: string): string {
  return key
    .toLowerCase()
    .replaceAll(/[_\-. ]/g, '')
    .replace('@', 'at')
}

/** The text of a path; `undefined` for one that no mapping can have. */
function textOf(path: FieldPath): string | undefined {
  const text = pathText(path)
  return text.length <= pathLimits.characters && path.length <= pathLimits.steps ? text : undefined
}

function optionalText(path: FieldPath | undefined): string | undefined {
  return path && textOf(path)
}

function withoutUndefined(guess: Guess): Partial<FieldMapping> {
  return Object.fromEntries(Object.entries(guess).filter(([, text]) => text !== undefined))
}
