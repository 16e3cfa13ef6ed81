import type { KafkaSettings } from '../client/kafka-settings.ts'
import type { Log } from '#shared/log.ts'
import { consoleReadLimits, type ReadLimits } from '../client/kafka-settings.ts'
import type { Stream, StreamHandlers, StreamStatus } from '../stream.ts'
import { backOffMs } from '../client/waiting.ts'
import { describeFailure, type HandlerError } from '../client/kafka-failure.ts'
import { ReadSession, type ReadSessionEnd } from './read-session.ts'

/** Kafka may need this long to get ready for its first group. Longer is an outage. */
const transientWaitMs = 500
const maxTransient = 20
/** After a session of this length, the next failure starts again with the shortest wait. */
const provenAfterMs = 10_000

/**
 * A console stores its own positions and needs a group only to read. It alternates between two, because Kafka blocks
 * the group of a dead member until its session ends.
 */
export interface SeatsInTurn {
  readonly ids: readonly [string, string]
  /** The group used last, as stored by `taken`; `undefined` on the first start. */
  readonly last: string | undefined
  readonly taken: (groupId: string) => void
}

/** One group for all replicas, which share the partitions. It is never deleted. */
export interface SharedGroup {
  readonly shared: string
}

export type Seats = SeatsInTurn | SharedGroup

export interface KafkaStreamDeps {
  readonly settings: KafkaSettings
  readonly seats: Seats
  /** Default: those of a console. */
  readonly limits?: ReadLimits
  readonly handlers: StreamHandlers
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}

/** Reads the topics that match the pattern until it is stopped, whatever happens to Kafka. */
export function kafkaStream(deps: KafkaStreamDeps): Stream {
  return new StreamSupervisor(deps)
}

/**
 * After any failure, discards the whole session and starts a new one. kafkajs restarts itself only after some errors,
 * with the group's offsets and an outdated list of topics.
 */
class StreamSupervisor implements Stream {
  readonly #deps: KafkaStreamDeps
  #seat: string | undefined
  #seatIsFree = false
  #session: ReadSession | undefined
  #running: Promise<void> | undefined
  #isStopped = false
  #wake: (() => void) | undefined
  #failures = 0
  #transient = 0
  /** Since when Kafka is unreachable; `undefined` while connected and before the first attempt has failed. */
  #downSince: number | undefined
  #connectedSince: number | undefined
  #startedAt = 0

  constructor(deps: KafkaStreamDeps) {
    this.#deps = deps
    this.#seat = 'shared' in deps.seats ? deps.seats.shared : deps.seats.last
  }

  start(): void {
    this.#running ??= this.#run()
  }

  retryNow(): void {
    this.#wake?.()
    this.#session?.retryNow()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#wake?.()
    await this.#session?.close()
    await this.#running
    this.#report({ kind: 'stopped' })
  }

  async #run(): Promise<void> {
    this.#startedAt = this.#deps.now()
    const { brokers } = this.#deps.settings
    this.#report({
      kind: 'connecting',
      since: this.#startedAt,
      detail: `Connecting to Kafka at ${brokers.join(', ')}.`,
    })
    while (!this.#isStopped) {
      const end = await this.#live()
      if (this.#isStopped) return
      if (end.kind === 'lost') await this.#recover(end)
    }
  }

  /** One session, from start to end. */
  async #live(): Promise<ReadSessionEnd> {
    const session = (this.#session = new ReadSession({
      ...this.#deps,
      limits: this.#deps.limits ?? consoleReadLimits,
      ...this.#takeSeat(),
      storage: (failed) => this.#storage(failed),
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
      this.#seatIsFree = !session.tookSeat
      this.#session = undefined
    }
  }

  /** The group that was not used last, unless the last one is still unused. */
  #takeSeat(): { groupId: string; otherGroupId: string | undefined } {
    const { seats } = this.#deps
    if ('shared' in seats) return { groupId: seats.shared, otherGroupId: undefined }
    const [a, b] = seats.ids
    const last = this.#seat ?? b
    const groupId = (last === a) === this.#seatIsFree ? a : b
    const otherGroupId = groupId === a ? b : a
    if (groupId !== this.#seat) seats.taken(groupId)
    this.#seat = groupId
    return { groupId, otherGroupId }
  }

  #connected(session: ReadSession): void {
    this.#transient = 0
    this.#downSince = undefined
    this.#connectedSince ??= this.#deps.now()
    const { topics, partitions } = session
    this.#deps.log.info('reading from kafka', { topics, partitions, groupId: this.#seat })
    this.#report({ kind: 'connected', since: this.#connectedSince, topics, partitions })
  }

  async #recover({ cause, since }: Extract<ReadSessionEnd, { kind: 'lost' }>): Promise<void> {
    const failure = describeFailure(cause, this.#deps.settings)
    if (failure.transient && this.#transient < maxTransient) {
      this.#transient += 1
      this.#seatIsFree = true // Kafka accepted no member
      this.#deps.log.debug('kafka is not ready yet', { cause })
      return this.#wait(transientWaitMs)
    }
    this.#failures += 1
    const waitMs = Math.max(failure.waitMs, backOffMs(this.#failures, Math.random()))
    this.#downSince ??= this.#connectedSince === undefined ? this.#startedAt : since
    this.#connectedSince = undefined
    const status = { kind: 'disconnected', since: this.#downSince, detail: failure.sentence } as const
    this.#deps.log.warn('kafka is lost', { detail: failure.sentence, attempt: this.#failures, waitMs, cause })
    this.#report({ ...status, retryAt: this.#deps.now() + waitMs })
    await this.#wait(waitMs)
    this.#report(status)
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
