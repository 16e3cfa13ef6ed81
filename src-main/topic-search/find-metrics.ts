import type { FindProgress, FindResult, FoundTopic } from '#shared/ipc/source-calls.ts'
import { readRecord } from '#shared/metric/formats/read-record.ts'
import { noMappings, type MappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import { contentOf } from '#shared/metric/sources/found-topic.ts'
import { metricPattern } from '#shared/team/team-topics.ts'
import type { ClientSettings } from '../../src-kafka/client/kafka-settings.ts'
import { sampleTopics, type TopicSample } from '../../src-kafka/topic-samples/sample-topics.ts'

/** Topics that are looked at, the last records of each, and their bytes. */
export const findLimits = { topics: 200, records: 5, bytes: 64 * 1024, limitMs: 30_000 } as const

export interface FindDeps {
  readonly settings: ClientSettings
  /** Topics that it matches are read already. */
  readonly pattern: string
  readonly signal: AbortSignal
  /** Epoch ms. */
  readonly now: () => number
  /** Default: none. */
  readonly mappings?: MappingIndex
  readonly onProgress?: (progress: FindProgress) => void
}

const order = ['metrics', 'may-be', 'not'] as const

/**
 * Looks at the last records of the topics that are not read yet, and says which of them hold metrics.
 * @throws if no broker answers, or the signal's reason
 */
export async function findMetrics(deps: FindDeps): Promise<FindResult> {
  const { settings, pattern, signal, now, onProgress, mappings = noMappings } = deps
  const began = now()
  const isRead = new RegExp(metricPattern(pattern))
  const samples = await sampleTopics({
    ...findLimits,
    settings,
    signal,
    now,
    isRead: (topic) => isRead.test(topic),
    onProgress: (looked, of) => onProgress?.({ looked, of }),
  })
  const topics = samples.topics.map((sample) => foundTopic(sample, mappings))
  const rank = ({ kind }: FoundTopic): number => order.indexOf(kind)
  topics.sort((a, b) => rank(a) - rank(b) || (a.topic < b.topic ? -1 : 1))
  const { left, read, isDone } = samples
  return { topics, ms: Math.max(0, now() - began), left, read, isDone }
}

function foundTopic({ topic, records, problem }: TopicSample, mappings: MappingIndex): FoundTopic {
  if (problem !== undefined) return { kind: 'not', topic, why: problem }
  const content = contentOf(records, ({ value, key, timestamp }) =>
    readRecord({ value, key, timestamp, topic }, mappings),
  )
  switch (content.kind) {
    case 'metrics':
      return { ...content, topic, formats: [...content.formats], names: [...content.names] }
    case 'may-be':
    case 'not':
      return { ...content, topic }
  }
}
