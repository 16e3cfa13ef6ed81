import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import type { ConnectionToTest, TestResult, TestStep } from '#shared/settings/connection-test.ts'
import { connectionToTest, notBegun } from '#shared/settings/connection-to-test.ts'
import type { ConnectionSecrets } from '#shared/settings/connection.ts'
import type { ReadText } from '#shared/settings/environment.ts'
import { CallError } from '../../threads/call-error.ts'
import { type RunningTask, TaskStopped } from '../../threads/task-thread.ts'

export interface ConnectionTestsDeps {
  /** `startConnectionTest`. */
  readonly start: (connection: ConnectionToTest, onStep: (step: TestStep) => void) => RunningTask<TestResult>
  /** Secrets that the form leaves out. */
  readonly secretsOf: (draft: DraftConnection) => Promise<ConnectionSecrets>
  readonly readText: ReadText
  readonly push: (step: TestStep) => void
}

/** Tests of connections for the page: one at a time, a new one ends the one before. */
export class ConnectionTests {
  readonly #deps: ConnectionTestsDeps
  #running: RunningTask<TestResult> | undefined
  /** Raised by each `run` and `stop`. */
  #turn = 0

  constructor(deps: ConnectionTestsDeps) {
    this.#deps = deps
  }

  /**
   * Tests what the form has. A secret that it leaves out is the stored one.
   * @throws CallError `conflict` if the test was stopped
   */
  async run(draft: DraftConnection): Promise<TestResult> {
    this.stop()
    const turn = this.#turn
    const secrets = { ...(await this.#deps.secretsOf(draft)), ...given(draft.secrets ?? {}) }
    if (turn !== this.#turn) throw stopped()
    const read = connectionToTest(draft, secrets, this.#deps.readText)
    if (!read.ok) return this.#notBegun(notBegun(read.step, read.problem))
    const running = this.#deps.start(read.toTest, (step) => {
      if (turn === this.#turn) this.#deps.push(step)
    })
    this.#running = running
    try {
      return await running.result
    } catch (cause) {
      if (cause instanceof TaskStopped) throw stopped()
      throw cause
    } finally {
      if (this.#running === running) this.#running = undefined
    }
  }

  /** Ends the test that runs, if one does. */
  stop(): void {
    this.#turn++
    this.#running?.stop()
    this.#running = undefined
  }

  #notBegun(result: TestResult): TestResult {
    for (const step of result.steps) if (step.state === 'failed') this.#deps.push(step)
    return result
  }
}

function stopped(): CallError {
  return new CallError('conflict', 'The test was stopped.')
}

function given(secrets: ConnectionSecrets): ConnectionSecrets {
  return Object.fromEntries(Object.entries(secrets).filter(([, secret]) => secret !== undefined))
}
