import type { DraftConnection } from '#shared/ipc/connection-views.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import {
  testStepIds,
  untriedSteps,
  type TestResult,
  type TestStep,
  type TestStepId,
} from '#shared/settings/connection-test.ts'
import type { Bridge } from '../../bridge/bridge.ts'
import { usesSasl, usesTls } from './connection-form.ts'

const words: Readonly<Record<TestStepId, string>> = {
  names: 'names',
  tcp: 'TCP',
  tls: 'TLS',
  sasl: 'SASL',
  listeners: 'listeners',
  topics: 'topics',
  rights: 'rights',
  messages: 'messages',
}

/**
 * The test of one connection, with its steps as they happen. States: idle → running → ended or stopped. `stopped`: by
 * the operator, so nothing is known about the rest.
 */
export class ConnectionTest {
  readonly #bridge: Bridge
  state = $state<'idle' | 'running' | 'stopping' | 'stopped' | 'ended'>('idle')
  steps = $state.raw<readonly TestStep[]>([])
  result = $state.raw<TestResult>()
  /** Why the test could not run. */
  problem = $state.raw<IpcFailure>()
  /** What was tested, to tell whether the form has changed since. */
  tested = $state.raw<DraftConnection>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  readonly running: boolean = $derived(this.state === 'running' || this.state === 'stopping')

  /** The result in a few words: `Stopped at listeners`. */
  readonly headline: string = $derived.by(() => {
    if (this.running) return 'Running'
    if (this.state === 'stopped') return 'Stopped'
    if (this.problem) return 'Not tested'
    const { result } = this
    if (!result) return ''
    if (result.state === 'ok') return 'Works'
    if (result.state === 'warning') return 'Works, with limits'
    const failed = result.steps.find(({ state }) => state === 'failed')
    return failed ? `Stopped at ${words[failed.id]}` : 'Failed'
  })

  /** @returns stops following */
  follow(): () => void {
    return this.#bridge.on('connections.testStep', (step) => {
      if (this.running) this.steps = this.steps.map((other) => (other.id === step.id ? step : other))
    })
  }

  /** @returns the result; `undefined` if the test was stopped or could not run */
  async run(draft: DraftConnection): Promise<TestResult | undefined> {
    if (this.running) return undefined
    this.clear()
    this.state = 'running'
    this.tested = draft
    this.steps = stepsBefore(draft)
    const reply = await this.#bridge['connections.test']({ draft })
    const isStopped = (this.state as string) === 'stopping'
    this.state = isStopped ? 'stopped' : 'ended'
    if (!reply.ok) {
      if (!isStopped) this.problem = reply.error
      this.steps = this.steps.map((step) => (step.state === 'running' ? { ...step, state: 'not-tried' } : step))
      return undefined
    }
    this.steps = testStepIds.flatMap((id) => reply.value.steps.filter((step) => step.id === id))
    if (isStopped) return undefined
    this.result = reply.value
    return reply.value
  }

  readonly stop = (): void => {
    if (this.state !== 'running') return
    this.state = 'stopping'
    void this.#bridge['connections.stopTest']({})
  }

  /** Another connection is shown. A running test goes on to its end. */
  clear(): void {
    if (this.running) return
    this.state = 'idle'
    this.steps = []
    this.result = undefined
    this.problem = undefined
    this.tested = undefined
  }
}

/** The steps of a test that has not begun. */
export function stepsBefore(draft: Pick<DraftConnection, 'protocol'>): TestStep[] {
  return untriedSteps({
    ...(usesTls(draft) ? { ssl: {} } : {}),
    ...(usesSasl(draft) ? { sasl: { mechanism: 'plain', username: '', password: '' } } : {}),
  })
}
