import { health } from '#shared/rest/system.ts'
import type { BackendLink } from '#shared/session/session.ts'
import { nextLink, probeDelayMs } from './link.ts'
import type { ProbeResult } from './link.ts'
import type { CallResult, RestClient } from './rest-client.ts'

export interface LinkWatchDeps {
  readonly client: Pick<RestClient, 'call'>
  /** Epoch ms. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
}

const probeLimitMs = 5_000

/** Whether the backend answers: every request is a sign, and beside them it is asked by the clock. */
export class LinkWatch {
  readonly #deps: LinkWatchDeps
  readonly #listeners = new Set<(link: BackendLink) => void>()
  #link: BackendLink
  #failures = 0
  /** Signs that it is there, so far. */
  #answers = 0
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(deps: LinkWatchDeps) {
    this.#deps = deps
    this.#link = { reachable: false, since: deps.now(), detail: 'ReMo is connecting to the backend.' }
  }

  get link(): BackendLink {
    return this.#link
  }

  onChange(listener: (link: BackendLink) => void): void {
    this.#listeners.add(listener)
  }

  start(): void {
    void this.#probe()
  }

  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  /** A request of anybody was answered. */
  answered(): void {
    this.#take({ answered: true })
  }

  /** A request of anybody was not. It may only have been a slow one, so the backend itself is asked, at once. */
  doubt(): void {
    if (this.#link.reachable) this.#askIn(0)
  }

  /** Somebody wants to know now. From here on it is asked as often as if it had only just gone. */
  askNow(): void {
    this.#failures = 0
    this.#askIn(0)
  }

  #take(sign: ProbeResult): void {
    const { link } = this
    if (sign.answered) this.#answers++
    this.#link = nextLink(link, sign, this.#deps.now())
    if (this.#link !== link) for (const listener of this.#listeners) listener(this.#link)
  }

  async #probe(): Promise<void> {
    const answers = this.#answers
    const sign = signOf(await this.#deps.client.call(health, {}, { limitMs: probeLimitMs }))
    this.#failures = sign.answered ? 0 : this.#failures + 1
    this.#askIn(probeDelayMs(this.#failures, this.#deps.random()))
    // A question that was lost says nothing once a later one was answered.
    if (sign.answered || answers === this.#answers) this.#take(sign)
  }

  #askIn(delayMs: number): void {
    clearTimeout(this.#timer)
    if (!this.#ended) this.#timer = setTimeout(() => void this.#probe(), delayMs)
  }
}

function signOf(answer: CallResult<typeof health>): ProbeResult {
  // A backend without its database lives and can do nothing for anybody.
  if (answer.ok && answer.body.postgres === 'down')
    return { answered: false, detail: 'The backend is running but cannot reach its database.' }
  return answer.ok || answer.failure.kind !== 'unreachable'
    ? { answered: true }
    : { answered: false, detail: answer.failure.detail }
}
