import { healthOperation } from '#shared/rest/system.ts'
import type { BackendLink } from '#shared/session/operator-session.ts'
import type { BackendResult, RestClient } from './rest/rest-client.ts'

interface BackendProbeDeps {
  readonly client: Pick<RestClient, 'call'>
  /** Epoch ms. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
}

export const reachableProbeMs = 15_000
export const unreachableProbeMs = 5_000
const longestUnreachableProbeMs = 30_000
const probeLimitMs = 5_000

/** Whether one request reached the backend. */
type ProbeResult = { readonly isReachable: true } | { readonly isReachable: false; readonly detail: string }

/** Tracks whether the backend is reachable: from every request, and from regular probes. */
export class BackendProbe {
  readonly #deps: BackendProbeDeps
  readonly #listeners = new Set<(link: BackendLink) => void>()
  #link: BackendLink
  #failures = 0
  /** Number of requests that reached the backend. */
  #responses = 0
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(deps: BackendProbeDeps) {
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

  /** Another request got a response. */
  responseReceived(): void {
    this.#apply({ isReachable: true })
  }

  /** Another request got no response. It may have been a slow one, so this probes immediately. */
  checkSoon(): void {
    if (this.#link.reachable) this.#probeIn(0)
  }

  /** The operator asks. Probes immediately and starts again with the shortest delay. */
  probeNow(): void {
    this.#failures = 0
    this.#probeIn(0)
  }

  /** As `probeNow`. @returns the link after one probe */
  async check(): Promise<BackendLink> {
    this.#failures = 0
    clearTimeout(this.#timer)
    await this.#probe()
    return this.#link
  }

  #apply(result: ProbeResult): void {
    const { link } = this
    if (result.isReachable) this.#responses++
    this.#link = nextLink(link, result, this.#deps.now())
    if (this.#link !== link) for (const listener of this.#listeners) listener(this.#link)
  }

  async #probe(): Promise<void> {
    const responses = this.#responses
    const result = probeResultOf(await this.#deps.client.call(healthOperation, {}, { limitMs: probeLimitMs }))
    this.#failures = result.isReachable ? 0 : this.#failures + 1
    this.#probeIn(probeDelayMs(this.#failures, this.#deps.random()))
    // A lost probe does not count if a later request reached the backend.
    if (result.isReachable || responses === this.#responses) this.#apply(result)
  }

  #probeIn(delayMs: number): void {
    clearTimeout(this.#timer)
    if (!this.#ended) this.#timer = setTimeout(() => void this.#probe(), delayMs)
  }
}

function probeResultOf(response: BackendResult<typeof healthOperation>): ProbeResult {
  // A backend without its database cannot serve requests.
  if (response.ok && response.body.postgres === 'down')
    return { isReachable: false, detail: 'The backend is running but cannot reach its database.' }
  return response.ok || response.failure.kind !== 'unreachable'
    ? { isReachable: true }
    : { isReachable: false, detail: response.failure.detail }
}

/** The link after a result; the same object if nothing changed. `now`: epoch ms. */
export function nextLink(link: BackendLink, result: ProbeResult, now: number): BackendLink {
  if (result.isReachable) return link.reachable ? link : { reachable: true, since: now }
  if (link.reachable) return { reachable: false, since: now, detail: result.detail }
  return link.detail === result.detail ? link : { ...link, detail: result.detail }
}

/**
 * Delay until the next probe, in ms. Grows while the backend is unreachable. Random, because all consoles lose the
 * backend at the same moment. `random`: 0 to 1.
 */
export function probeDelayMs(failures: number, random: number): number {
  if (failures === 0) return reachableProbeMs
  const delay = unreachableProbeMs * 1.5 ** (failures - 1) * (0.8 + 0.4 * random)
  return Math.min(Math.round(delay), longestUnreachableProbeMs)
}
