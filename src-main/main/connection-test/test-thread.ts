import type { TestResult, TestStep } from '#shared/settings/connection-test.ts'
import type { FromTestThread } from '../../connection-test/thread-messages.ts'

/** What `TestThread` uses of a worker. */
export interface TestWorker {
  on(event: 'message', listener: (message: FromTestThread) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'exit', listener: () => void): unknown
  terminate(): Promise<unknown>
}

/** The test was stopped before its end. */
export class TestStopped extends Error {
  override readonly name = 'TestStopped'
}

/** One connection test in its thread. The thread is gone when `result` settles. */
export class TestThread {
  readonly result: Promise<TestResult>
  readonly #worker: TestWorker
  #stop: () => void = () => undefined

  constructor(worker: TestWorker, onStep: (step: TestStep) => void) {
    this.#worker = worker
    this.result = new Promise<TestResult>((resolve, reject) => {
      this.#stop = () => reject(new TestStopped('the connection test was stopped'))
      worker.on('message', (message) => {
        if ('step' in message) onStep(message.step)
        else if ('result' in message) resolve(message.result)
        else reject(new Error(message.error))
      })
      worker.on('error', reject)
      worker.on('exit', () => reject(new Error('the thread of the connection test ended early')))
    }).finally(() => void worker.terminate())
  }

  stop(): void {
    this.#stop()
    void this.#worker.terminate()
  }
}
