import { healthOperation } from '#shared/rest/system.ts'
import type { Log } from '#shared/log.ts'
import type { DataThread } from '../ipc/ipc-deps.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { ActionSender } from './actions/action-sender.ts'
import { BackendSession } from './session/backend-session.ts'
import type { BackendSessionDeps } from './session/backend-session.ts'
import { BackendProbe } from './backend-probe.ts'
import { RestClient } from './rest/rest-client.ts'
import type { Fetch } from './rest/rest-client.ts'

export interface BackendClientDeps {
  readonly url: string
  readonly fetch: Fetch
  readonly secrets: SecretStore
  readonly stateFile: BackendSessionDeps['stateFile']
  readonly data: Pick<DataThread, 'call' | 'on' | 'onState'>
  /** Epoch ms. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: Log
}

/** For Prometheus. */
export interface BackendCounters {
  /** Status of the answer, or `unreachable` → how often. */
  readonly requests: ReadonlyMap<string, number>
  /** Actions that wait for the backend. */
  readonly waiting: number
  readonly reachable: boolean
}

/** All that joins this console to its backend. Made, not started. */
export class BackendClient {
  readonly session: BackendSession
  readonly #watch: BackendProbe
  readonly #sender: ActionSender
  readonly #requests = new Map<string, number>()

  constructor({ url, fetch, now, random, data, log, ...kept }: BackendClientDeps) {
    const client = new RestClient({
      url,
      fetch,
      onResponse: (contract, seen) => {
        const code = String(seen)
        this.#requests.set(code, (this.#requests.get(code) ?? 0) + 1)
        if (contract.path === healthOperation.path) return // the watch asked that, and knows what else the answer tells
        if (seen === 'unreachable') this.#watch.checkSoon()
        else if (seen < 500) this.#watch.responseReceived()
      },
    })
    this.#watch = new BackendProbe({ client, now, random })
    this.session = new BackendSession({ url, client, link: this.#watch, now, log, ...kept })
    const { session } = this
    this.#sender = new ActionSender({ data, call: session.call, session: () => session.session, now, log })
    session.onChange(() => this.#sender.sendNow())
    data.on('actions.changed', (actions) => this.#sender.setActions(actions))
    data.onState(({ kind }) => {
      if (kind === 'running') this.#sender.reload()
    })
    this.#watch.onChange(({ reachable, detail }) => log.info('backend', { reachable, detail }))
  }

  get counters(): BackendCounters {
    return { requests: this.#requests, waiting: this.#sender.waiting, reachable: this.#watch.link.reachable }
  }

  start(): void {
    this.session.start()
    this.#watch.start()
  }

  /** Whether it is there, and what waits for it, is not left to the clock: an operator wants to know. */
  probeNow(): void {
    this.#watch.probeNow()
    this.#sender.sendNow()
  }

  /** What is under way is given its time limits; what was not sent is sent by the next run. */
  async end(): Promise<void> {
    this.#watch.end()
    await this.#sender.end()
    await this.session.end()
  }
}
