import { expect, test } from 'vitest'
import type { FormatName } from '#shared/metric/formats/format-name.ts'
import type { SourceExample, SourceView } from '#shared/ipc/source-calls.ts'
import {
  boundText,
  hostsText,
  keySetting,
  mappableTopic,
  missingTotals,
  rejectedText,
  seenText,
  sizeText,
  whatComes,
  whatItIs,
} from './source-text.ts'

const source = (part: Partial<SourceView> = {}): SourceView => ({
  name: 'telegraf',
  topics: ['telegraf'],
  topicCount: 1,
  partitions: 12,
  state: 'reading',
  formats: [{ name: 'influx-line', share: 1 }],
  passed: [],
  hosts: 42,
  metrics: 180,
  series: 7_560,
  seriesAtMost: 50_000,
  rates: 38,
  recordsPerSecond: 1_260,
  rejected: 0,
  records: 13_100_000,
  since: 0,
  spread: 0,
  ...part,
})

test.each<[Partial<SourceView>, string, string]>([
  [{}, 'Reading as Telegraf lines', '42 hosts · 180 metrics each'],
  [{ hosts: 1, metrics: 1, series: 1 }, 'Reading as Telegraf lines', '1 host · 1 metric'],
  [{ series: 7_000 }, 'Reading as Telegraf lines', '42 hosts · 180 metrics'],
  [{ formats: [{ name: 'mapping', share: 1 }] }, 'Reading by your mapping', '42 hosts · 180 metrics each'],
  [
    {
      state: 'several',
      formats: [
        { name: 'remo', share: 0.9999 },
        { name: 'graphite', share: 0.0001 },
      ],
    },
    'Several formats: ReMo JSON 99\u202f%, Graphite lines 1\u202f%',
    '42 hosts · all are read',
  ],
  [{ state: 'not-metrics', formats: [], detail: 'a\u202eb' }, 'Not metrics', String.raw`a\u202eb`],
  [{ state: 'not-metrics', formats: [], passed: [{ why: 'otlp-traces', records: 1 }] }, 'Not metrics', 'OTLP traces'],
  [{ state: 'undecided', formats: [], records: 0 }, 'No record yet', ''],
  [{ state: 'undecided', formats: [], records: 9 }, 'No record read yet', ''],
  [{ state: 'undecided', formats: [], passed: [{ why: 'empty', records: 1 }] }, 'Only empty records so far', ''],
])('%j', (part, what, comes) => {
  expect([whatItIs(source(part)), whatComes(source(part))]).toEqual([what, comes])
})

test.each([
  ['series-of-node', '2,000 series on k8s-03, tag pod.name'],
  ['series-of-topic', '50,000 series, tag pod.name'],
  ['metrics-of-record', 'more than 1,024 metrics in a record of k8s-03'],
  ['tag-length', 'more than 128 characters in a tag of k8s-03, tag pod.name'],
  ['name-length', 'names of more than 256 characters on k8s-03'],
] as const)('the limit %s', (bound, text) => {
  expect(boundText(source({ bound: { bound, left: 2, nodeId: 'k8s-03', tag: 'pod.name' } }))).toBe(text)
})

test('sizes, counts and times', () => {
  expect([sizeText(source()), sizeText(source({ topicCount: 48 })), sizeText(source({ partitions: 1 }))]).toEqual([
    '12 partitions',
    '48 topics',
    '1 partition',
  ])
  expect(seenText(source({ records: 1 }), '09:14')).toBe('since 09:14, 1 record')
  expect(seenText(source({ records: 0 }), undefined)).toBe('nothing yet')
  expect([rejectedText(source({ rejected: 3 })), rejectedText(source({ state: 'not-metrics' }))]).toEqual(['3', '–'])
})

test.each([
  ['cpu,host=web-01 usage=1', 'influx-line', '42, named by the tag host'],
  ['{"node_id":"web-01"}', 'remo', '42, named by node_id'],
  ['web-01 1', 'graphite', '42'],
] as const)('what names the hosts of %s', (text, format, expected) => {
  const part = { nodeId: 'web-01', nodeName: 'web-01', at: 0, values: [], house: [], attributes: {} }
  const example: SourceExample = {
    topic: 't',
    partition: 0,
    offset: 0,
    at: 0,
    head: btoa(text),
    isText: true,
    reading: { kind: 'parts', format, parts: [part], partCount: 1 },
  }
  expect(hostsText(source({ formats: [{ name: format, share: 1 }] }), example)).toBe(expected)
})

const sourceOf = (...names: readonly FormatName[]) => ({ formats: names.map((name) => ({ name, share: 1 })) })

test('records that are spread get a key by a line of the program that writes them', () => {
  const lines = (['influx-line', 'metricbeat', 'collectd-json', 'flat-json'] as const).map(
    (name) => keySetting(sourceOf(name))?.line,
  )
  expect(lines).toEqual(['routing_tag = "host"', "key: '%{[host.name]}'", 'Key "name of this host"', undefined])
})

test('where a record has one value, CPU and memory are totals over records too', () => {
  for (const name of ['collectd-json', 'prometheus-kafka-adapter', 'vector'] as const) {
    expect(missingTotals(sourceOf(name)), name).toBe('CPU, memory, disk and network totals')
  }
  expect(missingTotals(sourceOf('telegraf-json', 'flat-json'))).toBe('disk and network totals')
})

const anExample = (text: string): SourceExample => ({
  topic: 'press-2',
  partition: 0,
  offset: 1,
  at: 0,
  head: btoa(text),
  isText: true,
  reading: { kind: 'passed', why: 'not-metrics' },
})
const flatJson: SourceView['formats'] = [{ name: 'flat-json', share: 1 }]

test.each<[string, Partial<SourceView>, string, string | undefined]>([
  ['not metrics', { state: 'not-metrics' }, '{"a":1}', 'telegraf'],
  ['a list', { state: 'not-metrics' }, ' [{"a":1}]', 'telegraf'],
  ['in a Confluent frame', { state: 'not-metrics' }, '\0\0\0\0\x01{"a":1}', 'telegraf'],
  ['flat JSON', { formats: flatJson }, '{"a":1}', 'telegraf'],
  ['text', { state: 'not-metrics' }, 'INFO started', undefined],
  ['a format that is sure', {}, '{"a":1}', undefined],
  ['one topic of several', { state: 'not-metrics', topicCount: 2 }, '{}', 'press-2'],
])('fields can be mapped: %s', (_, part, text, topic) => {
  expect(mappableTopic(source(part), anExample(text), new Set())).toBe(topic)
})

test('a mapping that exists can be changed, also without a record', () => {
  expect(mappableTopic(source({ state: 'not-metrics' }), undefined, new Set())).toBeUndefined()
  expect(mappableTopic(source(), undefined, new Set(['telegraf']))).toBe('telegraf')
})
