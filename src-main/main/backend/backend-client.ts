import { healthOperation } from '#shared/rest/system.ts'
import type { BackendLink } from '#shared/session/operator-session.ts'
import type { Log } from '#shared/log.ts'
import type { DataThread } from '../ipc/ipc-deps.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import { ActionSender } from './actions/action-sender.ts'
import { BackendSession } from './session/backend-session.ts'
import type { BackendSessionDeps } from './session/backend-session.ts'
import { BackendProbe } from './backend-probe.ts'
import { Heartbeat, type HeartbeatDeps } from './consoles/heartbeat.ts'
import { RestClient } from './rest/rest-client.ts'
import type { Fetch } from './rest/rest-client.ts'

export interface BackendClientDeps {
  readonly url: string
  readonly fetch: Fetch
  readonly secrets: SecretStore
  readonly stateFile: BackendSessionDeps['stateFile']
  readonly data: Pick<DataThread, 'call' | 'on' | 'onState'>
  /** What heartbeats say of this console. */
  readonly health: HeartbeatDeps['health']
  readonly facts: HeartbeatDeps['facts']
  /** Epoch ms. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: Log
}

/** For Prometheus. */
export interface BackendCounters {
  /** HTTP status or `unreachable` → number of requests. */
  readonly requests: ReadonlyMap<string, number>
  /** Operator actions in the queue. */
  readonly waiting: number
  readonly reachable: boolean
}

/** Connects this console to its backend: session, probe, action queue, heartbeat. Call `start` first. */
export class BackendClient {
  readonly session: BackendSession
  readonly #probe: BackendProbe
  readonly #sender: ActionSender
  readonly #heartbeat: Heartbeat
  readonly #requests = new Map<string, number>()

  constructor({ url, fetch, now, random, data, log, health, facts, ...rest }: BackendClientDeps) {
    const client = new RestClient({
      url,
      fetch,
      onResponse: (contract, seen) => {
        const code = String(seen)
        this.#requests.set(code, (this.#requests.get(code) ?? 0) + 1)
        if (contract.path === healthOperation.path) return // the probe handles its own result
        if (seen === 'unreachable') this.#probe.checkSoon()
        else if (seen < 500) this.#probe.responseReceived()
      },
    })
    this.#probe = new BackendProbe({ client, now, random })
    this.session = new BackendSession({ url, client, link: this.#probe, now, log, ...rest })
    const { session } = this
    this.#sender = new ActionSender({ data, call: session.call, session: () => session.session, now, log })
    session.onChange(() => this.#sender.sendNow())
    this.#heartbeat = new Heartbeat({ data, call: session.call, session, health, facts, log })
    data.on('actions.changed', (actions) => this.#sender.setActions(actions))
    data.onState(({ kind }) => {
      if (kind === 'running') this.#sender.reload()
    })
    this.#probe.onChange(({ reachable, detail }) => log.info('backend', { reachable, detail }))
  }

  get counters(): BackendCounters {
    return { requests: this.#requests, waiting: this.#sender.waiting, reachable: this.#probe.link.reachable }
  }

  start(): void {
    this.session.start()
    this.#heartbeat.start()
    this.#probe.start()
  }

  /** The operator asks: probes immediately and sends the queued actions. */
  probeNow(): void {
    this.#probe.probeNow()
    this.#sender.sendNow()
  }

  /** As `probeNow`. @returns the link after one request */
  async check(): Promise<BackendLink> {
    const link = await this.#probe.check()
    this.#sender.sendNow()
    return link
  }

  /** Waits for running requests, within their time limits. The next run sends the remaining actions. */
  async end(): Promise<void> {
    this.#probe.end()
    await Promise.all([this.#sender.end(), this.#heartbeat.end()])
    await this.session.end()
  }
}
