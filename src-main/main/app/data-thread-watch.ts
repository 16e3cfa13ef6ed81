import type { DataThread } from '../ipc/ipc-deps.ts'
import type { CurrentHealth } from './current-health.ts'

/** So long without an answer is as long as without a record: then nobody knows the state of the nodes. */
const hungAfterMs = 30_000
const askEachMs = 10_000
/** A longer pause between two ticks was sleep, or this thread was stopped. It says nothing about the other one. */
const longestTickMs = 4_000

export interface DataThreadWatchDeps {
  readonly data: Pick<DataThread, 'call' | 'state'>
  readonly health: Pick<CurrentHealth, 'setReport' | 'setUnanswered'>
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * Knows whether the data thread answers. A write to a disk that is very slow, or gone, blocks it without an error: it
 * neither reads nor evaluates then, and its last report stays as it was.
 */
export class DataThreadWatch {
  readonly #deps: DataThreadWatchDeps
  #tickAt: number
  /** Since the last question. */
  #passedMs = askEachMs
  /** When the question was asked that has no answer yet, epoch ms. */
  #askedAt: number | undefined
  #isHung = false

  constructor(deps: DataThreadWatchDeps) {
    this.#deps = deps
    this.#tickAt = deps.now()
  }

  /** Call it every one or two seconds. */
  tick(): void {
    const { data, health, now } = this.#deps
    const at = now()
    this.#passedMs += Math.min(Math.max(0, at - this.#tickAt), longestTickMs)
    this.#tickAt = at
    if (this.#askedAt === undefined) {
      if (this.#passedMs >= askEachMs && data.state.kind === 'running') void this.#ask(at)
    } else if (this.#passedMs >= hungAfterMs && !this.#isHung) {
      this.#isHung = true
      health.setUnanswered(this.#askedAt)
    }
  }

  async #ask(at: number): Promise<void> {
    this.#askedAt = at
    this.#passedMs = 0
    // A thread that stopped is what its supervisor reports.
    const report = await this.#deps.data.call('health.report', {}).catch(() => undefined)
    this.#askedAt = undefined
    this.#passedMs = 0
    if (!this.#isHung) return
    this.#isHung = false
    if (report) this.#deps.health.setReport(report)
  }
}
