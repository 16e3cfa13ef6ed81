import { expect, test } from 'vitest'
import { anAlert, anOwnAlert, noneSilenced } from '#shared/alert/alert-builders.ts'
import type { DataThreadCounters } from '../../threads/data-calls.ts'
import { families, maxNodes } from './metric-families.ts'
import type { ScrapeSnapshot } from './metric-families.ts'

const now = Date.UTC(2026, 10, 24, 10, 15, 30)

const noData: DataThreadCounters = {
  messagesByTopic: {},
  errorsByTopic: {},
  partitions: [],
  deferredByTopic: {},
  connected: false,
  health: 'live',
  isReadToEnd: true,
  transitions: [],
  evaluation: { bounds: [], counts: [], sum: 0, count: 0 },
  cacheRows: 0,
  cacheBytes: 0,
}

/** Nodes with `[cpu, memory, disk, network]`, newest sample `ageMs` ago, one sample in five seconds. */
function live(nodes: Readonly<Record<string, readonly number[]>>, ageMs = 0): ScrapeSnapshot['live'] {
  const ids = Object.keys(nodes)
  return {
    directory: {
      nodes: ids.map((id) => ({ id, name: id })),
      metrics: ['cpu_usage', 'memory_usage', 'disk_io', 'network_traffic'],
      units: ['', '', '', ''],
      lists: [Uint32Array.of(0, 1, 2, 3)],
      blockNode: Uint32Array.from(ids.keys()),
      blockList: new Uint32Array(ids.length),
    },
    frame: {
      seq: 1,
      blocks: Uint32Array.from(ids.keys()),
      at: Float64Array.from(ids, () => now - ageMs),
      intervals: Float64Array.from(ids, () => 5000),
      values: Float64Array.from(Object.values(nodes).flat()),
    },
  }
}

const aSnapshot = (over: Partial<ScrapeSnapshot> = {}): ScrapeSnapshot => ({
  now,
  build: { version: '0.1.0', revision: '37a478c', electron: '45.4.1', chromium: '150.0', node: '24.0.0' },
  data: noData,
  live: live({}),
  openAlerts: [],
  isSilenced: noneSilenced,
  notifications: [],
  sounds: [],
  doNotDisturb: { isOn: false, counts: { critical: 0, warning: 0, blind: 0 } },
  backend: undefined,
  hasNodeSeries: true,
  hasAllMetrics: false,
  ...over,
})

/** The lines of one family, as Prometheus reads them. */
function lines(snapshot: ScrapeSnapshot, name: string): string[] {
  const family = families(snapshot).find((candidate) => candidate.name === name)
  if (!family) throw new Error(`no family ${name}`)
  return family.values.map(({ metricName, labels, value }) => {
    const pairs = Object.entries(labels).map(([key, label]) => `${key}=${label}`)
    return `${metricName ?? name}{${pairs.join(',')}} ${value}`
  })
}

test('values of a node are in ratios and bytes', () => {
  const snapshot = aSnapshot({ live: live({ 'node-1': [71.5, 48, 12.5, 80] }) })
  expect([
    lines(snapshot, 'remo_node_cpu_usage_ratio'),
    lines(snapshot, 'remo_node_memory_usage_ratio'),
    lines(snapshot, 'remo_node_disk_io_bytes_per_second'),
    lines(snapshot, 'remo_node_network_bytes_per_second'),
    lines(snapshot, 'remo_node_last_seen_timestamp_seconds'),
    lines(snapshot, 'remo_node_up'),
  ]).toEqual([
    ['remo_node_cpu_usage_ratio{node=node-1} 0.715'],
    ['remo_node_memory_usage_ratio{node=node-1} 0.48'],
    ['remo_node_disk_io_bytes_per_second{node=node-1} 12500000'],
    ['remo_node_network_bytes_per_second{node=node-1} 10000000'],
    [`remo_node_last_seen_timestamp_seconds{node=node-1} ${now / 1000}`],
    ['remo_node_up{node=node-1} 1'],
  ])
})

test('a metric that a node never sent has no series', () => {
  const snapshot = aSnapshot({ live: live({ 'node-1': [NaN, 48, 0, NaN] }) })
  expect(lines(snapshot, 'remo_node_cpu_usage_ratio')).toEqual([])
  expect(lines(snapshot, 'remo_node_disk_io_bytes_per_second')).toEqual([
    'remo_node_disk_io_bytes_per_second{node=node-1} 0',
  ])
})

test('an offline node is down and keeps its last seen time', () => {
  const snapshot = aSnapshot({ live: live({ 'node-1': [1, 1, 1, 1] }, 61_000) })
  expect(lines(snapshot, 'remo_node_up')).toEqual(['remo_node_up{node=node-1} 0'])
  expect(lines(snapshot, 'remo_node_last_seen_timestamp_seconds')).toEqual([
    `remo_node_last_seen_timestamp_seconds{node=node-1} ${now / 1000 - 61}`,
  ])
})

const values = [
  'remo_node_cpu_usage_ratio',
  'remo_node_memory_usage_ratio',
  'remo_node_disk_io_bytes_per_second',
  'remo_node_network_bytes_per_second',
]

test('a value leaves its gauge when it is no longer current', () => {
  const shown = (ageMs: number): string[] => {
    const snapshot = aSnapshot({ live: live({ 'node-1': [99, 48, 12.5, 80] }, ageMs) })
    return [...values, 'remo_node_up'].flatMap((name) => lines(snapshot, name))
  }
  expect([shown(15_000).length, shown(15_001), shown(60_001)]).toEqual([
    5,
    ['remo_node_up{node=node-1} 1'],
    ['remo_node_up{node=node-1} 0'],
  ])
})

test('a sample from the future is no current value, and does not say whether its node is up', () => {
  const snapshot = aSnapshot({ live: live({ 'node-1': [99, 48, 12.5, 80] }, -3_000_000) })
  expect([...values, 'remo_node_up'].flatMap((name) => lines(snapshot, name))).toEqual([])
})

test('a console that does not see the nodes says neither that they are up nor that they are down', () => {
  for (const health of ['blind', 'catching-up', 'empty'] as const) {
    for (const ageMs of [0, 20_000, 3_600_000]) {
      const data = { ...noData, health }
      const snapshot = aSnapshot({ data, live: live({ 'node-1': [99, 48, 12.5, 80] }, ageMs) })
      expect([...values, 'remo_node_up'].flatMap((name) => lines(snapshot, name))).toEqual([])
      expect(lines(snapshot, 'remo_console_live')).toEqual(['remo_console_live{} 0'])
      expect(lines(snapshot, 'remo_node_last_seen_timestamp_seconds')).toEqual([
        `remo_node_last_seen_timestamp_seconds{node=node-1} ${(now - ageMs) / 1000}`,
      ])
    }
  }
})

test('while a partition is not read to its end, a node without new samples is neither up nor down', () => {
  const up = (ageMs: number): string[] => {
    const data = { ...noData, isReadToEnd: false }
    return lines(aSnapshot({ data, live: live({ 'node-1': [1, 1, 1, 1] }, ageMs) }), 'remo_node_up')
  }
  expect([up(1000), up(20_000), up(61_000)]).toEqual([['remo_node_up{node=node-1} 1'], [], []])
})

test('series of nodes are capped', () => {
  const many = Object.fromEntries(Array.from({ length: maxNodes + 5 }, (_, index) => [`node-${index}`, [1, 1, 1, 1]]))
  const snapshot = aSnapshot({ live: live(many) })
  expect(lines(snapshot, 'remo_node_up')).toHaveLength(maxNodes)
  expect(lines(snapshot, 'remo_node_cpu_usage_ratio').at(-1)).toBe(
    `remo_node_cpu_usage_ratio{node=node-${maxNodes - 1}} 0.01`,
  )
  expect(lines(snapshot, 'remo_nodes_without_series')).toEqual([
    'remo_nodes_without_series{reason=limit} 5',
    'remo_nodes_without_series{reason=off} 0',
  ])
})

test('series of nodes can be off: everything else stays, and the number of nodes left out is said', () => {
  const nodes = live({ 'node-1': [1, 1, 1, 1], 'node-2': [1, 1, 1, 1] })
  const on = families(aSnapshot({ live: nodes }))
  const off = aSnapshot({ live: nodes, hasNodeSeries: false })
  const names = families(off).map(({ name }) => name)
  expect(names).toEqual(on.map(({ name }) => name).filter((name) => !name.startsWith('remo_node_')))
  expect(lines(off, 'remo_nodes_without_series')).toEqual([
    'remo_nodes_without_series{reason=limit} 0',
    'remo_nodes_without_series{reason=off} 2',
  ])
})

test('other metrics have series only if they are asked for', () => {
  const nodes = live({ 'node-1': [1, 1, 1, 1] })
  const metrics = ['cpu_usage', 'disk.used_percent{path=/}', 'disk_io', 'network_traffic']
  const tagged = { ...nodes, directory: { ...nodes.directory, metrics } }
  const names = (over: Partial<ScrapeSnapshot>): string[] =>
    families(aSnapshot({ live: tagged, ...over })).map(({ name }) => name)
  expect(names({}).filter((name) => name.startsWith('remo_metric'))).toEqual([])
  expect(names({ hasAllMetrics: true, hasNodeSeries: false }).filter((name) => name.startsWith('remo_metric'))).toEqual(
    [],
  )
  const on = aSnapshot({ live: tagged, hasAllMetrics: true })
  expect([lines(on, 'remo_metric'), lines(on, 'remo_metrics_without_series')]).toEqual([
    ['remo_metric{node=node-1,metric=disk.used_percent,tag_path=/} 1'],
    ['remo_metrics_without_series{} 0'],
  ])
  const blind = aSnapshot({ live: tagged, hasAllMetrics: true, data: { ...noData, health: 'blind' } })
  expect(lines(blind, 'remo_metric')).toEqual([])
})

test('the build is said with its Git commit', () => {
  expect(lines(aSnapshot(), 'remo_build_info')).toEqual([
    'remo_build_info{version=0.1.0,revision=37a478c,electron=45.4.1,chromium=150.0,node=24.0.0} 1',
  ])
})

test('open alerts are counted by severity and state, zeros included', () => {
  const acknowledgement = { by: 'ada', at: now, comment: '' }
  const openAlerts = [
    anAlert(),
    anAlert({ acknowledgement }),
    anAlert({ severity: 'warning', acknowledgement }),
    anOwnAlert({ severity: 'info' }),
  ]
  expect(lines(aSnapshot({ openAlerts }), 'remo_alerts')).toEqual([
    'remo_alerts{severity=critical,state=firing} 1',
    'remo_alerts{severity=critical,state=acknowledged} 1',
    'remo_alerts{severity=warning,state=firing} 0',
    'remo_alerts{severity=warning,state=acknowledged} 1',
    'remo_alerts{severity=info,state=firing} 1',
    'remo_alerts{severity=info,state=acknowledged} 0',
  ])
})

test('the alerts of a node whose offline alert fires are not counted', () => {
  const offline = anAlert({ kind: 'offline', metric: '', value: null })
  const openAlerts = [offline, anAlert(), anAlert({ severity: 'warning' }), anAlert({ nodeId: 'node-2' })]
  expect(lines(aSnapshot({ openAlerts }), 'remo_alerts')).toEqual([
    'remo_alerts{severity=critical,state=firing} 2',
    'remo_alerts{severity=critical,state=acknowledged} 0',
    'remo_alerts{severity=warning,state=firing} 0',
    'remo_alerts{severity=warning,state=acknowledged} 0',
    'remo_alerts{severity=info,state=firing} 0',
    'remo_alerts{severity=info,state=acknowledged} 0',
  ])
})

test('silenced alerts are counted apart, by severity', () => {
  const openAlerts = [anAlert(), anAlert({ nodeId: 'node-2' }), anAlert({ nodeId: 'node-2', severity: 'warning' })]
  const snapshot = aSnapshot({ openAlerts, isSilenced: ({ nodeId }) => nodeId === 'node-2' })
  expect(lines(snapshot, 'remo_alerts').slice(0, 3)).toEqual([
    'remo_alerts{severity=critical,state=firing} 1',
    'remo_alerts{severity=critical,state=acknowledged} 0',
    'remo_alerts{severity=warning,state=firing} 0',
  ])
  expect(lines(snapshot, 'remo_silenced_alerts')).toEqual([
    'remo_silenced_alerts{severity=critical} 1',
    'remo_silenced_alerts{severity=warning} 1',
    'remo_silenced_alerts{severity=info} 0',
  ])
})

test('stream metrics have topic, partition and reason; the lag of a topic is that of its worst partition', () => {
  const data: DataThreadCounters = {
    ...noData,
    messagesByTopic: { 'metrics-a': 7 },
    errorsByTopic: { 'metrics-a': { 'not-json': 2 } },
    partitions: [
      { topic: 'metrics-a', partition: 0, lagMessages: 3, lagSeconds: 1.5 },
      { topic: 'metrics-a', partition: 1, lagMessages: 0, lagSeconds: null },
      { topic: 'metrics-a', partition: 2, lagMessages: 9, lagSeconds: 4 },
    ],
    deferredByTopic: { 'remo-rules': 2 },
    connected: true,
    transitions: [{ severity: 'critical', to: 'firing', count: 4 }],
  }
  const snapshot = aSnapshot({
    data,
    notifications: [{ channel: 'desktop', result: 'shown', count: 2 }],
    doNotDisturb: { isOn: true, counts: { critical: 1, warning: 3, blind: 0 } },
  })
  expect(
    [
      'remo_kafka_messages_total',
      'remo_kafka_message_errors_total',
      'remo_kafka_consumer_lag_messages',
      'remo_kafka_consumer_lag_seconds',
      'remo_kafka_connected',
      'remo_deferred_records',
      'remo_alert_transitions_total',
      'remo_notifications_total',
      'remo_do_not_disturb',
      'remo_notifications_held_back_total',
    ].flatMap((name) => lines(snapshot, name)),
  ).toEqual([
    'remo_kafka_messages_total{topic=metrics-a} 7',
    'remo_kafka_message_errors_total{topic=metrics-a,reason=not-json} 2',
    'remo_kafka_consumer_lag_messages{topic=metrics-a,partition=0} 3',
    'remo_kafka_consumer_lag_messages{topic=metrics-a,partition=1} 0',
    'remo_kafka_consumer_lag_messages{topic=metrics-a,partition=2} 9',
    'remo_kafka_consumer_lag_seconds{topic=metrics-a} 4',
    'remo_kafka_connected{} 1',
    'remo_deferred_records{topic=remo-rules} 2',
    'remo_alert_transitions_total{severity=critical,to=firing} 4',
    'remo_notifications_total{channel=desktop,result=shown} 2',
    'remo_do_not_disturb{} 1',
    'remo_notifications_held_back_total{kind=critical} 1',
    'remo_notifications_held_back_total{kind=warning} 3',
    'remo_notifications_held_back_total{kind=blind} 0',
  ])
})

test('backend metrics exist only if a backend is configured', () => {
  const requests = new Map([
    ['200', 7],
    ['unreachable', 2],
  ])
  const names = ['remo_backend_requests_total', 'remo_backend_sync_queue_length', 'remo_backend_reachable']
  const joined = aSnapshot({ backend: { requests, waiting: 3, reachable: true } })
  expect(names.flatMap((name) => lines(joined, name))).toEqual([
    'remo_backend_requests_total{code=200} 7',
    'remo_backend_requests_total{code=unreachable} 2',
    'remo_backend_sync_queue_length{} 3',
    'remo_backend_reachable{} 1',
  ])
  expect(families(aSnapshot()).filter(({ name }) => names.includes(name))).toEqual([])
})

test('the evaluation time is a histogram that ends with +Inf', () => {
  const evaluation = { bounds: [0.001, 0.01], counts: [3, 5], sum: 0.02, count: 6 }
  expect(lines(aSnapshot({ data: { ...noData, evaluation } }), 'remo_evaluation_duration_seconds')).toEqual([
    'remo_evaluation_duration_seconds_bucket{le=0.001} 3',
    'remo_evaluation_duration_seconds_bucket{le=0.01} 5',
    'remo_evaluation_duration_seconds_bucket{le=+Inf} 6',
    'remo_evaluation_duration_seconds_sum{} 0.02',
    'remo_evaluation_duration_seconds_count{} 6',
  ])
})

test('sounds are counted by kind and result, from 0 on', () => {
  const snapshot = aSnapshot({ sounds: [{ kind: 'critical', result: 'fallback', count: 2 }] })
  const sounds = lines(snapshot, 'remo_sounds_total')
  expect(sounds).toHaveLength(9)
  expect(sounds).toContain('remo_sounds_total{kind=critical,result=fallback} 2')
  expect(sounds).toContain('remo_sounds_total{kind=warning,result=failed} 0')
})
