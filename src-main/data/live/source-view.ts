import type { SourceState, SourceView } from '#shared/ipc/source-calls.ts'
import { seriesLimits } from '#shared/metric/assemble/series-bounds.ts'
import type { SourceTopic } from './source-topic.ts'

/** Topics of a row that are listed. */
const topicsAtMost = 1_000
/** What decides that a topic has no metrics, the first that it has. */
const withoutMetrics = ['needs-schema-registry', 'not-metrics'] as const

export interface SourceFacts {
  readonly name: string
  readonly topics: readonly string[]
  /** Of the topics that records came from. */
  readonly stats: readonly SourceTopic[]
  readonly partitions: number
  /** Epoch ms. */
  readonly now: number
}

/** One row of Sources: the sums of its topics. */
export function sourceView({ name, topics, stats, partitions, now }: SourceFacts): SourceView {
  const formats = summed(stats.map((topic) => topic.formats))
  const passed = summed(stats.map((topic) => topic.passed))
  const withValues = formats.reduce((sum, [, count]) => sum + count, 0)
  const bound = stats.flatMap((topic) => topic.boundNow(now) ?? []).sort((a, b) => b.at - a.at)[0]?.hit
  const detail = stats.findLast((topic) => topic.detail !== undefined)?.detail
  return {
    name,
    topics: topics.slice(0, topicsAtMost),
    topicCount: topics.length,
    partitions,
    state: stateOf({ formats: formats.length, isLimited: bound !== undefined, passed: passed.map(([why]) => why) }),
    formats: formats.map(([format, count]) => ({ name: format, share: count / withValues })),
    passed: passed.map(([why, records]) => ({ why, records })),
    ...(detail === undefined ? {} : { detail }),
    ...metricsOf(stats),
    seriesAtMost: seriesLimits.ofTopic * Math.max(1, stats.length),
    recordsPerSecond: sumOf(stats, ({ rate }) => rate.perSecond(now)),
    rejected: sumOf(stats, ({ rejected }) => rejected),
    records: sumOf(stats, ({ records }) => records),
    since: stats.length === 0 ? null : Math.min(...stats.map(({ since }) => since)),
    spread: new Set(stats.flatMap((topic) => topic.spreadNodes(now))).size,
    ...(bound === undefined ? {} : { bound: { ...bound } }),
  }
}

function metricsOf(stats: readonly SourceTopic[]): Pick<SourceView, 'hosts' | 'metrics' | 'rates' | 'series'> {
  const hosts = new Set<string>()
  const metrics = new Set<string>()
  const rates = new Set<string>()
  for (const topic of stats) {
    for (const nodeId of topic.nodeIds) hosts.add(nodeId)
    topic.addMetrics(metrics, rates)
  }
  return { hosts: hosts.size, metrics: metrics.size, rates: rates.size, series: sumOf(stats, ({ series }) => series) }
}

interface StateFacts {
  readonly formats: number
  readonly isLimited: boolean
  readonly passed: readonly string[]
}

function stateOf({ formats, isLimited, passed }: StateFacts): SourceState {
  if (isLimited) return 'limited'
  if (formats > 1) return 'several'
  if (formats === 1) return 'reading'
  const decided = withoutMetrics.find((why) => passed.includes(why))
  if (decided !== undefined) return decided
  return passed.some((why) => why !== 'empty') ? 'not-metrics' : 'undecided'
}

/** Most first. */
function summed<K>(maps: ReadonlyArray<ReadonlyMap<K, number>>): Array<[K, number]> {
  const sums = new Map<K, number>()
  for (const map of maps) for (const [key, count] of map) sums.set(key, (sums.get(key) ?? 0) + count)
  return [...sums].sort((a, b) => b[1] - a[1])
}

function sumOf(stats: readonly SourceTopic[], countOf: (topic: SourceTopic) => number): number {
  return stats.reduce((sum, topic) => sum + countOf(topic), 0)
}
