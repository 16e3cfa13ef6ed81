import { Worker } from 'node:worker_threads'
import type { FindProgress } from '#shared/ipc/source-calls.ts'
import topicSearchPath from '../../topic-search/topic-search-thread?modulePath'
import type { TopicResults, TopicTask } from '../../topic-search/thread-messages.ts'
import { type RunningTask, TaskThread } from '../../threads/task-thread.ts'

/**
 * Looks into topics in a thread of its own. Nothing of the connection in use changes.
 * @param onStep called as topics are looked at
 */
export function startTopicTask<T extends TopicTask>(
  task: T,
  onStep: (step: FindProgress) => void,
): RunningTask<TopicResults[T['kind']]> {
  const worker = new Worker(topicSearchPath, { name: 'topic search', workerData: task })
  return new TaskThread('search for metrics', worker, onStep)
}
