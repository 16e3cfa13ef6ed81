import { formatCount } from '#shared/format/number.ts'
import { formatLag } from '#shared/format/duration.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { FindResult, FoundTopic } from '#shared/ipc/source-calls.ts'
import { formatLabel } from '#shared/metric/formats/format-name.ts'
import { passedWords, plural } from './source-text.ts'

type Metrics = Extract<FoundTopic, { kind: 'metrics' }>
type MayBe = Extract<FoundTopic, { kind: 'may-be' }>
type Not = Extract<FoundTopic, { kind: 'not' }>

/** `38 topics, the last 5 records of each, in 1.9 s`. */
export function lookedText({ topics, ms }: FindResult): string {
  if (topics.length === 0) return 'No topic to look at'
  return `${plural(topics.length, 'topic')}, the last 5 records of each, in ${formatLag(ms)}`
}

/** What was not looked at, one sentence each. */
export function leftTexts({ left, read, isDone }: FindResult): string[] {
  return [
    ...(left > 0
      ? [
          `${plural(left, 'topic')} ${left === 1 ? 'was' : 'were'} not looked at${isDone ? ': there are too many' : ': the time was up'}.`,
        ]
      : []),
    ...(read > 0 ? [`${plural(read, 'topic')} ${read === 1 ? 'is' : 'are'} read already.`] : []),
  ]
}

/** `Telegraf JSON, collectd`. */
export function formatsText({ formats }: Metrics): string {
  const text = formats.map(formatLabel).join(', ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function countsText({ hosts, metrics }: Metrics): string {
  return `${plural(hosts, 'host')}, ${plural(metrics, 'metric')}`
}

export function namesText({ formats, names, metrics }: Metrics): string {
  if (formats.length > 1) return formats.length === 2 ? 'two formats, both are read' : 'several formats, all are read'
  return `${names.map(shownText).join(', ')}${metrics > names.length ? ' …' : ''}`
}

export function mayBeText({ numbers, hasHost }: MayBe): string {
  const host = hasHost ? 'a field is named like a host' : 'no field named like a host'
  return `JSON of its own shape: ${plural(numbers, 'number')} a record, ${host}`
}

export function notText({ why, detail }: Not): string {
  if (why === 'not-authorized') return 'Not readable: this user may not read it'
  if (why === 'not-answered') return 'Not readable: its broker does not answer'
  if (why === 'empty') return 'Empty'
  if (why === 'rejected') return `Records that are rejected: ${shownText(detail ?? '')}`
  if (why === 'needs-schema-registry') return `Needs a schema registry${detail === undefined ? '' : `: ${detail}`}`
  const what = detail === undefined ? (why === 'not-metrics' ? '' : passedWords[why]) : shownText(detail)
  return what === '' ? 'Not metrics' : `Not metrics: ${what}`
}

/** `Read 3 topics`. */
export function readLabel(chosen: number): string {
  return chosen === 0 ? 'Read' : `Read ${formatCount(chosen)} ${chosen === 1 ? 'topic' : 'topics'}`
}
