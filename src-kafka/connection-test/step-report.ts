import { type TestResult, type TestStep, type TestStepId, untriedSteps } from '#shared/settings/connection-test.ts'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'

/** How a step ended. `willNotWork`: what follows if the connection is used as it is, one sentence. */
export type Outcome = Partial<Omit<TestStep, 'id' | 'ms'>> &
  Pick<TestStep, 'state' | 'text'> & { readonly willNotWork?: string }

export type FailedOutcome = Omit<Outcome, 'state'>

/** Ends the test. The failure may belong to another step than the one that found it. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'
  readonly step: TestStepId
  readonly outcome: FailedOutcome
  /** How the step ended that found it. Absent: it was not tried. */
  readonly own: Outcome | undefined

  constructor(step: TestStepId, outcome: FailedOutcome, own?: Outcome) {
    super(outcome.text)
    this.step = step
    this.outcome = outcome
    this.own = own
  }
}

export interface StepReportDeps {
  readonly security: KafkaSecurity | undefined
  readonly signal: AbortSignal
  readonly onStep: (step: TestStep) => void
  /** Sentence for an error that a step does not expect. */
  readonly sentenceOf: (error: unknown) => string
}

/** Outcome of a step, and what later steps need of it. */
export interface Finding<T> {
  readonly outcome: Outcome
  readonly found: T
}

const noConnection = 'ReMo will not connect until this is solved. It keeps trying.'

/** The steps of one test. Reports each when it begins and when it ends. */
export class StepReport {
  readonly #deps: StepReportDeps
  readonly #steps: TestStep[]
  #willNotWork: string | undefined

  constructor(deps: StepReportDeps) {
    this.#deps = deps
    this.#steps = untriedSteps(deps.security)
  }

  /**
   * Runs one step.
   * @returns what `work` found
   * @throws StepFailure if it failed, or found that another step has; the reason of the signal after an abort
   */
  async run<T>(id: TestStepId, work: () => Promise<Finding<T>>): Promise<T> {
    const before = this.#steps.find((step) => step.id === id)
    this.#set(id, { state: 'running', text: 'Running.' })
    const start = performance.now()
    const ms = (): number => Math.round((performance.now() - start) * 10) / 10
    try {
      const { outcome, found } = await work()
      if (outcome.state === 'failed') throw new StepFailure(id, outcome)
      this.#end(id, outcome, ms())
      return found
    } catch (error) {
      this.#deps.signal.throwIfAborted()
      const failure = error instanceof StepFailure ? error : new StepFailure(id, { text: this.#deps.sentenceOf(error) })
      if (failure.step !== id && failure.own) this.#end(id, failure.own, ms())
      else if (failure.step !== id && before) this.#set(id, before)
      this.#end(failure.step, { willNotWork: noConnection, ...failure.outcome, state: 'failed' }, ms())
      throw failure
    }
  }

  result(): TestResult {
    const steps = [...this.#steps]
    const has = (state: TestStep['state']): boolean => steps.some((step) => step.state === state)
    return {
      state: has('failed') ? 'failed' : has('warning') ? 'warning' : 'ok',
      steps,
      ...(this.#willNotWork === undefined ? {} : { willNotWork: this.#willNotWork }),
    }
  }

  #end(id: TestStepId, { willNotWork, ...outcome }: Outcome, ms: number): void {
    // A failure ends the test, so what follows from it is what counts.
    if (willNotWork !== undefined) this.#willNotWork = willNotWork
    this.#set(id, { ...outcome, ms })
  }

  #set(id: TestStepId, change: Partial<TestStep>): void {
    const at = this.#steps.findIndex((step) => step.id === id)
    const step = this.#steps[at]
    if (!step) return
    this.#steps[at] = { ...step, ...change, id }
    this.#deps.onStep(this.#steps[at])
  }
}
