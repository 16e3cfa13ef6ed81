/** Entry of a worker thread that tests one connection and ends. It stops when the main thread terminates it. */
import { parentPort, workerData } from 'node:worker_threads'
import type { ConnectionToTest } from '#shared/settings/connection-test.ts'
import { testConnection } from '../../src-kafka/connection-test/test-connection.ts'
import type { FromTestThread } from './thread-messages.ts'

const post = (message: FromTestThread): void => parentPort?.postMessage(message)

testConnection(
  { connection: workerData as ConnectionToTest, signal: new AbortController().signal, now: Date.now },
  (step) => post({ step }),
).then(
  (result) => post({ result }),
  (error: unknown) => post({ error: error instanceof Error ? error.message : String(error) }),
)
