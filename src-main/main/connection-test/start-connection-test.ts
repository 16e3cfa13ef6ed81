import { Worker } from 'node:worker_threads'
import type { ConnectionToTest, TestResult, TestStep } from '#shared/settings/connection-test.ts'
import connectionTestPath from '../../connection-test/connection-test-thread?modulePath'
import { type RunningTask, TaskThread } from '../../threads/task-thread.ts'

/**
 * Tests a connection in a thread of its own, so that neither the window nor the data thread waits for it. Nothing of the
 * connection in use changes.
 * @param onStep called when a step begins and when it ends
 */
export function startConnectionTest(
  connection: ConnectionToTest,
  onStep: (step: TestStep) => void,
): RunningTask<TestResult> {
  const worker = new Worker(connectionTestPath, { name: 'connection test', workerData: connection })
  return new TaskThread('connection test', worker, onStep)
}
