import type { FindProgress, FindResult, FoundTopic, PartitionView, SourceView } from '#shared/ipc/source-calls.ts'
import { explainRecord } from '#shared/metric/sources/example-reading.ts'
import { failureReply, okReply, type FakeBridge } from '../bridge/fake-bridge.ts'
import { gaps, rejects } from './preview-rejected.ts'

export interface PreviewStreamOptions {
  /**
   * `some`: of each kind. `few`: topics of ReMo only. `none`: no topic matches. `fixed`: a variable sets the pattern.
   * `many`: 2,000 partitions. `unreachable`: the search finds no Kafka.
   */
  readonly sources: 'some' | 'few' | 'none' | 'fixed' | 'many' | 'unreachable'
}

export interface PreviewStreamFacts {
  /** When the preview began, epoch ms. */
  readonly at: number
  readonly isEmpty: boolean
  readonly push: (progress: FindProgress) => void
}

const hourMs = 3_600_000

/** Sources, partitions, rejected messages and the search for metrics. */
export function streamReplies(options: PreviewStreamOptions, facts: PreviewStreamFacts): FakeBridge['replies'] {
  const { at, isEmpty, push } = facts
  const isNone = isEmpty || options.sources === 'none'
  let pattern =
    isNone || options.sources === 'few'
      ? '^metrics-'
      : '^(metrics-|telegraf$|otel-|press-line$|infra$|beats$|orders$|payments$)'
  const sources = (): SourceView[] => sourcesOf(options, isNone, at)
  const fixedBy = { fixedBy: 'KAFKA_TOPIC_PATTERN sets the topics. Change or remove it, and restart ReMo.' }
  return {
    'rejectedRecords.list': () => okReply(isEmpty ? [] : rejects(at)),
    'gaps.list': () => okReply(isEmpty ? [] : gaps(at)),
    'rejectedRecords.export': () => okReply({ saved: true, path: '/home/anna/remo-rejected.csv', rows: 3 }),
    'sources.list': () => okReply({ pattern, ...(options.sources === 'fixed' ? fixedBy : {}), sources: sources() }),
    'sources.example': ({ topics }) => {
      const record = examples[topics[0]?.startsWith('metrics-') ? 'metrics-.*' : (topics[0] ?? '')]
      return okReply(record === undefined ? {} : { example: exampleOf(topics[0] ?? '', record(at), at) })
    },
    'partitions.list': () => okReply(isNone ? [] : partitionsOf(options, at)),
    'sources.find': () => find(options, push),
    'sources.stopFind': () => okReply({}),
    'sources.setPattern': (request) => {
      ;({ pattern } = request)
      return okReply({})
    },
  }
}

function aSource(part: Partial<SourceView> & Pick<SourceView, 'name'>, at: number): SourceView {
  return {
    topics: [part.name],
    topicCount: 1,
    partitions: 1,
    state: 'reading',
    formats: [],
    passed: [],
    hosts: 0,
    metrics: 0,
    series: 0,
    seriesAtMost: 50_000,
    rates: 0,
    recordsPerSecond: 0,
    rejected: 0,
    records: 0,
    since: at - 2.8 * hourMs,
    spread: 0,
    ...part,
  }
}

/** `formats`: of all records. */
const one = (name: SourceView['formats'][number]['name'], share = 1): SourceView['formats'][number] => ({ name, share })

function sourcesOf(options: PreviewStreamOptions, isNone: boolean, at: number): SourceView[] {
  if (isNone) return []
  const own = aSource(
    {
      name: 'metrics-.*',
      topics: Array.from({ length: 48 }, (_, i) => `metrics-node-${i + 1}`),
      topicCount: 48,
      partitions: 48,
      formats: [one('remo')],
      hosts: 48,
      metrics: 4,
      series: 192,
      seriesAtMost: 2_400_000,
      recordsPerSecond: 412,
      records: 4_180_000,
      rejected: 3,
    },
    at,
  )
  return options.sources === 'few' ? [own] : [own, ...others.map((row) => aSource(row, at))]
}

const telegraf = {
  partitions: 12,
  formats: [one('influx-line')],
  hosts: 42,
  metrics: 180,
  series: 7_560,
  rates: 38,
  spread: 42,
}
const others: Array<Partial<SourceView> & Pick<SourceView, 'name'>> = [
  { name: 'telegraf', ...telegraf, recordsPerSecond: 1_260, records: 13_100_000 },
  {
    name: 'otel-metrics',
    partitions: 6,
    formats: [one('otlp-proto')],
    hosts: 12,
    metrics: 96,
    series: 1_152,
    rates: 31,
    recordsPerSecond: 84,
    records: 812_000,
  },
  {
    name: 'press-line',
    formats: [one('mapping')],
    hosts: 6,
    metrics: 5,
    series: 30,
    recordsPerSecond: 6,
    records: 60_480,
  },
  {
    name: 'infra',
    partitions: 3,
    state: 'several',
    formats: [one('telegraf-json', 0.91), one('collectd-json', 0.09)],
    hosts: 9,
    metrics: 44,
    series: 310,
    rates: 12,
    recordsPerSecond: 31,
    records: 312_000,
  },
  {
    name: 'beats',
    partitions: 4,
    state: 'limited',
    formats: [one('metricbeat')],
    hosts: 3,
    metrics: 2_204,
    series: 4_410,
    recordsPerSecond: 118,
    records: 1_190_000,
    bound: { bound: 'series-of-node', left: 212, nodeId: 'k8s-03', tag: 'pod.name' },
  },
  {
    name: 'orders',
    partitions: 8,
    state: 'not-metrics',
    passed: [{ why: 'not-metrics', records: 2_420_000 }],
    detail: 'order_id, customer, total, …',
    recordsPerSecond: 240,
    records: 2_420_000,
  },
  {
    name: 'payments',
    partitions: 8,
    state: 'needs-schema-registry',
    passed: [{ why: 'needs-schema-registry', records: 957_000 }],
    detail: 'Avro, schema 1042',
    recordsPerSecond: 95,
    records: 957_000,
  },
]

/** The newest record of each topic, at this time. */
const examples: Readonly<Record<string, (at: number) => string>> = {
  'metrics-.*': (at) =>
    JSON.stringify({
      node_id: 'node-1',
      node_name: 'node-1',
      timestamp: new Date(at).toISOString(),
      metrics: { cpu_usage: 41.2, memory_usage: 63, disk_io: 12.4, network_traffic: 88.1 },
    }),
  telegraf: (at) =>
    `cpu,cpu=cpu-total,host=node-1 usage_user=52.6,usage_system=8.8,usage_iowait=12.8,usage_idle=25.8 ${at}000000`,
  infra: (at) =>
    JSON.stringify({
      fields: { bytes_recv: 81_204_112, bytes_sent: 9_120_444 },
      name: 'net',
      tags: { host: 'web-01', interface: 'eth0', rack: 'b-4' },
      timestamp: Math.floor(at / 1000),
    }),
  orders: () => '{"order_id":881234,"customer":"c-99","total":12.5,"currency":"EUR"}',
  payments: () => '\u0000\u0000\u0000\u0004\u0012pay-7718',
}

function exampleOf(topic: string, text: string, at: number) {
  const value = new TextEncoder().encode(text)
  const reading = explainRecord({ topic, key: null, value, timestamp: at })
  return {
    topic,
    partition: 7,
    offset: 1_088_017,
    at: at - 1_000,
    head: btoa(text),
    isText: !text.startsWith('\u0000'),
    reading: reading as never,
  }
}

function partitionsOf({ sources }: PreviewStreamOptions, at: number): PartitionView[] {
  const count = sources === 'many' ? 2_000 : 48
  return Array.from({ length: count }, (_, i) => {
    const lagMessages = i % 17 === 3 ? 2 + (i % 5) * 40 : 0
    const end = 184_220 - i * 37
    return {
      topic: sources === 'many' ? `metrics-site-${Math.floor(i / 40) + 1}` : `metrics-node-${i + 1}`,
      partition: sources === 'many' ? i % 40 : 0,
      position: end - lagMessages,
      end,
      lagMessages,
      lagSeconds: lagMessages === 0 ? 0 : 0.4 + (i % 5) * 3.1,
      recordsPerSecond: 0.2 + (i % 7) * 0.4,
      trend: Array.from({ length: 24 }, (_, n) => 1 + Math.sin((n + i) / 3) + (i % 3)),
      rejected: i === 2 ? 3 : 0,
      lastAt: at - 400 - (i % 9) * 700,
      isTeam: false,
    }
  })
}

const found: readonly FoundTopic[] = [
  {
    kind: 'metrics',
    topic: 'infra',
    formats: ['telegraf-json', 'collectd-json'],
    hosts: 9,
    metrics: 44,
    names: ['net'],
  },
  {
    kind: 'metrics',
    topic: 'otel-metrics',
    formats: ['otlp-proto'],
    hosts: 12,
    metrics: 96,
    names: ['system.cpu.utilization'],
  },
  {
    kind: 'metrics',
    topic: 'sensors-eu',
    formats: ['flat-json'],
    hosts: 6,
    metrics: 14,
    names: ['temperature', 'vibration_mm_s'],
  },
  {
    kind: 'metrics',
    topic: 'telegraf',
    formats: ['influx-line'],
    hosts: 42,
    metrics: 180,
    names: ['cpu', 'mem', 'disk', 'net'],
  },
  { kind: 'may-be', topic: 'press-line', numbers: 5, hasHost: false },
  { kind: 'not', topic: 'app-logs', why: 'not-metrics', detail: 'text: 2026-11-28 10:00:00,123 INFO started' },
  { kind: 'not', topic: 'orders', why: 'not-metrics', detail: 'order_id, customer, total, …' },
  { kind: 'not', topic: 'payments', why: 'needs-schema-registry', detail: 'Avro, schema 1042' },
  { kind: 'not', topic: 'secrets', why: 'not-authorized' },
  ...Array.from({ length: 29 }, (_, i) => ({ kind: 'not', topic: `jobs-${i + 1}`, why: 'empty' }) as const),
]

async function find(options: PreviewStreamOptions, push: (progress: FindProgress) => void) {
  const waitMs = 60
  for (let looked = 0; looked <= found.length; looked += 13) {
    push({ looked, of: found.length })
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
  if (options.sources === 'unreachable')
    return failureReply(
      'unavailable',
      'Nothing is listening on localhost:9092. Check that Kafka is running and the address is right.',
    )
  const result: FindResult = {
    topics: [...found],
    ms: 1_900,
    left: 0,
    read: options.sources === 'none' ? 0 : 48,
    isDone: true,
  }
  return okReply(result)
}
