import type { Log } from '#shared/log.ts'
import type { BusSocket } from './bus-address.ts'
import { BusConnection, busMethod } from './bus-connection.ts'
import type { CallLimit } from './bus-connection.ts'
import { BusError } from './bus-error.ts'
import type { BusCall, BusMessage, BusSignal } from './bus-message.ts'

/** Which signals to receive. */
export interface SignalRule {
  /** A well-known name, or any sender. */
  readonly sender?: string
  readonly path?: string
  readonly interface: string
  readonly member: string
  /** The first argument, a text. */
  readonly arg0?: string
}

export interface BusDeps {
  /** Where the bus may be, now. The first that answers is used. */
  readonly sockets: () => readonly BusSocket[]
  readonly log: Log
  /** ms; a test shortens it. */
  readonly firstRetryMs?: number
}

const connectLimitMs = 5000
/** Retries after 1, 2, 4 … 30 s, as threads restart. */
const retryMs = { first: 1000, most: 30_000 }

/** A part of the console that follows a bus through its restarts. */
export interface BusFollower {
  readonly rules: readonly SignalRule[]
  readonly onSignal: (signal: BusMessage) => void
  /** Connected, for the first time or again, and the rules are in force. */
  readonly onConnected?: () => void
  readonly onLost?: () => void
}

/**
 * A message bus that may be missing, end and come back. A call connects if needed; while somebody follows signals, the
 * connection is made again by itself.
 */
export class Bus {
  readonly #deps: BusDeps
  readonly #followers = new Set<BusFollower>()
  #connection: BusConnection | undefined
  #connecting: Promise<BusConnection> | undefined
  #retry: NodeJS.Timeout | undefined
  #failures = 0
  #isEnded = false

  constructor(deps: BusDeps) {
    this.#deps = deps
  }

  get isConnected(): boolean {
    return this.#connection !== undefined
  }

  /** @throws BusError */
  async call(call: BusCall, limit: CallLimit): Promise<readonly unknown[]> {
    const connection = await this.#connect()
    return connection.call(call, limit)
  }

  /** Sends a signal. Without a bus nobody would receive it. */
  emit(signal: BusSignal): void {
    void this.#connect().then(
      (connection) => connection.emit(signal),
      () => undefined,
    )
  }

  /** @returns stops following */
  follow(follower: BusFollower): () => void {
    this.#followers.add(follower)
    if (this.#connection) void this.#admit(this.#connection, follower)
    else this.#connectInBackground()
    return () => {
      this.#followers.delete(follower)
    }
  }

  /** Everything that was sent before is delivered. */
  end(): void {
    this.#isEnded = true
    clearTimeout(this.#retry)
    this.#followers.clear()
    this.#connection?.close()
  }

  #connect(): Promise<BusConnection> {
    if (this.#isEnded) return Promise.reject(new BusError('closed', 'ReMo ends'))
    if (this.#connection) return Promise.resolve(this.#connection)
    return (this.#connecting ??= this.#open().finally(() => (this.#connecting = undefined)))
  }

  #connectInBackground(): void {
    this.#connect().catch(() => undefined)
  }

  async #open(): Promise<BusConnection> {
    clearTimeout(this.#retry)
    try {
      const connection = await this.#openFirst()
      if (connection.isClosed) throw new BusError('closed', 'the bus ended')
      if (this.#failures > 0) this.#deps.log.info('bus connected')
      this.#failures = 0
      this.#connection = connection
      connection.onClosed = () => this.#lost()
      await Promise.all([...this.#followers].map((follower) => this.#admit(connection, follower)))
      return connection
    } catch (cause) {
      if (this.#failures === 0) this.#deps.log.info('no bus', { cause: String(cause) })
      this.#retryLater()
      throw cause
    }
  }

  async #openFirst(): Promise<BusConnection> {
    let problem = new BusError('no-bus', 'no address')
    for (const socket of this.#deps.sockets()) {
      try {
        const connection = await BusConnection.open(socket, connectLimitMs, (signal) => this.#dispatch(signal))
        if (!this.#isEnded) return connection
        connection.close()
      } catch (error) {
        if (error instanceof BusError) problem = error
      }
    }
    throw problem
  }

  async #admit(connection: BusConnection, follower: BusFollower): Promise<void> {
    try {
      const rules = follower.rules.map((rule) =>
        connection.call(busMethod('AddMatch', matchText(rule)), { limitMs: connectLimitMs }),
      )
      await Promise.all(rules)
      if (this.#followers.has(follower)) follower.onConnected?.()
    } catch (cause) {
      this.#deps.log.warn('signals of the bus are not followed', { cause: String(cause) })
    }
  }

  #lost(): void {
    this.#connection = undefined
    if (this.#isEnded) return
    this.#deps.log.info('bus lost')
    for (const follower of this.#followers) follower.onLost?.()
    this.#retryLater()
  }

  #retryLater(): void {
    clearTimeout(this.#retry)
    if (this.#isEnded || this.#followers.size === 0) return
    const first = this.#deps.firstRetryMs ?? retryMs.first
    this.#retry = setTimeout(() => this.#connectInBackground(), Math.min(first * 2 ** this.#failures++, retryMs.most))
  }

  #dispatch(signal: BusMessage): void {
    for (const follower of this.#followers) {
      if (follower.rules.some((rule) => isOf(rule, signal))) follower.onSignal(signal)
    }
  }
}

function matchText(rule: SignalRule): string {
  const parts = Object.entries(rule).map(([key, value]) => `${key}='${value}'`)
  return ["type='signal'", ...parts].join(',')
}

/** A rule with a well-known sender is for the bus: signals have unique names. */
function isOf({ path, interface: name, member, arg0 }: SignalRule, signal: BusMessage): boolean {
  return (
    signal.interface === name &&
    signal.member === member &&
    (path === undefined || path === signal.path) &&
    (arg0 === undefined || arg0 === signal.body[0])
  )
}
