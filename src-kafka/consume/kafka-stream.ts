import type { KafkaSettings } from '../client/kafka-settings.ts'
import type { Log } from '#shared/log.ts'
import { consoleReadLimits, type ReadLimits } from '../client/kafka-settings.ts'
import type { Stream, StreamHandlers, StreamStatus } from '../stream.ts'
import { backOffMs } from '../client/waiting.ts'
import { describeFailure, type HandlerError } from '../client/kafka-failure.ts'
import { FirstPositions } from './first-positions.ts'
import { ReadSession, type ReadSessionEnd } from './read-session.ts'

/** Kafka may need this long to get ready for its first group. Longer is an outage. */
const transientWaitMs = 500
const maxTransient = 20
/** Nothing listens: an attempt costs next to nothing, and a broker that returns is found at once. */
const refusedWaitMs = 500
const warnEveryMs = 60_000
/** After a session of this length, the next failure starts again with the shortest wait. */
const provenAfterMs = 10_000

export interface KafkaStreamDeps {
  readonly settings: KafkaSettings
  /** The consumer group that shares the partitions. Absent: this reader reads all of them, without a group. */
  readonly group?: string
  /** Default: those of a console. */
  readonly limits?: ReadLimits
  readonly handlers: StreamHandlers
  /** Whether records may wait for a moment, because nobody looks at live values. Default: never. */
  readonly isRelaxed?: () => boolean
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}

/** Reads the topics that match the pattern until it is stopped, whatever happens to Kafka. */
export function kafkaStream(deps: KafkaStreamDeps): Stream {
  return new StreamSupervisor(deps)
}

/** When no broker can be reached any more, discards the whole session and starts a new one. */
class StreamSupervisor implements Stream {
  readonly #deps: KafkaStreamDeps
  readonly #firstPositions: FirstPositions
  #session: ReadSession | undefined
  #running: Promise<void> | undefined
  #isStopped = false
  #wake: (() => void) | undefined
  #failures = 0
  #transient = 0
  /** Since when Kafka is unreachable; `undefined` while connected and before the first attempt has failed. */
  #downSince: number | undefined
  #connectedSince: number | undefined
  #warned: { readonly detail: string; readonly at: number } | undefined
  #startedAt = 0

  constructor(deps: KafkaStreamDeps) {
    this.#deps = deps
    this.#firstPositions = new FirstPositions(deps)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  retryNow(): void {
    this.#wake?.()
    this.#session?.retryNow()
  }

  reconnect(): void {
    this.#renew(this.#deps.now())
  }

  networkChanged(gone: readonly string[]): void {
    if (this.#session?.isOpen && !this.#session.usesAny(gone)) return
    this.#renew(this.#downSince ?? this.#deps.now())
  }

  /** `since`: since when Kafka counts as unreachable, epoch ms. */
  #renew(since: number): void {
    if (this.#isStopped) return
    this.#deps.log.info('connecting to kafka again')
    this.#failures = 0
    this.#downSince = since
    this.#connectedSince = undefined
    this.#report({ kind: 'connecting', since, detail: this.#connecting })
    this.#wake?.()
    this.#session?.renew()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#wake?.()
    await this.#session?.close()
    await this.#running
    this.#report({ kind: 'stopped' })
  }

  get #connecting(): string {
    return `Connecting to Kafka at ${this.#deps.settings.brokers.join(', ')}.`
  }

  async #run(): Promise<void> {
    this.#startedAt = this.#deps.now()
    this.#report({ kind: 'connecting', since: this.#startedAt, detail: this.#connecting })
    while (!this.#isStopped) {
      const end = await this.#live()
      if (this.#isStopped) return
      if (end.kind === 'lost') await this.#recover(end)
    }
  }

  /** One session, from start to end. */
  async #live(): Promise<ReadSessionEnd> {
    const session: ReadSession = (this.#session = new ReadSession({
      ...this.#deps,
      limits: this.#deps.limits ?? consoleReadLimits,
      group: this.#deps.group,
      firstPositions: this.#firstPositions,
      isRelaxed: this.#deps.isRelaxed ?? (() => false),
      storage: (failed) => this.#storage(failed),
      changed: () => this.#report(this.#connectedStatus(session)),
    }))
    const openedAt = this.#deps.now()
    try {
      const opening = session.open()
      const early = await Promise.race([opening.then(() => undefined), session.ended])
      if (early) {
        opening.catch((cause: unknown) => this.#deps.log.debug('connection attempt abandoned', { cause }))
        return early
      }
      this.#connected(session)
      const end = await session.ended
      if (this.#deps.now() - openedAt >= provenAfterMs) this.#failures = 0
      return end
    } catch (cause) {
      return { kind: 'lost', cause, since: this.#deps.now() }
    } finally {
      await session.close()
      this.#session = undefined
    }
  }

  #connected(session: ReadSession): void {
    this.#transient = 0
    this.#warned = undefined
    this.#downSince = undefined
    this.#connectedSince ??= this.#deps.now()
    const { topics, partitions } = session
    this.#deps.log.info('reading from kafka', { topics, partitions })
    this.#report(this.#connectedStatus(session))
  }

  #connectedStatus({ topics, partitions, problem }: ReadSession): StreamStatus {
    const since = this.#connectedSince ?? this.#deps.now()
    return { kind: 'connected', since, topics, partitions, ...(problem === undefined ? {} : { problem }) }
  }

  async #recover({ cause, since }: Extract<ReadSessionEnd, { kind: 'lost' }>): Promise<void> {
    const failure = describeFailure(cause, this.#deps.settings)
    if (failure.transient && this.#transient < maxTransient) {
      this.#transient += 1
      this.#deps.log.debug('kafka is not ready yet', { cause })
      return this.#wait(transientWaitMs)
    }
    // a broker that is starting refuses many times, which says nothing about the next failure
    if (!failure.refused) this.#failures += 1
    const backOff = failure.refused
      ? refusedWaitMs * (0.8 + 0.4 * Math.random())
      : backOffMs(this.#failures, Math.random())
    const waitMs = Math.max(failure.waitMs, backOff)
    this.#downSince ??= this.#connectedSince === undefined ? this.#startedAt : since
    this.#connectedSince = undefined
    const status = { kind: 'disconnected', since: this.#downSince, detail: failure.sentence } as const
    this.#logLost({ detail: failure.sentence, attempt: this.#failures, waitMs, cause })
    this.#report({ ...status, retryAt: this.#deps.now() + waitMs })
    await this.#wait(waitMs)
    this.#report(status)
  }

  /** Each attempt fails, so only some of them are written as warnings. */
  #logLost(fields: {
    readonly detail: string
    readonly attempt: number
    readonly waitMs: number
    readonly cause: unknown
  }): void {
    const { log, now } = this.#deps
    const isDue = this.#warned?.detail !== fields.detail || now() - this.#warned.at >= warnEveryMs
    if (isDue) this.#warned = { detail: fields.detail, at: now() }
    if (isDue) log.warn('kafka is lost', fields)
    else log.debug('kafka is lost', fields)
  }

  #storage(failed: { readonly cause: HandlerError; readonly retryAt: number } | undefined): void {
    if (!failed) {
      this.#deps.log.info('storage works again')
      if (this.#session) this.#connected(this.#session)
      return
    }
    const { cause, retryAt } = failed
    this.#downSince ??= this.#deps.now()
    this.#deps.log.error('cannot store records', { cause })
    const detail = describeFailure(cause, this.#deps.settings).sentence
    this.#report({ kind: 'disconnected', since: this.#downSince, detail, retryAt })
  }

  #wait(ms: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }

  #report(status: StreamStatus): void {
    if (this.#isStopped && status.kind !== 'stopped') return
    this.#deps.handlers.status(status)
  }
}
