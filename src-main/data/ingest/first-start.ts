import { minuteMs } from '#shared/format/time-units.ts'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import type { StartAt } from '#shared/settings/start-at.ts'
import type { FirstStart as StreamStart } from '../../../src-kafka/stream.ts'
import { emptyBatch } from '../../store/batch-write.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { PartitionPositions } from './partition-positions.ts'

export interface FirstStartDeps {
  readonly store: ConsoleStore
  readonly partitions: PartitionPositions
  readonly startAt: StartAt
  readonly topicPattern: string
  readonly isTeamTopic: (topic: string) => boolean
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * Where a new cache begins to read. Topics and partitions that exist at its first connection begin at the start
 * position; those that appear later begin at their beginning, and so do the topics of the backend. With another topic
 * pattern, topics that the one before did not match begin at the start position too. Every other position stays.
 */
export class FirstStart {
  readonly #deps: FirstStartDeps

  constructor(deps: FirstStartDeps) {
    this.#deps = deps
    const { store, topicPattern } = deps
    const before = store.meta.startedWith()
    // A cache of a version without a start position was read from the beginning.
    const isOlder = before === undefined && store.positions().length > 0
    if (isOlder || before === '') store.meta.setStartedWith(topicPattern)
  }

  /** `undefined` after the first start, and if everything is read from its beginning. */
  get(): StreamStart | undefined {
    const { store, startAt, topicPattern, isTeamTopic: isWhole, now } = this.#deps
    if (store.meta.startedWith() === topicPattern) return undefined
    switch (startAt.kind) {
      case 'latest':
        return { from: 'end', isWhole }
      case 'minutes':
        return { from: now() - startAt.minutes * minuteMs, isWhole }
      case 'beginning':
        return { from: 0, isWhole: () => true }
    }
  }

  /** Stores where these partitions begin. Called once without any, if none exists. */
  begin(positions: readonly ReadPosition[]): void {
    const { store, partitions, topicPattern, now } = this.#deps
    // With an offset above 0, the partition may have had earlier records.
    const partitionStarts = positions.map(({ topic, partition, next: offset }) => ({ topic, partition, offset }))
    store.commitBatch({ ...emptyBatch, positions, partitionStarts })
    store.meta.setStartedWith(topicPattern)
    for (const position of positions) partitions.moveTo(position, now())
    for (const start of partitionStarts) partitions.setStart(start)
  }
}
