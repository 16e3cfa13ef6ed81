import { formatCount, formatLargeCount, formatRate } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { SourceExample, SourceView } from '#shared/ipc/source-calls.ts'
import { formatLabel, type FormatName } from '#shared/metric/formats/format-name.ts'

/** Lengths that `BoundHit` is about. */
const tagCharacters = 128
const nameCharacters = 256
const metricsOfRecord = 1_024

type Passed = SourceView['passed'][number]['why']

/** Why records have no values, in a few words. */
export const passedWords: Readonly<Record<Passed, string>> = {
  'no-numbers': 'records without numbers',
  'not-a-number': 'values that are no numbers',
  'histogram-bucket': 'buckets of histograms',
  'otlp-traces': 'OTLP traces',
  'otlp-logs': 'OTLP logs',
  'not-metrics': 'not metrics',
  'needs-schema-registry': 'a schema registry is needed',
  empty: 'empty records',
}

/** What a source is, as a short sentence: `Reading as Telegraf lines`. */
export function whatItIs({ state, formats, passed, records }: SourceView): string {
  switch (state) {
    case 'reading':
      return readingAs(formats[0]?.name)
    case 'limited':
      return `${readingAs(formats[0]?.name)}, limit reached`
    case 'several':
      return `Several formats: ${formats.map(({ name, share }) => `${formatLabel(name)} ${percent(share)}`).join(', ')}`
    case 'not-metrics':
      return 'Not metrics'
    case 'needs-schema-registry':
      return 'Needs a schema registry'
    case 'undecided':
      if (passed.length > 0) return 'Only empty records so far'
      return records > 0 ? 'No record read yet' : 'No record yet'
  }
}

function readingAs(format: FormatName | undefined): string {
  if (format === undefined) return 'Reading'
  return format === 'mapping' ? 'Reading by your mapping' : `Reading as ${formatLabel(format)}`
}

/** A share that is not whole is never 0 or 100 %. */
function percent(share: number): string {
  const rounded = Math.round(share * 100)
  const whole = share > 0 && share < 1 ? Math.min(99, Math.max(1, rounded)) : rounded
  return `${whole}\u202f%`
}

/** What comes of its records: `42 hosts · 180 metrics each`. */
export function whatComes(source: SourceView): string {
  const { state, hosts, detail, passed } = source
  if (state === 'limited') return boundText(source)
  if (state === 'several') return `${plural(hosts, 'host')} · all are read`
  if (state === 'reading') return `${plural(hosts, 'host')} · ${metricsText(source)}`
  if (detail !== undefined) return shownText(detail)
  const why = passed.find((one) => one.why !== 'empty' && one.why !== 'not-metrics')?.why
  return why === undefined ? '' : passedWords[why]
}

function metricsText({ hosts, metrics, series }: SourceView): string {
  return `${plural(metrics, 'metric')}${hosts > 1 && series === hosts * metrics ? ' each' : ''}`
}

/** What is not stored, and why. */
export function boundText({ bound, seriesAtMost }: SourceView): string {
  if (!bound) return ''
  const node = shownText(bound.nodeId)
  const tag = bound.tag === undefined ? '' : `, tag ${shownText(bound.tag)}`
  switch (bound.bound) {
    case 'series-of-node':
      return `2,000 series on ${node}${tag}`
    case 'series-of-topic':
      return `${formatCount(seriesAtMost)} series${tag}`
    case 'metrics-of-record':
      return `more than ${formatCount(metricsOfRecord)} metrics in a record of ${node}`
    case 'tag-length':
      return `more than ${tagCharacters} characters in a tag of ${node}${tag}`
    case 'name-length':
      return `names of more than ${nameCharacters} characters on ${node}`
  }
}

/** Below the name: `48 topics`, `12 partitions`. */
export function sizeText({ topicCount, partitions }: SourceView): string {
  return topicCount > 1 ? plural(topicCount, 'topic') : plural(partitions, 'partition')
}

/** `since 09:14, 13.1 M records`. `since`: the time in words. */
export function seenText({ records }: SourceView, since: string | undefined): string {
  if (since === undefined) return 'nothing yet'
  return `since ${since}, ${records < 10_000 ? formatCount(records) : formatLargeCount(records)} ${records === 1 ? 'record' : 'records'}`
}

export function rejectedText({ state, rejected }: SourceView): string {
  const isRead = state !== 'not-metrics' && state !== 'needs-schema-registry'
  return isRead || rejected > 0 ? formatCount(rejected) : '–'
}

/** `42, named by the tag host`. The field is found in the example. */
export function hostsText({ hosts, formats }: SourceView, example: SourceExample | undefined): string {
  const field = example && nodeField(example)
  if (field === undefined) return formatCount(hosts)
  const isTag = formats[0]?.name === 'influx-line' || formats[0]?.name === 'telegraf-json'
  return `${formatCount(hosts)}, named by ${isTag ? 'the tag ' : ''}${field}`
}

/**
 * The topic of the source whose fields can be mapped: one that has a mapping, or whose newest record is JSON that no
 * format of metrics is sure of.
 * @param mapped topics that have a mapping
 */
export function mappableTopic(
  source: Pick<SourceView, 'state' | 'formats' | 'topics' | 'topicCount'>,
  example: SourceExample | undefined,
  mapped: ReadonlySet<string>,
): string | undefined {
  const topic = source.topicCount === 1 ? source.topics[0] : example?.topic
  if (topic === undefined) return undefined
  const isUnsure = source.state === 'not-metrics' || source.formats.some(({ name }) => name === 'flat-json')
  return mapped.has(topic) || (isUnsure && example !== undefined && isJson(example)) ? topic : undefined
}

/** Whether the record begins as JSON does, also in a frame of five bytes. */
function isJson({ head }: SourceExample): boolean {
  return /^(?:\0[^]{4})?\s*[[{]/.test(atob(head))
}

/** The name in front of the node's id in the text of the record. */
function nodeField({ head, isText, reading }: SourceExample): string | undefined {
  const nodeId = reading.kind === 'parts' ? reading.parts[0]?.nodeId : undefined
  if (!isText || nodeId === undefined) return undefined
  const text = new TextDecoder().decode(Uint8Array.from(atob(head), (char) => char.charCodeAt(0)))
  const at = text.indexOf(nodeId)
  if (at <= 0) return undefined
  return /([\w@.-]{1,64})"?\s*[=:]\s*"?$/.exec(text.slice(Math.max(0, at - 80), at))?.[1]
}

export const rateText = ({ recordsPerSecond }: { readonly recordsPerSecond: number }): string =>
  formatRate(recordsPerSecond)

export function plural(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`
}

/** A line of configuration that gives the records of one host one key. */
interface KeySetting {
  readonly program: string
  readonly line: string
}

const telegraf = { program: 'Telegraf', line: 'routing_tag = "host"' }
/** In the `<Topic>` of write_kafka. Its default is a new key for each record. */
const collectd = { program: 'collectd', line: 'Key "name of this host"' }
const keySettings: Partial<Record<FormatName, KeySetting>> = {
  'telegraf-json': telegraf,
  'influx-line': telegraf,
  metricbeat: { program: 'Metricbeat', line: "key: '%{[host.name]}'" },
  'collectd-json': collectd,
  'collectd-putval': collectd,
}

/** A record has one value, so that CPU and memory too follow from several. */
const ofOneValue: ReadonlySet<FormatName> = new Set([
  'collectd-json',
  'collectd-putval',
  'graphite',
  'prometheus-kafka-adapter',
  'vector',
])

/** What is missing while records of a host are spread. */
export function missingTotals({ formats }: Pick<SourceView, 'formats'>): string {
  return formats.some(({ name }) => ofOneValue.has(name))
    ? 'CPU, memory, disk and network totals'
    : 'disk and network totals'
}

/** For programs whose records have no key by default, or any. */
export function keySetting({ formats }: Pick<SourceView, 'formats'>): KeySetting | undefined {
  return formats.map(({ name }) => keySettings[name]).find((setting) => setting !== undefined)
}
