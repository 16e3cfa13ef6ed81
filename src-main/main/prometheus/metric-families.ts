import type { Alert } from '#shared/alert/alert.ts'
import { severitiesWorstFirst } from '#shared/alert/severity.ts'
import { countedAlerts, type IsSilenced, silencedAlerts } from '#shared/alert/inhibit.ts'
import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import { freshnessOf } from '#shared/health/freshness.ts'
import type { LiveDirectory, LiveFrame } from '#shared/ipc/live-frame.ts'
import { metricSeries } from './all-metrics.ts'
import { LiveTable } from '#shared/ipc/live-table.ts'
import { SoundKind } from '#shared/notification/sound-kind.ts'
import type { DataThreadCounters } from '../../threads/data-calls.ts'
import type { BackendCounters } from '../backend/backend-client.ts'
import type { HeldBackCounts } from '../notifications/notification-pause.ts'
import type { NotificationCount } from '../notifications/desktop-notifier.ts'
import type { SoundCount } from '../sounds/sounds.ts'

/** One metric family as prom-client writes it. `metricName` differs from `name` in a histogram. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly values: readonly Value[]
}
interface Value {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

/** The values of one scrape at `now` (epoch ms). */
export interface ScrapeSnapshot {
  readonly now: number
  readonly build: Readonly<Record<'version' | 'revision' | 'electron' | 'chromium' | 'node', string>>
  readonly data: DataThreadCounters
  readonly live: { readonly directory: LiveDirectory; readonly frame: LiveFrame }
  readonly openAlerts: readonly Alert[]
  readonly isSilenced: IsSilenced
  readonly notifications: readonly NotificationCount[]
  readonly sounds: readonly SoundCount[]
  /** Whether notifications are held back, and how many were since the start. */
  readonly doNotDisturb: { readonly isOn: boolean; readonly counts: HeldBackCounts }
  /** `undefined` if no backend is configured. */
  readonly backend: BackendCounters | undefined
  /** Whether each node has series of its own. */
  readonly hasNodeSeries: boolean
  /** Whether the other metrics of nodes have series too. Needs `hasNodeSeries`. */
  readonly hasAllMetrics: boolean
}

/**
 * Limit of nodes with series. Each node has six, and a scrape must stay small. The nodes that this console saw first
 * have series, so a series does not appear and disappear.
 */
export const maxNodes = 2000

/** Units of Prometheus: ratios for percent, bytes for MB (10^6 bytes) and Mbit (10^6 bits). */
const nodeGauges = [
  {
    metric: 'cpu_usage',
    name: 'remo_node_cpu_usage_ratio',
    help: 'CPU usage of a node, 0 to 1.',
    convert: (percent: number) => percent / 100,
  },
  {
    metric: 'memory_usage',
    name: 'remo_node_memory_usage_ratio',
    help: 'Memory usage of a node, 0 to 1.',
    convert: (percent: number) => percent / 100,
  },
  {
    metric: 'disk_io',
    name: 'remo_node_disk_io_bytes_per_second',
    help: 'Disk traffic of a node.',
    convert: (megabytes: number) => megabytes * 1e6,
  },
  {
    metric: 'network_traffic',
    name: 'remo_node_network_bytes_per_second',
    help: 'Network traffic of a node.',
    convert: (megabits: number) => (megabits * 1e6) / 8,
  },
] as const

export function families(snapshot: ScrapeSnapshot): readonly MetricFamily[] {
  const table = new LiveTable()
  table.reset(snapshot.live.directory, snapshot.live.frame)
  return [
    gauge('remo_build_info', 'Versions of this console and its Git commit; the value is always 1.', [
      { value: 1, labels: snapshot.build },
    ]),
    gauge('remo_console_live', '1 while the console sees the nodes; 0 while it is cut off, catching up or empty.', [
      { value: snapshot.data.health === 'live' ? 1 : 0, labels: {} },
    ]),
    ...(snapshot.hasNodeSeries ? nodeFamilies(snapshot, table) : []),
    ...(snapshot.hasNodeSeries && snapshot.hasAllMetrics ? metricFamilies(snapshot, table) : []),
    withoutSeries(snapshot),
    ...alertFamilies(snapshot),
    ...streamFamilies(snapshot.data),
    evaluationFamily(snapshot.data.evaluation),
    ...(snapshot.backend ? backendFamilies(snapshot.backend) : []),
    gauge('remo_cache_rows', 'Values in the local cache.', [{ value: snapshot.data.cacheRows, labels: {} }]),
    gauge('remo_cache_size_bytes', 'Size of the local cache on disk, with its write-ahead log.', [
      { value: snapshot.data.cacheBytes, labels: {} },
    ]),
  ]
}

function gauge(name: string, help: string, values: readonly Value[]): MetricFamily {
  return { name, help, type: 'gauge', values }
}

function counter(name: string, help: string, values: readonly Value[]): MetricFamily {
  return { name, help, type: 'counter', values }
}

/** What is unknown has no series: a value that is not current, and the state of a node that this console cannot see. */
function nodeFamilies({ live, data, now }: ScrapeSnapshot, table: LiveTable): MetricFamily[] {
  const rows = Array.from({ length: Math.min(live.directory.nodes.length, maxNodes) }, (_, row) => row)
  const node = (row: number): { node: string } => ({ node: live.directory.nodes[row]?.id ?? '' })
  const at = (row: number): number => table.at(row)
  const visible = data.health !== 'live' ? [] : rows
  const freshness = new Map(visible.map((row) => [row, freshnessOf(at(row), table.intervalMs(row), now)]))
  const current = visible.filter((row) => freshness.get(row) === 'fresh')
  const metrics = nodeGauges.map(({ metric, name, help, convert }) => {
    const column = table.metricIndex(metric)
    const value = (row: number): number => table.value(row, column)
    const known = current.filter((row) => !Number.isNaN(value(row)))
    return gauge(
      name,
      help,
      known.map((row) => ({ value: convert(value(row)), labels: node(row) })),
    )
  })
  const seen = rows.map((row) => ({ value: at(row) / 1000, labels: node(row) }))
  // In a partition that cannot be read, or is not read to its end, a node only seems to be silent. A time from the future
  // has no age.
  const known = (data.isReadToEnd ? visible : current).filter((row) => freshness.get(row) !== 'ahead')
  const up = known.map((row) => ({ value: freshness.get(row) === 'offline' ? 0 : 1, labels: node(row) }))
  return [
    ...metrics,
    gauge('remo_node_last_seen_timestamp_seconds', 'Event time of the newest sample of a node.', seen),
    gauge('remo_node_up', '1 while a node sends samples, 0 when it is offline; absent while that is unknown.', up),
  ]
}

function metricFamilies({ live, data, now }: ScrapeSnapshot, table: LiveTable): MetricFamily[] {
  const nodes = data.health === 'live' ? Math.min(live.directory.nodes.length, maxNodes) : 0
  const { values, left } = metricSeries(table, nodes, now)
  const help = 'Current value of a metric of a node, in the unit of its producer.'
  const leftHelp = 'Current values of metrics that have no series here, because there are too many.'
  return [
    gauge('remo_metric', help, values),
    gauge('remo_metrics_without_series', leftHelp, [{ value: left, labels: {} }]),
  ]
}

/** Says what `nodeFamilies` leaves out, so that nobody takes an absent node for one that does not exist. */
function withoutSeries({ live: { directory }, hasNodeSeries }: ScrapeSnapshot): MetricFamily {
  const nodes = directory.nodes.length
  const beyond = Math.max(0, nodes - maxNodes)
  return gauge('remo_nodes_without_series', 'Nodes that have no series of their own here, by reason.', [
    { value: hasNodeSeries ? beyond : 0, labels: { reason: 'limit' } },
    { value: hasNodeSeries ? 0 : nodes, labels: { reason: 'off' } },
  ])
}

function alertFamilies(snapshot: ScrapeSnapshot): MetricFamily[] {
  const { openAlerts, isSilenced, now, data, notifications, doNotDisturb } = snapshot
  const counted = countedAlerts(openAlerts, isSilenced)
  const open = severitiesWorstFirst.flatMap((severity) => {
    const alerts = counted.filter((alert) => alert.severity === severity)
    const acknowledged = alerts.filter((alert) => isAcknowledged(alert, now)).length
    return [
      { value: alerts.length - acknowledged, labels: { severity, state: 'firing' } },
      { value: acknowledged, labels: { severity, state: 'acknowledged' } },
    ]
  })
  const silenced = severitiesWorstFirst.map((severity) => {
    const alerts = silencedAlerts(openAlerts, isSilenced).filter((alert) => alert.severity === severity)
    return { value: alerts.length, labels: { severity } }
  })
  const transitions = data.transitions.map(({ severity, to, count }) => ({ value: count, labels: { severity, to } }))
  const shown = notifications.map(({ channel, result, count }) => ({ value: count, labels: { channel, result } }))
  const held = Object.entries(doNotDisturb.counts).map(([kind, value]) => ({ value, labels: { kind } }))
  return [
    gauge('remo_alerts', 'Open alerts, without silenced ones and those of nodes whose offline alert fires.', open),
    gauge('remo_silenced_alerts', 'Open alerts that a silence matches.', silenced),
    counter('remo_alert_transitions_total', 'Alert transitions since this console started.', transitions),
    counter('remo_notifications_total', 'Notifications handed to the operating system.', shown),
    soundFamily(snapshot),
    gauge('remo_do_not_disturb', '1 while do not disturb holds notifications back.', [
      { value: doNotDisturb.isOn ? 1 : 0, labels: {} },
    ]),
    counter(
      'remo_notifications_held_back_total',
      'Notifications that do not disturb held back, until its digest.',
      held,
    ),
  ]
}

function streamFamilies(data: DataThreadCounters): MetricFamily[] {
  const { messagesByTopic, errorsByTopic, partitions, deferredByTopic, connected } = data
  const deferred = Object.entries(deferredByTopic).map(([topic, value]) => ({ value, labels: { topic } }))
  const messages = Object.entries(messagesByTopic).map(([topic, count]) => ({ value: count, labels: { topic } }))
  const errors = Object.entries(errorsByTopic).flatMap(([topic, reasons]) =>
    Object.entries(reasons).map(([reason, count]) => ({ value: count, labels: { topic, reason } })),
  )
  const lag = partitions.map(({ topic, partition, lagMessages }) => ({
    value: lagMessages,
    labels: { topic, partition },
  }))
  return [
    counter('remo_kafka_messages_total', 'Records read since this console started.', messages),
    counter('remo_kafka_message_errors_total', 'Records rejected since this console started.', errors),
    gauge('remo_kafka_consumer_lag_messages', 'Unread records of a partition.', lag),
    gauge(
      'remo_kafka_consumer_lag_seconds',
      'Age of the next record to read, in the worst partition of a topic.',
      lagSeconds(partitions),
    ),
    gauge('remo_kafka_connected', '1 while connected to Kafka.', [{ value: connected ? 1 : 0, labels: {} }]),
    gauge('remo_deferred_records', 'Records of the backend that this version cannot apply.', deferred),
  ]
}

function backendFamilies({ requests, waiting, reachable }: BackendCounters): MetricFamily[] {
  const answers = [...requests].map(([code, value]) => ({ value, labels: { code } }))
  return [
    counter('remo_backend_requests_total', 'Requests to the backend by status, or unreachable.', answers),
    gauge('remo_backend_sync_queue_length', 'Operator actions waiting to be sent to the backend.', [
      { value: waiting, labels: {} },
    ]),
    gauge('remo_backend_reachable', '1 while the backend answers.', [{ value: reachable ? 1 : 0, labels: {} }]),
  ]
}

/** All results of all kinds are there from the start, so that a first failure is an increase. */
function soundFamily({ sounds }: ScrapeSnapshot): MetricFamily {
  const values = SoundKind.options.flatMap((kind) =>
    (['played', 'fallback', 'failed'] as const).map((result) => ({
      value: sounds.find((sound) => sound.kind === kind && sound.result === result)?.count ?? 0,
      labels: { kind, result },
    })),
  )
  const help = 'Sounds by result; fallback: a sound of ReMo, because the own file could not be played.'
  return counter('remo_sounds_total', help, values)
}

function lagSeconds(partitions: DataThreadCounters['partitions']): Value[] {
  const worst = new Map<string, number>()
  for (const { topic, lagSeconds: lag } of partitions) {
    if (lag !== null) worst.set(topic, Math.max(lag, worst.get(topic) ?? 0))
  }
  return [...worst].map(([topic, value]) => ({ value, labels: { topic } }))
}

function evaluationFamily({ bounds, counts, sum, count }: DataThreadCounters['evaluation']): MetricFamily {
  const name = 'remo_evaluation_duration_seconds'
  const buckets = bounds.map((le, index) => ({
    metricName: `${name}_bucket`,
    value: counts[index] ?? 0,
    labels: { le },
  }))
  const values = [
    ...buckets,
    { metricName: `${name}_bucket`, value: count, labels: { le: '+Inf' } },
    { metricName: `${name}_sum`, value: sum, labels: {} },
    { metricName: `${name}_count`, value: count, labels: {} },
  ]
  return { name, help: 'Time to evaluate one batch of records.', type: 'histogram', values }
}
