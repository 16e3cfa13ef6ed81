import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import { CallError } from '../../threads/call-error.ts'
import type { Log } from '#shared/log.ts'

/** What lives as long as one connection: its threads, its backend client, its lists. */
export interface HostedConnection {
  readonly inUse: ConnectionInUse
  /** Starts the threads. */
  start(): void
  /** From now on nothing of it reaches window, tray and desktop; its popups leave the screen. */
  silence(): void
  /** Stops everything. What is queued stays stored in its cache. */
  end(): Promise<void>
}

export interface ConnectionHostDeps<C extends HostedConnection> {
  /** Creates everything, without starting it. It may wait for the keychain. */
  readonly open: (inUse: ConnectionInUse) => Promise<C>
  /** No connection is open until `opened` or `failed`. */
  readonly changing: (to: ConnectionInUse) => void
  readonly opened: (connection: C) => void
  readonly failed: (inUse: ConnectionInUse, cause: unknown) => void
  readonly log: Log
}

/**
 * Has at most one open connection, and changes it while the app runs. Changes come one after another: the old one has
 * ended, so that its cache is closed, before the next one opens. Of several wishes in a row, the last one counts.
 */
export class ConnectionHost<C extends HostedConnection> {
  readonly #deps: ConnectionHostDeps<C>
  #current: C | undefined
  #wanted: ConnectionInUse | undefined
  #target: ConnectionInUse | undefined
  #work: Promise<void> | undefined
  #isEnded = false

  constructor(deps: ConnectionHostDeps<C>) {
    this.#deps = deps
  }

  /** `undefined` while none is open. */
  get current(): C | undefined {
    return this.#current
  }

  /** The connection in use, or the one that is being opened. */
  get inUse(): ConnectionInUse | undefined {
    return this.#current?.inUse ?? this.#wanted ?? this.#target
  }

  /** @throws CallError `unavailable` while none is open */
  require(): C {
    if (this.#current) return this.#current
    const name = this.inUse?.connection.name ?? 'the connection'
    throw new CallError('unavailable', `ReMo is opening ${name}. Try again in a few seconds.`)
  }

  /** Ends the open connection and opens this one, also if it is the same. Resolves when no further change waits. */
  switchTo(next: ConnectionInUse): Promise<void> {
    if (this.#isEnded) return Promise.resolve()
    this.#wanted = next
    return (this.#work ??= this.#run())
  }

  /** See `HostedConnection.silence`. */
  silence(): void {
    this.#current?.silence()
  }

  /** Ends the open connection for good. */
  async end(): Promise<void> {
    this.#isEnded = true
    await this.#work
    await this.#current?.end()
    this.#current = undefined
  }

  async #run(): Promise<void> {
    try {
      for (let next = this.#take(); next; next = this.#take()) await this.#replace(next)
    } finally {
      this.#work = undefined
    }
  }

  #take(): ConnectionInUse | undefined {
    const next = this.#isEnded ? undefined : this.#wanted
    this.#wanted = undefined
    if (next) this.#target = next
    return next
  }

  async #replace(next: ConnectionInUse): Promise<void> {
    const { open, changing, opened, failed, log } = this.#deps
    const before = this.#current
    this.#current = undefined
    before?.silence()
    changing(next)
    await before?.end()
    if (this.#isEnded || this.#wanted) return
    try {
      const connection = await open(next)
      if (this.#isEnded || this.#wanted) return await connection.end()
      this.#current = connection
      connection.start()
      opened(connection)
    } catch (cause) {
      log.error('connection not opened', { id: next.connection.id, cause })
      failed(next, cause)
    }
  }
}
