import type { TopicRecord } from '#shared/ipc/source-calls.ts'
import type { ClientSettings } from '../../src-kafka/client/kafka-settings.ts'
import { sampleTopics } from '../../src-kafka/topic-samples/sample-topics.ts'
import { findLimits } from './find-metrics.ts'

export interface NewestDeps {
  readonly settings: ClientSettings
  readonly topic: string
  readonly limit: number
  readonly signal: AbortSignal
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * The last records of one topic, newest first. There are none if it is empty or does not exist.
 * @throws an error with a sentence if this user may not read it
 */
export async function newestOfTopic({ settings, topic, limit, signal, now }: NewestDeps): Promise<TopicRecord[]> {
  const { limitMs, bytes } = findLimits
  const isRead = (name: string): boolean => name !== topic
  const asked = { topics: 1, records: limit, bytes: bytes * limit, limitMs, isRead }
  const { topics } = await sampleTopics({ ...asked, settings, signal, now })
  const [sample] = topics
  if (sample?.problem === 'not-authorized') throw new Error(`This user may not read ${topic}. Grant Read.`)
  if (sample?.problem === 'not-answered') throw new Error(`No broker that leads ${topic} answers.`)
  const records = (sample?.records ?? []).toSorted((a, b) => b.timestamp - a.timestamp)
  return records.map(({ partition, offset, timestamp, key, value }) => ({
    partition,
    offset,
    at: timestamp,
    key: key === null ? null : key.toString('base64'),
    value: (value ?? Buffer.alloc(0)).subarray(0, bytes).toString('base64'),
    isCut: (value?.length ?? 0) > bytes,
  }))
}
