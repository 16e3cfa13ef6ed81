import type { FindProgress, FindResult, TopicRecord } from '#shared/ipc/source-calls.ts'
import type { FieldMapping, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { ClientSettings } from '../../src-kafka/client/kafka-settings.ts'
import type { FromTask } from '../threads/task-thread.ts'

/** What the thread is to look for: its `workerData`. */
export type TopicTask =
  | {
      readonly kind: 'find'
      readonly settings: ClientSettings
      readonly pattern: string
      readonly mappings: { readonly own: readonly FieldMapping[]; readonly team: readonly TopicMapping[] }
    }
  | { readonly kind: 'records'; readonly settings: ClientSettings; readonly topic: string; readonly limit: number }

/** The result of the task, by its kind. */
export interface TopicResults {
  readonly find: FindResult
  readonly records: readonly TopicRecord[]
}

/** What the thread of a topic task posts. `error`: one sentence for the operator. */
export type FromTopicThread = FromTask<FindProgress, FindResult | readonly TopicRecord[]>
