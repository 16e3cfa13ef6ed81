/** Entry of a worker thread that looks into topics and ends. It stops when the main thread terminates it. */
import { parentPort, workerData } from 'node:worker_threads'
import { mappingIndex } from '#shared/metric/mapping/mapping-index.ts'
import { describeFailure } from '../../src-kafka/client/kafka-failure.ts'
import { findMetrics } from './find-metrics.ts'
import { newestOfTopic } from './newest-of-topic.ts'
import type { FromTopicThread, TopicResults, TopicTask } from './thread-messages.ts'

const post = (message: FromTopicThread): void => parentPort?.postMessage(message)
const task = workerData as TopicTask

run().then(
  (result) => post({ result }),
  (error: unknown) => post({ error: describeFailure(error, task.settings).sentence }),
)

function run(): Promise<TopicResults[TopicTask['kind']]> {
  const shared = { signal: new AbortController().signal, now: Date.now }
  if (task.kind === 'records') return newestOfTopic({ ...task, ...shared })
  const mappings = mappingIndex(task.mappings.own, task.mappings.team)
  return findMetrics({ ...task, ...shared, mappings, onProgress: (step) => post({ step }) })
}
