import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '#shared/log.ts'
import type { Pool } from '../db/db.ts'

const retryAfterMs = 1_000

export interface OutboxListenerDeps {
  readonly pool: Pool
  readonly log: Log
  /** Rows were appended, or may have been while the listener was not connected. */
  readonly onNotification: () => void
}

/** Listens for committed rows on its own connection, and reconnects when it is lost. */
export class OutboxListener {
  readonly #deps: OutboxListenerDeps
  readonly #end = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(deps: OutboxListenerDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#end.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      try {
        await this.#connect()
      } catch (cause) {
        this.#deps.log.debug('not listening for outbox rows; the poll finds them', { cause })
        await delay(retryAfterMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  /** Returns when it is stopped, throws when the connection is lost. */
  async #connect(): Promise<void> {
    const { pool, onNotification } = this.#deps
    const client = await pool.connect()
    const heeding = new AbortController() // one per connection, so that no abort listener is left behind
    const over = new Promise<void>((resolve, reject) => {
      this.#end.signal.addEventListener('abort', () => resolve(), { signal: heeding.signal })
      if (this.#end.signal.aborted) resolve()
      client.on('error', reject)
      client.on('end', () => reject(new Error('the connection was closed')))
    })
    over.catch(() => undefined) // the connection may be lost before `over` is awaited
    try {
      client.on('notification', onNotification)
      await client.query('listen remo_outbox')
      onNotification()
      await over
    } finally {
      heeding.abort()
      client.release(true) // never back to the pool: it listens
    }
  }
}
