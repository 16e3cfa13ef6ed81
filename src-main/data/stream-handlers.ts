import type { Log } from '#shared/log.ts'
import { teamTopicKind, type TeamTopics } from '#shared/team/team-topics.ts'
import type { RawBatch, StreamHandlers } from '../../src-kafka/stream.ts'
import type { FirstStart } from './ingest/first-start.ts'
import type { IngestPipeline } from './ingest/ingest-pipeline.ts'
import type { PartitionPositions } from './ingest/partition-positions.ts'
import type { BrokerClock } from './live/broker-clock.ts'
import type { HealthMonitor } from './live/health-monitor.ts'
import type { StorageMonitor } from './storage-monitor.ts'

export interface StreamHandlerDeps {
  readonly ingest: IngestPipeline
  readonly firstStart: FirstStart
  readonly brokerClock: BrokerClock
  readonly partitions: PartitionPositions
  readonly health: HealthMonitor
  readonly storage: StorageMonitor
  /** Topics of the backend. Their records count neither as metrics nor for health. */
  readonly topics: TeamTopics
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
  readonly publishHealth: () => void
}

/**
 * What the data thread does with the events of a stream. A handler that stores throws the store's error: the stream
 * then delivers the same records again.
 */
export function streamHandlers(deps: StreamHandlerDeps): StreamHandlers {
  const { ingest, firstStart, brokerClock, partitions, health, storage, log, now, publishHealth } = deps
  const isTeamTopic = (topic: string): boolean => teamTopicKind(deps.topics, topic) !== undefined
  return {
    position: (topic, partition) => partitions.position(topic, partition),
    isPriorityTopic: isTeamTopic,
    firstStart: () => firstStart.get(),
    begin: (positions) => storage.write(() => firstStart.begin(positions)),
    batches: (list) => {
      storage.write(() => ingest.batches(list))
      const received = list.reduce((sum, batch) => (isTeamTopic(batch.topic) ? sum : sum + recordsIn(batch)), 0)
      if (received > 0) health.received(received, now())
    },
    gap: (gap, resumeFrom) => {
      log.warn('records lost', { ...gap })
      storage.write(() => ingest.gap(gap, resumeFrom))
      publishHealth()
    },
    unreadable: (batch) => {
      storage.write(() => ingest.unreadable(batch))
      health.received(1, now())
    },
    status: (status) => {
      // Nothing is known of the nodes in partitions that cannot be read.
      if (status.kind !== 'connected' || status.problem !== undefined) partitions.clearLogRanges()
      health.setStatus(status, now())
      publishHealth()
    },
    brokerTime: (time) => brokerClock.add(time),
    logRanges: (ranges) => {
      partitions.setLogRanges(ranges, now())
      health.setLogRanges(ranges.filter(({ topic }) => !isTeamTopic(topic)))
    },
  }
}

/** A batch without a record, as transaction markers leave it, is no sign of a producer. */
function recordsIn({ runs }: RawBatch): number {
  return runs.reduce((sum, { count }) => sum + count, 0)
}
