import type { PartitionView, SourceView } from '#shared/ipc/source-calls.ts'
import type { RejectedRecord } from '#shared/metric/read-position.ts'
import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import type { BatchTally } from '#shared/metric/sources/batch-tally.ts'
import { prefixesOf } from '#shared/pattern/topic-pattern.ts'
import { teamTopicKind, teamTopics } from '#shared/team/team-topics.ts'
import type { PartitionPositions } from '../ingest/partition-positions.ts'
import { type KeptExample, KeptExamples } from './kept-examples.ts'
import { RateTrend } from './rate-trend.ts'
import { sourceView } from './source-view.ts'
import { SourceTopic } from './source-topic.ts'

interface PartitionStats {
  readonly trend: RateTrend
  rejected: number
}

/** As the data thread has it. @param options the pattern of the connection, and its team */
export function sourceStats(
  partitions: PartitionPositions,
  { topicPattern, team }: { readonly topicPattern: string; readonly team?: string },
): SourceStats {
  const topics = teamTopics(team)
  const isTeamTopic = (topic: string): boolean => teamTopicKind(topics, topic) !== undefined
  return new SourceStats({ partitions, pattern: topicPattern, isTeamTopic })
}

export interface SourceStatsDeps {
  readonly partitions: Pick<PartitionPositions, 'states'>
  /** Topic pattern of the connection. */
  readonly pattern: string
  readonly isTeamTopic: (topic: string) => boolean
}

/** What comes from each topic and partition, counted since the start of this run. Its owner calls it after a commit. */
export class SourceStats {
  readonly #deps: SourceStatsDeps
  readonly #topics = new Map<string, SourceTopic>()
  readonly #partitions = new Map<string, Map<number, PartitionStats>>()
  readonly #examples = new KeptExamples()
  /** Partitions of each topic, as Kafka said last. It stays while there is no connection. */
  #partitionCounts: ReadonlyMap<string, number> = new Map()

  constructor(deps: SourceStatsDeps) {
    this.#deps = deps
  }

  /** Counts new records of metrics. @param now epoch ms */
  counted(tallies: readonly BatchTally[], samples: readonly SampleBatch[], now: number): void {
    for (const tally of tallies) {
      this.#topic(tally.topic, now).count(tally, now)
      this.#partition(tally.topic, tally.partition, now).trend.add(tally.records, now)
      this.#examples.keep(tally, now)
    }
    for (const { topic, columns } of samples) if (columns.count > 0) this.#topic(topic, now).stored(columns)
  }

  rejects(rows: readonly RejectedRecord[], now: number): void {
    for (const { position } of rows) {
      this.#topic(position.topic, now).rejected++
      this.#partition(position.topic, position.partition, now).rejected++
    }
  }

  /** A node left the lists. */
  forget(nodeId: string): void {
    for (const topic of this.#topics.values()) topic.forget(nodeId)
  }

  /** These topics may be read otherwise from now on: what their records were says nothing about the next ones. */
  remapped(topics: readonly string[]): void {
    for (const topic of topics) this.#topics.get(topic)?.beginAgain()
    this.#examples.beginAgain(topics)
  }

  /** Every partition that Kafka has now of the topics that are read. */
  setTopics(partitions: ReadonlyArray<{ readonly topic: string }>): void {
    const counts = new Map<string, number>()
    for (const { topic } of partitions) counts.set(topic, (counts.get(topic) ?? 0) + 1)
    this.#partitionCounts = counts
  }

  /** Rows of Sources, those with most records first. */
  sources(now: number): SourceView[] {
    const views = [...this.#groups()].map(([name, topics]) =>
      sourceView({
        name,
        topics,
        stats: topics.flatMap((topic) => this.#topics.get(topic) ?? []),
        partitions: topics.reduce((sum, topic) => sum + (this.#partitionCounts.get(topic) ?? 0), 0),
        now,
      }),
    )
    return views.sort((a, b) => b.records - a.records || (a.name < b.name ? -1 : 1))
  }

  example(topics: readonly string[]): KeptExample | undefined {
    return this.#examples.newestOf(topics)
  }

  partitions(now: number): PartitionView[] {
    return this.#deps.partitions.states(now).map((state) => {
      const stats = this.#partitions.get(state.topic)?.get(state.partition)
      return {
        ...state,
        recordsPerSecond: stats?.trend.perSecond(now) ?? 0,
        trend: stats?.trend.trend(now) ?? [],
        rejected: stats?.rejected ?? 0,
        isTeam: this.#deps.isTeamTopic(state.topic),
      }
    })
  }

  /** Topics of one prefix of the pattern are one row, as long as they are of one kind: `metrics-.*`. */
  #groups(): Map<string, string[]> {
    const prefixes = [...prefixesOf(this.#deps.pattern)].sort((a, b) => b.length - a.length)
    const groups = new Map<string, string[]>()
    for (const topic of this.#names()) {
      const prefix = prefixes.find((one) => topic.startsWith(one))
      const name = prefix === undefined ? topic : `${prefix}.*\u0000${this.#kindOf(topic)}`
      groups.set(name, [...(groups.get(name) ?? []), topic])
    }
    const rows = new Map<string, string[]>()
    for (const [key, topics] of groups) {
      const [name = key] = key.split('\u0000')
      const isFree = topics.length > 1 && !rows.has(name)
      if (isFree) rows.set(name, topics)
      else for (const topic of topics) rows.set(topic, [topic])
    }
    return rows
  }

  #names(): string[] {
    const names = new Set([...this.#partitionCounts.keys(), ...this.#topics.keys()])
    return [...names].filter((topic) => !this.#deps.isTeamTopic(topic)).sort()
  }

  #kindOf(topic: string): string {
    const stats = this.#topics.get(topic)
    if (!stats) return ''
    return stats.formats.size > 0 ? [...stats.formats.keys()].sort().join() : [...stats.passed.keys()].sort().join()
  }

  #topic(topic: string, now: number): SourceTopic {
    let stats = this.#topics.get(topic)
    if (!stats) this.#topics.set(topic, (stats = new SourceTopic(now)))
    return stats
  }

  #partition(topic: string, partition: number, now: number): PartitionStats {
    let ofTopic = this.#partitions.get(topic)
    if (!ofTopic) this.#partitions.set(topic, (ofTopic = new Map<number, PartitionStats>()))
    let stats = ofTopic.get(partition)
    if (!stats) ofTopic.set(partition, (stats = { trend: new RateTrend(now), rejected: 0 }))
    return stats
  }
}
