import { heartbeatEveryMs, heartbeatOperation, mostShown } from '#shared/rest/consoles.ts'
import type { Health } from '#shared/health/health.ts'
import type { Log } from '#shared/log.ts'
import type { OperatorSession } from '#shared/session/operator-session.ts'
import type { ShownReport } from '../../../threads/data-calls.ts'
import type { CurrentHealth } from '../../app/current-health.ts'
import type { DataThread } from '../../ipc/ipc-deps.ts'
import { backendFailureSentence } from '../rest/backend-failure.ts'
import type { BackendFailure, CallBackend } from '../rest/rest-client.ts'

/** What this console says of itself, beside its health. */
export interface ConsoleFacts {
  /** Of the computer. */
  readonly name: string
  readonly version: string
  /** Start of this run, epoch ms. */
  readonly startedAt: number
  /** End of do not disturb, epoch ms; `undefined` while it is off. */
  readonly doNotDisturbUntil: number | undefined
}

export interface HeartbeatDeps {
  readonly data: Pick<DataThread, 'call' | 'on'>
  readonly call: CallBackend
  readonly session: {
    readonly session: OperatorSession
    onChange(listener: (session: OperatorSession) => void): void
  }
  readonly health: Pick<CurrentHealth, 'report' | 'onChange'>
  readonly facts: () => ConsoleFacts
  readonly log: Log
}

/** Least time between two heartbeats, ms: a storm of popups, or a broker that comes and goes, is not a storm of requests. */
const gapMs = 2_000

/**
 * Says to the backend each 30 s that this console is connected, and what it showed since the last heartbeat that was
 * accepted. At once after the sign-in, when the backend is reachable again, at another kind of health, and when a
 * critical alert was shown. A backend of an older version knows no consoles: then nothing is sent until the next sign-in,
 * or until the backend was away, as it is during an upgrade.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps
  #consoleId: string | undefined
  /** Who is signed in, if the backend can be asked. */
  #user: string | undefined
  #isUnknown = false
  #health: Health['kind']
  #problem: string | undefined
  #isRequested = false
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #gap: NodeJS.Timeout | undefined
  #ended = false

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps
    this.#health = deps.health.report.health.kind
    deps.session.onChange((session) => this.#follow(session))
    deps.health.onChange(({ health: { kind } }) => {
      const isOther = kind !== this.#health
      this.#health = kind
      if (isOther) this.#soon()
    })
    deps.data.on('shown.changed', ({ isCritical }) => {
      if (isCritical) this.#soon()
    })
  }

  start(): void {
    this.#follow(this.#deps.session.session)
  }

  /** Waits for a running request, within its time limit. */
  async end(): Promise<void> {
    this.#ended = true
    this.#stop()
    await this.#running
  }

  #follow(session: OperatorSession): void {
    const canAsk = session.kind === 'signed-in' && session.link.reachable && !this.#ended
    const user = canAsk ? session.user.username : undefined
    if (user === this.#user) return
    this.#user = user
    this.#isUnknown = false
    if (user === undefined) this.#stop()
    else this.#soon()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#gap)
    this.#gap = undefined
    this.#isRequested = false
  }

  #soon(): void {
    if (this.#user === undefined || this.#isUnknown || this.#ended) return
    if (this.#running || this.#gap) this.#isRequested = true
    else this.#send()
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#isRequested = false
    this.#running = this.#report()
      .then((hasMore) => {
        this.#running = undefined
        this.#sent(hasMore)
      })
      .catch((cause: unknown) => {
        this.#running = undefined
        // The data thread is restarting.
        this.#deps.log.info('no heartbeat', { cause })
        this.#sent(false)
      })
  }

  #sent(hasMore: boolean): void {
    if (this.#user === undefined || this.#isUnknown || this.#ended) return
    if (hasMore) this.#isRequested = true
    this.#timer = setTimeout(() => this.#soon(), heartbeatEveryMs)
    this.#gap = setTimeout(() => {
      this.#gap = undefined
      if (this.#isRequested) this.#soon()
    }, gapMs)
  }

  /** @returns whether more is to be reported */
  async #report(): Promise<boolean> {
    const { call, data } = this.#deps
    const reports = await this.#shown()
    if (this.#consoleId === undefined || this.#user === undefined) return false
    const result = await call(heartbeatOperation, {
      params: { id: this.#consoleId },
      body: { ...this.#facts(), shown: reports.map(({ at, ...shown }) => ({ ...shown, at: Math.round(at) })) },
    })
    if (!result.ok) {
      this.#failed(result.failure)
      return false
    }
    this.#problem = undefined
    if (reports.length === 0) return false
    await data.call('shown.reported', { reports })
    return reports.length === mostShown
  }

  /** A console whose data thread is down is connected, too; it is blind. */
  async #shown(): Promise<readonly ShownReport[]> {
    try {
      const { consoleId, reports } = await this.#deps.data.call('shown.list', { limit: mostShown })
      this.#consoleId = consoleId
      return reports
    } catch (cause) {
      if (this.#consoleId === undefined) throw cause
      return []
    }
  }

  #facts() {
    const { name, version, startedAt, doNotDisturbUntil } = this.#deps.facts()
    const until = doNotDisturbUntil === undefined ? {} : { doNotDisturbUntil: Math.round(doNotDisturbUntil) }
    const health = this.#deps.health.report.health.kind
    return { name, version, startedAt: Math.round(startedAt), health, ...until }
  }

  #failed(failure: BackendFailure): void {
    this.#isUnknown = isOfOlderBackend(failure)
    const problem = backendFailureSentence(failure)
    if (problem !== this.#problem) this.#deps.log.info('heartbeat not accepted', { problem })
    this.#problem = problem
  }
}

/** Whether a backend from before 0.2 refused the operation: it does not know it. */
export function isOfOlderBackend(failure: BackendFailure): boolean {
  return failure.kind === 'problem' && (failure.problem.status === 404 || failure.problem.status === 405)
}
